import { safeWords } from "./safe-words.ts";

/** Most warnings that are shown. */
const MOST = 3;

/** What a source's answer says of itself. */
export interface AnswerNotes {
  readonly warnings?: readonly string[] | null | undefined;
  readonly isPartial?: boolean | null | undefined;
}

/** Why an answer is partial, in its own words, which may be shown; undefined where it does not say that it is. */
export async function partialWords(
  source: "Prometheus" | "Loki",
  { warnings, isPartial }: AnswerNotes,
): Promise<readonly string[] | undefined> {
  const said = await Promise.all([...new Set(warnings ?? [])].slice(0, MOST).map(safeWords));
  const words = said.map((text) => `${source} warns: ${text === "" ? "(no words)" : text}`);
  if (isPartial === true) words.push(`${source} says that its answer is partial`);
  return words.length === 0 ? undefined : words;
}
