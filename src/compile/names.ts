import { createHash } from "node:crypto";
import { withoutTrailing } from "../domain/trim.ts";

/** Objects' names end up as label values (Flux's, Helm's and Argo CD's own), which hold 63 characters. */
const LONGEST = 63;
const DIGEST = 12;

/**
 * A name for the parts joined by dots, which none of them holds: no two lists of names meet in one (`a-b`+`c` and `a`+`b-c`
 * would, joined by a hyphen, and one agent's release would overwrite another's). Where it would be longer than a label
 * value may be, a digest of the whole stands for its end, with one dot more than any whole name of as many parts.
 */
export function joinedName(...parts: readonly string[]): string {
  const whole = parts.join(".");
  if (whole.length <= LONGEST) return whole;
  const digest = createHash("sha256").update(whole).digest("hex").slice(0, DIGEST);
  const end = `${".x".repeat(parts.length - 1)}.${digest}`;
  const start = whole.slice(0, LONGEST - end.length).replaceAll(".", "-");
  return `${withoutTrailing(start, "-")}${end}`;
}
