import type { TextRange } from "../domain/secrets/secret-shapes.ts";

/** A marker of a private key in PEM, of PGP or of SSH. */
const MARKER = /-{4,5} ?(BEGIN|END) (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)? ?-{4,5}/g;
/** The most characters between the two markers of a key; no RSA key in use is longer. */
export const LONGEST_KEY = 16_384;

/** The text after a BEGIN marker without an END: lines of Base64 and headers, with line ends or `\n` written out. */
const BODY =
  /(?:(?:[\s,"'|>]|\\+[nrt"'])*(?:[A-Za-z0-9+/]{32,}={0,2}|[A-Z][A-Za-z-]{1,30}: [^\n\\]{1,80}(?=\n|\\)))*(?:(?:\s|\\+[nrt])*[A-Za-z0-9+/]{1,76}={0,2}(?![A-Za-z0-9 :.]))?/y;

/**
 * Finds every private key: whole ones, ones whose line ends are written `\n`, and the rest of one that was cut off at either end.
 * Takes time in proportion to the text.
 */
export function findPrivateKeys(text: string): readonly TextRange[] {
  if (!text.includes("PRIVATE KEY")) return [];
  const markers = [...text.matchAll(MARKER)];
  const found: TextRange[] = [];
  let done = 0;
  for (const [at, marker] of markers.entries()) {
    if (marker.index < done) continue;
    const isBegin = marker[1] === "BEGIN";
    const next = markers[at + 1];
    const start = isBegin ? marker.index : bodyBefore(text, marker.index, done);
    const end = isBegin ? endOf(text, marker, next) : marker.index + marker[0].length;
    found.push({ start, end });
    done = end;
  }
  return found;
}

function endOf(text: string, begin: RegExpExecArray, next: RegExpExecArray | undefined): number {
  const after = begin.index + begin[0].length;
  if (next?.[1] === "END" && next.index - after <= LONGEST_KEY) return next.index + next[0].length;
  BODY.lastIndex = 0;
  return after + (BODY.exec(text.slice(after, after + LONGEST_KEY))?.[0].length ?? 0);
}

/** Where the lines of Base64 begin before an END marker without a BEGIN. */
function bodyBefore(text: string, end: number, from: number): number {
  let start = end;
  const earliest = Math.max(from, end - LONGEST_KEY);
  for (;;) {
    let at = start;
    while (at > earliest && /[\s\\nr]/.test(text[at - 1] ?? "")) at -= 1;
    while (at > earliest && /[A-Za-z0-9+/=]/.test(text[at - 1] ?? "")) at -= 1;
    const isLine = at === 0 || at === from || text[at - 1] === "\n" || text[at - 1] === "\\";
    if (!isLine || at === start) return start;
    start = at;
  }
}
