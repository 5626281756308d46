import { createHash } from "node:crypto";
import { withoutTrailing } from "../domain/values/trim.ts";

/** Objects' names end up as label values (Flux's, Helm's and Argo CD's own), which hold 63 characters. */
const LONGEST = 63;
const DIGEST = 12;

/**
 * The parts joined by dots. No part holds a dot, so different parts never give the same name. (With hyphens, `a-b`+`c` and
 * `a`+`b-c` would, and one agent's release would overwrite another's.) In a name that would be too long for a label value, a
 * digest replaces the end; it has one dot more than an unshortened name of as many parts.
 */
export function joinedName(...parts: readonly string[]): string {
  const whole = parts.join(".");
  if (whole.length <= LONGEST) return whole;
  const digest = createHash("sha256").update(whole).digest("hex").slice(0, DIGEST);
  const end = `${".x".repeat(parts.length - 1)}.${digest}`;
  const start = whole.slice(0, LONGEST - end.length).replaceAll(".", "-");
  return `${withoutTrailing(start, "-")}${end}`;
}
