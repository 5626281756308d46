import { parse } from "semver";
import type { UpgradeRule } from "../agent/agent-upgrade.ts";
import { readTagPattern } from "./tag-pattern.ts";
import { type ReadTag, type TagVersion, versionOfNumbers } from "./tag-version.ts";

/** How tags are read by a rule; the problem where its pattern is none, which the check of the spec reports. */
export function tagReader({ scheme, pattern }: UpgradeRule): ReadTag | { readonly problem: string } {
  switch (scheme) {
    case "semver":
      return readSemantic;
    case "calendar":
      return readCalendar;
    case "pattern":
      return readTagPattern(pattern ?? "");
    default:
      return scheme satisfies never;
  }
}

/** `1.2.3`, `v1.2.3-rc.1`. A shorter tag such as `1.2` moves with each patch, and is no version. */
function readSemantic(tag: string): TagVersion | undefined {
  if (!/^v?\d/.test(tag)) return undefined;
  const version = parse(tag);
  return version === null ? undefined : { version, build: 0, family: tag.startsWith("v") ? "v" : "" };
}

/** Words that say a calendar version is not released yet. */
const UNRELEASED = /^[-._](?:alpha|beta|rc|pre|preview|dev|snapshot|nightly|canary|edge|test)/i;

/**
 * `2026.11.28`, `2026-11`, `24.04`, `20261128.2`, each with `v` before it and words such as `-alpine` behind it: a year, or a date
 * without separators, and up to three numbers.
 */
function readCalendar(tag: string): TagVersion | undefined {
  const [, v = "", text = "", words = ""] =
    /^(v?)(\d{1,14}(?:[._-]\d{1,14}){0,3})([-._][A-Za-z][\w.-]{0,127})?$/.exec(tag) ?? [];
  const parts = text.split(/[._-]/);
  const first = parts[0] ?? "";
  if (!isDate(first) || UNRELEASED.test(words)) return undefined;
  const separators = text.replace(/\d+/g, "");
  return versionOfNumbers(parts, "", `${v} ${first.length} ${separators} ${words}`);
}

/** A year of two or four digits, or a year and a month, with a day and a time or without. */
function isDate(digits: string): boolean {
  return digits.length === 2 || /^(?:19|2\d)\d{2}(?:(?:0[1-9]|1[0-2])(?:\d{2}|\d{6}|\d{8})?)?$/.test(digits);
}
