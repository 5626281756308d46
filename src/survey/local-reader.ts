import type { MergedAgent } from "../compile/merged-agent.ts";
import type { Fleet } from "../domain/fleet.ts";
import type { Oid, Path } from "../domain/scalars.ts";
import { expectedTrees, type SpecSurvey, surveySpec, type Trees } from "../plan/survey-spec.ts";
import type { SpecFile, SpecReader } from "./source.ts";

/** How a reader gets at bytes; `path` yields undefined where it is no regular file. */
export interface Bytes {
  readonly specs: (files: readonly SpecFile[]) => Promise<readonly Uint8Array[]>;
  readonly path: (path: Path) => Promise<Uint8Array | undefined>;
}

/** Prompt files kept between agents that share them; bounds the memory of a fleet where each has its own. */
const PROMPTS_KEPT = 256;
/** Agents kept between reading and compiling; of a larger fleet the first ones are read again when they are compiled. */
const AGENTS_KEPT = 6_000;

/** Reads and compiles in this thread. Prompt files are fetched once each, when the first agent asks for them. */
export function localReader(bytes: Bytes, fleet: Fleet, close: () => Promise<void> = async () => {}): SpecReader {
  const prompts = new Map<Path, Uint8Array | undefined>();
  const agents = new Map<Path, { readonly oid: Oid; readonly agent: MergedAgent }>();

  const read = async (files: readonly SpecFile[]): Promise<readonly SpecSurvey[]> => {
    const contents = await bytes.specs(files);
    const rows: SpecSurvey[] = [];
    for (const [index, file] of files.entries()) {
      const { survey, agent } = await readOne({ ...file, bytes: contents[index] ?? new Uint8Array() });
      rows.push(survey);
      if (agent !== undefined) keep(agent, file.oid);
    }
    return rows;
  };
  const keep = (agent: MergedAgent, oid: Oid) => {
    for (const oldest of agents.keys()) {
      if (agents.size < AGENTS_KEPT) break;
      agents.delete(oldest);
    }
    agents.set(agent.path, { oid, agent });
  };
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
  return {
    lanes: 1,
    close,
    read,
    async compile(files, callers) {
      const known = (file: SpecFile) => {
        const kept = agents.get(file.path);
        return kept?.oid === file.oid ? kept.agent : undefined;
      };
      await read(files.filter((file) => known(file) === undefined));
      const within: Fleet = { ...fleet, callers };
      return new Map(
        files.flatMap((file): [Path, Trees][] => {
          const agent = known(file);
          return agent === undefined ? [] : [[file.path, expectedTrees(agent, within)]];
        }),
      );
    },
  };
}
