/** Long runs of base64 and its like; numbers in hexadecimal, UUIDs and names are none of these. */
const RUN = /[A-Za-z0-9+/_-]{32,}={0,2}/g;
/** Characters that tell whether a run is random. */
const SAMPLE = 4096;

/**
 * The text with every long run of random letters and digits replaced, whatever it is: keys of no known shape look like it.
 * Digests, commits, UUIDs, paths and names stay. Linear in the text.
 */
export function withoutRandomRuns(text: string, mask: string): string {
  return text.replace(RUN, (run) => {
    if (isRandomRun(run, 0.35)) return mask;
    if (!/[/_-]/.test(run)) return run;
    return run.replace(/[A-Za-z0-9+]{24,}={0,2}/g, (part) => (isRandomRun(part, 0.42) ? mask : part));
  });
}

/** Small and capital letters and digits in turn: among random characters most neighbours are of different classes. */
function isRandomRun(run: string, share: number): boolean {
  const sample = run.slice(0, SAMPLE);
  if (!/[a-z]/.test(sample) || !/[A-Z]/.test(sample) || !/\d/.test(sample)) return false;
  const turns = sample.match(/[a-z](?![a-z])|[A-Z](?![A-Z])|\d(?!\d)/g) ?? [];
  return turns.length / sample.length >= share;
}
