import type { TextRange } from "../domain/secret-shapes.ts";

/** Long runs of base64 and its like; numbers in hexadecimal, UUIDs and names are none of these. */
const RUN = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{32,}={0,2}/g;
/** Characters that tell whether a run is random. */
const SAMPLE = 4096;

/** Parts of a run between slashes, dashes and underscores. */
const PART = /[A-Za-z0-9+]{24,}={0,2}/g;

/**
 * Every long run of random letters and digits, whatever it is: keys of no known shape look like it. Digests, commits, UUIDs,
 * paths and names are none. Linear in the text.
 */
export function randomRuns(text: string): readonly TextRange[] {
  const found: TextRange[] = [];
  for (const { 0: run, index } of text.matchAll(RUN)) {
    // What follows a percent sign is the end of an escape, be it encoded again.
    const own = text[index - 1] === "%" ? run.replace(/^(?:25){0,4}[0-9A-Fa-f]{2}/, "") : run;
    if (own.length >= 32 && isRandomRun(own, 0.35)) found.push({ start: index, end: index + run.length });
    else if (/[/_-]/.test(run)) {
      for (const part of run.matchAll(PART)) {
        const start = index + part.index;
        if (isRandomRun(part[0], 0.42)) found.push({ start, end: start + part[0].length });
      }
    }
  }
  return found;
}

/** Small and capital letters and digits in turn: among random characters most neighbours are of different classes. */
function isRandomRun(run: string, share: number): boolean {
  const sample = run.slice(0, SAMPLE);
  if (!/[a-z]/.test(sample) || !/[A-Z]/.test(sample) || !/\d/.test(sample)) return false;
  const turns = sample.match(/[a-z](?![a-z])|[A-Z](?![A-Z])|\d(?!\d)/g) ?? [];
  return turns.length / sample.length >= share;
}
