import type { Problem } from "../../domain/problem.ts";
import type { Path } from "../../domain/values/scalars.ts";
import { lineColumnAt } from "../yaml/positions.ts";
import { CONTROL } from "../yaml/strings.ts";

const strict = new TextDecoder("utf-8", { fatal: true });

/** The text of a file (UTF-8 without control characters and byte order mark), or why it cannot be read. */
export type Decoded =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "problem"; readonly problem: Problem };

/** Decodes at most `limit` bytes of UTF-8. `what` names the file's role in the message, such as "spec" or "prompt". */
export function decode(file: Path, bytes: Uint8Array, limit: number, what: string): Decoded {
  if (bytes.length > limit) {
    return failDecoding(
      file,
      { line: 1, column: 1 },
      `${inKiB(bytes.length)} is too large for a ${what}; at most ${inKiB(limit)}`,
    );
  }
  const text = utf8(bytes);
  if (text === undefined) {
    const good = new TextDecoder("utf-8").decode(bytes.subarray(0, firstInvalid(bytes)), { stream: true });
    return failDecoding(file, lineColumnAt(good, good.length), `not UTF-8; save the ${what} in UTF-8`);
  }
  const control = CONTROL.exec(text);
  if (control === null) return { kind: "text", text };
  const code = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return failDecoding(file, lineColumnAt(text, control.index), `control character U+${code}; remove it`);
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The offset of the first byte that is not valid UTF-8, found by binary search. */
function firstInvalid(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decodes(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

/** Whether the bytes are UTF-8; a sequence may be cut off at their end. */
function decodes(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function inKiB(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KiB`;
}

function failDecoding(file: Path, place: { readonly line: number; readonly column: number }, message: string): Decoded {
  return { kind: "problem", problem: { file, ...place, pointer: "", message } };
}
