import { RE2JS, RE2JSException } from "re2js";
import { type ReadTag, versionOfNumbers } from "./tag-version.ts";

/** The named groups that a pattern may have, in the words of Renovate's regex versioning. */
const GROUPS = ["major", "minor", "patch", "build", "prerelease", "compatibility"] as const;
type Group = (typeof GROUPS)[number];

/** Reads tags by a pattern that takes time in proportion to the tag, whatever the pattern is; or why the pattern is none. */
export function readTagPattern(text: string): ReadTag | { readonly problem: string } {
  const pattern = compile(text);
  if ("problem" in pattern) return pattern;
  const named = Object.keys(pattern.namedGroups());
  const unknown = named.find((name) => !GROUPS.some((group) => group === name));
  if (unknown !== undefined) return { problem: `has the group "${unknown}"; the groups are ${GROUPS.join(", ")}` };
  if (!named.includes("major")) return { problem: "has no group major; write the first number as (?<major>\\d+)" };
  return (tag) => {
    const match = pattern.matcher(tag);
    if (!match.matches()) return undefined;
    const group = (name: Group) => (named.includes(name) ? (match.group(name) ?? "") : "");
    const numbers = [group("major"), group("minor"), group("patch"), group("build")];
    if (numbers[0] === "" || !numbers.every((number) => /^\d{0,15}$/.test(number))) return undefined;
    return versionOfNumbers(numbers, group("prerelease").replace(/^[-.]/, ""), group("compatibility"));
  };
}

function compile(text: string): RE2JS | { readonly problem: string } {
  try {
    return RE2JS.compile(text);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return { problem: `is not an RE2 pattern: ${error.message.replace(/^error parsing regexp: /, "").slice(0, 120)}` };
  }
}
