import type { Fleet } from "../domain/fleet.ts";
import type { Path } from "../domain/scalars.ts";
import { type SpecSurvey, surveySpec } from "../plan/survey-spec.ts";
import type { SpecFile, SpecReader } from "./source.ts";

/** How a reader gets at bytes; `path` yields undefined where it is no regular file. */
export interface Bytes {
  readonly specs: (files: readonly SpecFile[]) => Promise<readonly Uint8Array[]>;
  readonly path: (path: Path) => Promise<Uint8Array | undefined>;
}

/** Prompt files kept between agents that share them; bounds the memory of a fleet where each has its own. */
const PROMPTS_KEPT = 256;

/** Reads and compiles in this thread. Prompt files are fetched once each, when the first agent asks for them. */
export function localReader(bytes: Bytes, fleet: Fleet, close: () => Promise<void> = async () => {}): SpecReader {
  const prompts = new Map<Path, Uint8Array | undefined>();
  return {
    lanes: 1,
    close,
    async survey(files, callers) {
      const contents = await bytes.specs(files);
      const own: Fleet = { ...fleet, callers };
      const rows: SpecSurvey[] = [];
      for (const [index, file] of files.entries()) {
        rows.push(await surveyOne({ ...file, bytes: contents[index] ?? new Uint8Array() }, own, prompts, bytes));
      }
      return rows;
    },
  };
}

async function surveyOne(
  file: SpecFile & { readonly bytes: Uint8Array },
  fleet: Fleet,
  prompts: Map<Path, Uint8Array | undefined>,
  bytes: Bytes,
): Promise<SpecSurvey> {
  if (prompts.size > PROMPTS_KEPT) prompts.clear();
  for (;;) {
    const missing = new Set<Path>();
    const prompt = (path: Path) => {
      if (!prompts.has(path)) missing.add(path);
      return prompts.get(path);
    };
    const { survey } = surveySpec(file, fleet, prompt);
    if (missing.size === 0) return survey;
    for (const path of missing) prompts.set(path, await bytes.path(path));
  }
}
