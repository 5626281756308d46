import { gtr, minVersion, Range, type SemVer, satisfies } from "semver";
import type { UpgradeRule } from "../agent/agent-upgrade.ts";

/** Which versions a rule allows. */
export interface TagRange {
  /** Whether a version is allowed. A pre-release is one only where the range names a pre-release of the same version. */
  allows(version: SemVer): boolean;
  /** Whether a version is newer than every one that is allowed. */
  isBelow(version: SemVer): boolean;
}

/** The range of a rule, all versions where it names none; or why it is none. */
export function tagRange({ range = "*", scheme }: UpgradeRule): TagRange | { readonly problem: string } {
  // Calendars write 2026.03, and npm's ranges have no leading zeros.
  const text = scheme === "semver" ? range : range.replace(/\b0+(?=\d)/g, "");
  const parsed = rangeOf(text);
  if (parsed === undefined) return { problem: "is not a range of versions; write ^1.2, ~1.2.3 or >=1.2 <2" };
  if (minVersion(parsed) === null) return { problem: "allows no version at all; write ^1.2, or >=1.2 <2" };
  return {
    allows: (version) => satisfies(version, parsed),
    isBelow: (version) => gtr(version, parsed),
  };
}

function rangeOf(text: string): Range | undefined {
  try {
    return new Range(text);
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return undefined;
    throw error;
  }
}
