import type { UpgradeRule } from "../domain/agent/agent-upgrade.ts";
import { tagRange } from "../domain/upgrade/tag-range.ts";
import { tagReader } from "../domain/upgrade/tag-reader.ts";
import { compareVersions, type TagVersion } from "../domain/upgrade/tag-version.ts";
import { finished, type Work } from "../domain/work.ts";

/** Tags that are read in one piece of work. */
const PIECE = 100;

/** What the tags of a repository mean for an image. */
export type TagChoice =
  /** A newer version that is allowed. */
  | { readonly kind: "newer"; readonly tag: string }
  /** There is none: the image stays at its tag. */
  | { readonly kind: "newest" }
  /** The image's own tag is no version by one of the rules, so nothing is newer than it. */
  | { readonly kind: "unknown" };

/** As `choosingTag`, at once. */
export function chooseTag(current: string, tags: Iterable<string>, rules: readonly UpgradeRule[]): TagChoice {
  return finished(choosingTag(current, tags, rules));
}

/**
 * The newest of the tags that every one of the rules allows and reads as newer than the image's own: never an older one, and never a
 * pre-release unless a range names one. It does not depend on the order of the tags. Rules that are none allow nothing; the
 * check of specs reports them.
 */
export function* choosingTag(current: string, tags: Iterable<string>, rules: readonly UpgradeRule[]): Work<TagChoice> {
  const judges = rules.map((rule) => judgeOf(rule, current));
  if (judges.length === 0 || judges.includes(undefined)) return { kind: "unknown" };
  let best: { readonly tag: string; readonly version: TagVersion } | undefined;
  let read = 0;
  for (const tag of tags) {
    read += 1;
    if (read % PIECE === 0) yield;
    const versions = judges.map((judge) => judge?.(tag));
    const [version] = versions;
    if (version === undefined || versions.includes(undefined)) continue;
    const order = best === undefined ? 1 : compareVersions(version, best.version);
    if (best === undefined || order > 0 || (order === 0 && tag > best.tag)) best = { tag, version };
  }
  return best === undefined ? { kind: "newest" } : { kind: "newer", tag: best.tag };
}

/** The version of a tag that one rule allows and that is newer than the image's; undefined where the image's tag is no version. */
function judgeOf(rule: UpgradeRule, current: string): ((tag: string) => TagVersion | undefined) | undefined {
  const [read, range] = [tagReader(rule), tagRange(rule)];
  if ("problem" in read || "problem" in range) return undefined;
  const own = read(current);
  if (own === undefined) return undefined;
  return (tag) => {
    const version = read(tag);
    if (version === undefined || version.family !== own.family || !range.allows(version.version)) return undefined;
    return compareVersions(version, own) > 0 ? version : undefined;
  };
}

/** Whether a tag names a version that is not newer than another tag's, by a rule. */
export function isNotNewer(tag: string, than: string, rule: UpgradeRule): boolean {
  const read = tagReader(rule);
  if ("problem" in read) return false;
  const [one, other] = [read(tag), read(than)];
  return one !== undefined && other !== undefined && compareVersions(one, other) <= 0;
}
