import { parse, type SemVer } from "semver";

/** The version that a tag names. */
export interface TagVersion {
  readonly version: SemVer;
  /** A fourth number, which counts where the version is the same. */
  readonly build: number;
  /** How the tag is written apart from its numbers. Only tags of one family are compared: `1.2.3-alpine` never becomes `1.3.0`. */
  readonly family: string;
}

/** Reads the version in a tag; undefined where the tag names none. */
export type ReadTag = (tag: string) => TagVersion | undefined;

/** The version of up to four numbers, whose leading zeros say nothing; undefined where one is too large. */
export function versionOfNumbers(
  numbers: readonly string[],
  prerelease: string,
  family: string,
): TagVersion | undefined {
  const [major = 0, minor = 0, patch = 0, build = 0] = numbers.map(Number);
  if (!Number.isSafeInteger(build)) return undefined;
  const version = parse(`${major}.${minor}.${patch}${prerelease === "" ? "" : `-${prerelease}`}`);
  return version === null ? undefined : { version, build, family };
}

/** Below zero where the first is older, above zero where it is newer. */
export function compareVersions(one: TagVersion, other: TagVersion): number {
  return one.version.compare(other.version) || one.build - other.build;
}
