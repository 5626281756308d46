import { distance } from "fastest-levenshtein";

/** How many candidates are compared. */
const MOST_CANDIDATES = 2_000;

/**
 * The candidate that the word is most likely a misspelling of: at most a third of its letters differ, or two are swapped.
 * Undefined where there is none.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > 64) return undefined;
  const folded = word.toLowerCase();
  let best: string | undefined;
  let least = Math.max(1, Math.floor(folded.length / 3)) + 1;
  let looked = 0;
  for (const candidate of candidates) {
    looked += 1;
    if (looked > MOST_CANDIDATES) break;
    if (Math.abs(candidate.length - folded.length) >= least) continue;
    const far = areSwapped(folded, candidate.toLowerCase()) ? 1 : distance(folded, candidate.toLowerCase());
    if (far >= least) continue;
    least = far;
    best = candidate;
  }
  return best;
}

function areSwapped(a: string, b: string): boolean {
  return (
    a.length === b.length && a.length > 2 && distance(a, b) === 2 && [...a].sort().join("") === [...b].sort().join("")
  );
}

/** `; did you mean "x"?` with the nearest candidate, or else what the reader should write. */
export function didYouMean(word: string, candidates: Iterable<string>, advice: string): string {
  const near = nearest(word, candidates);
  return near === undefined ? advice : `did you mean ${JSON.stringify(near)}?`;
}
