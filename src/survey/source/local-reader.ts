import type { MergedAgent } from "../../compile/merged-agent.ts";
import { inSlices, yieldToOthers } from "../../deadline/slices.ts";
import type { Fleet } from "../../domain/fleet.ts";
import type { Oid, Path } from "../../domain/values/scalars.ts";
import { expectingTrees, type SpecSurvey, surveySpec, type Trees } from "../../plan/survey-spec.ts";
import type { SpecFile, SpecReader } from "./source.ts";

/** Gives a reader the bytes of files; `path` returns undefined where there is no regular file. */
export interface SpecBytes {
  readonly specs: (files: readonly SpecFile[]) => Promise<readonly Uint8Array[]>;
  readonly path: (path: Path) => Promise<Uint8Array | undefined>;
}

/** Prompt files kept for agents that share them; a limit for fleets where each agent has its own. */
const PROMPTS_KEPT = 256;
/** Agents that one reader keeps between reading and compiling; about 7 kB each. */
export const AGENTS_KEPT = 6_000;

/**
 * Reads and compiles in this thread. Each prompt file is read once, when the first agent needs it. At most `most` agents are
 * kept between reading and compiling; the others are read again to compile them.
 */
export function createLocalReader(
  bytes: SpecBytes,
  fleet: Fleet,
  most: number,
  close: () => Promise<void> = async () => {},
): SpecReader {
  const prompts = new Map<Path, Uint8Array | undefined>();
  const kept = new Map<Path, { readonly oid: Oid; readonly agent: MergedAgent }>();

  const readOne = async (file: SpecFile & { readonly bytes: Uint8Array }) => {
    if (prompts.size > PROMPTS_KEPT) prompts.clear();
    for (;;) {
      const missing = new Set<Path>();
      const prompt = (path: Path) => {
        if (!prompts.has(path)) missing.add(path);
        return prompts.get(path);
      };
      const read = surveySpec(file, fleet, prompt);
      if (missing.size === 0) return read;
      for (const path of missing) prompts.set(path, await bytes.path(path));
    }
  };
  const readAll = async (files: readonly SpecFile[]) => {
    const contents = await bytes.specs(files);
    const all: { readonly survey: SpecSurvey; readonly agent: MergedAgent | undefined }[] = [];
    for (const [index, file] of files.entries()) {
      await yieldToOthers();
      all.push(await readOne({ ...file, bytes: contents[index] ?? new Uint8Array() }));
    }
    return all;
  };
  return {
    lanes: 1,
    close,
    async read(files) {
      const all = await readAll(files);
      for (const { survey, agent } of all) {
        if (agent !== undefined && kept.size < most) kept.set(survey.path, { oid: survey.oid, agent });
      }
      return all.map(({ survey }) => survey);
    },
    async compile(files, callers) {
      const known = (file: SpecFile) => {
        const one = kept.get(file.path);
        return one?.oid === file.oid ? one.agent : undefined;
      };
      const again = await readAll(files.filter((file) => known(file) === undefined));
      const agents = [...files.map(known), ...again.map(({ agent }) => agent)].filter((agent) => agent !== undefined);
      const within: Fleet = { ...fleet, callers };
      const trees = new Map<Path, Trees>();
      for (const agent of agents) trees.set(agent.path, await inSlices(expectingTrees(agent, within)));
      return trees;
    },
  };
}
