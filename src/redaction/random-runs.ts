import type { TextRange } from "../domain/secrets/secret-shapes.ts";

/** Long runs of Base64 and similar characters. */
const RUN = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{32,}={0,2}/g;
/** How many characters are read to decide whether a run is random. */
const SAMPLE = 4096;

/** Parts of a run between slashes, dashes and underscores. */
const PART = /[A-Za-z0-9+]{24,}={0,2}/g;

/**
 * Finds every long run of random letters and digits, since keys of an unknown shape look like that. It does not find digests,
 * commits, UUIDs, paths and names. Takes time in proportion to the text.
 */
export function findRandomRuns(text: string): readonly TextRange[] {
  const found: TextRange[] = [];
  for (const { 0: run, index } of text.matchAll(RUN)) {
    // What follows a percent sign may be the end of an escape, which may itself be escaped.
    const own = text[index - 1] === "%" ? run.replace(/^(?:25){0,4}[0-9A-Fa-f]{2}/, "") : run;
    if (own.length >= 32 && isRandomRun(own, 0.35)) found.push({ start: index, end: index + run.length });
    else if (/[/_-]/.test(run)) found.push(...randomParts(run, index));
  }
  return found;
}

function randomParts(run: string, offset: number): readonly TextRange[] {
  return [...run.matchAll(PART)]
    .filter(([part]) => isRandomRun(part, 0.42))
    .map(({ 0: part, index }) => ({ start: offset + index, end: offset + index + part.length }));
}

/**
 * Whether small letters, capitals and digits alternate, as in random text: most neighbouring characters
 * are of different classes.
 */
function isRandomRun(run: string, share: number): boolean {
  const sample = run.slice(0, SAMPLE);
  if (!/[a-z]/.test(sample) || !/[A-Z]/.test(sample) || !/\d/.test(sample)) return false;
  const turns = sample.match(/[a-z](?![a-z])|[A-Z](?![A-Z])|\d(?!\d)/g) ?? [];
  return turns.length / sample.length >= share;
}
