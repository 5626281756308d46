import fc from "fast-check";
import { parse, prerelease, rcompare, satisfies } from "semver";
import { describe, expect, test } from "vitest";
import type { UpgradeRule } from "../../src/domain/agent/agent-upgrade.ts";
import { chooseTag, isNotNewer } from "../../src/upgrade/choose-tag.ts";

const semver = (range: string): UpgradeRule => ({ scheme: "semver", range });
const calendar = (range?: string): UpgradeRule => ({ scheme: "calendar", ...(range === undefined ? {} : { range }) });
const pattern = (text: string, range?: string): UpgradeRule => ({
  ...{ scheme: "pattern", pattern: text },
  ...(range === undefined ? {} : { range }),
});

/** The newer tag, or why there is none. */
function chosen(current: string, tags: readonly string[], ...rules: readonly UpgradeRule[]): string {
  const choice = chooseTag(current, tags, rules);
  return choice.kind === "newer" ? choice.tag : choice.kind;
}

describe("semantic versions", () => {
  test.each([
    ["the newest within the range", "1.2.0", ["1.2.1", "1.10.0", "1.9.9", "2.0.0"], "^1.2", "1.10.0"],
    ["never an older one", "1.5.0", ["1.2.1", "1.4.9"], "^1.2", "newest"],
    ["no pre-release", "1.2.0", ["1.3.0-rc.1", "1.3.0-beta"], "^1.2", "newest"],
    ["a pre-release that the range names", "1.2.0", ["1.3.0-rc.1", "1.4.0-rc.1"], "^1.2 || ^1.3.0-rc.0", "1.3.0-rc.1"],
    ["the release of a pre-release", "1.3.0-rc.1", ["1.3.0-rc.2", "1.3.0"], "^1.2", "1.3.0"],
    ["only tags written like its own", "1.2.0", ["v1.3.0", "1.2.5", "1.4.0-alpine"], "^1.2", "1.2.5"],
    ["with a v", "v1.2.0", ["v1.3.0", "1.4.0"], "^1.2", "v1.3.0"],
    ["no tag that moves", "1.2.0", ["1", "1.9", "latest", "stable"], "^1.2", "newest"],
    ["nothing where its own tag is none", "latest", ["1.3.0"], "^1.2", "unknown"],
    ["nothing for a range that is none", "1.2.0", ["1.3.0"], "one", "unknown"],
    ["up into the range", "0.9.0", ["1.2.0", "0.9.5"], "^1.2", "1.2.0"],
  ])("%s", (_name, current, tags, range, expected) => {
    expect(chosen(current, tags, semver(range))).toBe(expected);
  });

  test("what every environment allows", () => {
    expect(chosen("1.2.0", ["1.2.9", "1.3.0", "2.0.0"], semver(">=1.2"), semver("~1.2"))).toBe("1.2.9");
    expect(chosen("1.2.0", ["1.3.0"], semver(">=1.2"), semver("<1"))).toBe("newest");
  });
});

describe("calendar versions", () => {
  test.each([
    ["a month", "2026.03", ["2026.11", "2026.9", "2027.01"], undefined, "2027.01"],
    ["within a range", "2026.03", ["2026.11", "2027.01"], ">=2026.03 <2027", "2026.11"],
    ["days, with hyphens", "2026-03-04", ["2026-03-10", "2026.12.12", "2026-02-28"], undefined, "2026-03-10"],
    [
      "dates without separators, and a number",
      "20260304.1",
      ["20260304.2", "20260303.9", "20260304"],
      undefined,
      "20260304.2",
    ],
    ["two digits", "24.04", ["24.10", "2024.12"], undefined, "24.10"],
    [
      "the same words behind it",
      "2026.03-alpine",
      ["2026.11", "2026.09-alpine", "2026.10-debian"],
      undefined,
      "2026.09-alpine",
    ],
    ["nothing unreleased", "2026.03", ["2026.11-rc1", "2026.11.dev"], undefined, "newest"],
    ["no version that is none", "2026.03", ["1234.5", "latest", "2026"], undefined, "newest"],
    ["its own tag is no date", "1.2.3", ["2026.03"], undefined, "unknown"],
  ])("%s", (_name, current, tags, range, expected) => {
    expect(chosen(current, tags, calendar(range))).toBe(expected);
  });
});

describe("a pattern", () => {
  test.each([
    [
      "numbers",
      "build-9",
      ["build-10", "build-08", "xbuild-11", "build-12-x"],
      "build-(?<major>\\d+)",
      undefined,
      "build-10",
    ],
    [
      "what has to stay",
      "16.4-alpine",
      ["16.5-alpine", "17.0-alpine", "16.9-debian"],
      "(?<major>\\d+)\\.(?<minor>\\d+)(?:-(?<compatibility>\\w+))?",
      "16.x",
      "16.5-alpine",
    ],
    [
      "a build",
      "1.2.3_4",
      ["1.2.3_10", "1.2.2_99"],
      "(?<major>\\d+)\\.(?<minor>\\d+)\\.(?<patch>\\d+)_(?<build>\\d+)",
      undefined,
      "1.2.3_10",
    ],
    ["a pre-release", "r1", ["r2rc1", "r3"], "r(?<major>\\d+)(?<prerelease>rc\\d+)?", "<3", "newest"],
    ["a pattern that is none", "r1", ["r2"], "r(?<major>", undefined, "unknown"],
  ])("%s", (_name, current, tags, text, range, expected) => {
    expect(chosen(current, tags, pattern(text, range))).toBe(expected);
  });

  test("is read in linear time, whatever it is", () => {
    const tags = Array.from({ length: 1000 }, (_, index) => `1${"a".repeat(120)}${index}`);
    expect(chosen("1ad", tags, pattern("(?<major>\\d*)(a|a|aa|b)*(a|b|ab)*d"))).toBe("newest");
  });
});

test("a version that is refused is refused by whatever tag, and a newer one is not", () => {
  expect(isNotNewer("1.3.0", "1.3.0", semver("^1.2"))).toBe(true);
  expect(isNotNewer("1.2.9", "1.3.0", semver("^1.2"))).toBe(true);
  expect(isNotNewer("1.3.1", "1.3.0", semver("^1.2"))).toBe(false);
  expect(isNotNewer("latest", "1.3.0", semver("^1.2"))).toBe(false);
});

const number = fc.integer({ min: 0, max: 20 });
const version = fc
  .tuple(number, number, number, fc.constantFrom("", "", "-rc.1", "-alpha"))
  .map(([major, minor, patch, pre]) => `${major}.${minor}.${patch}${pre}`);
const range = fc.oneof(
  version.map((one) => `^${one}`),
  version.map((one) => `~${one}`),
  fc.tuple(version, version).map(([low, high]) => `>=${low} <${high}`),
  fc.constant("*"),
);
const noise = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom("latest", "1", "v1.2.3", "sha-abc"));

describe("whatever a registry holds", () => {
  test("the choice is the newest allowed version by node-semver's own word, or nothing", () => {
    fc.assert(
      fc.property(version, fc.array(fc.oneof(version, noise), { maxLength: 40 }), range, (current, tags, wanted) => {
        const allowed = tags.filter((tag) => {
          const own = tag.startsWith("v") ? null : parse(tag);
          return own !== null && own.raw === tag && satisfies(own, wanted) && own.compare(current) > 0;
        });
        const [best] = allowed.toSorted(rcompare);
        const choice = chooseTag(current, tags, [semver(wanted)]);
        expect(choice.kind === "newer" ? parse(choice.tag)?.version : undefined).toBe(parse(best ?? "")?.version);
      }),
      { numRuns: 500 },
    );
  });

  test("no downgrade, no pre-release by itself, one of the tags, in whatever order", () => {
    const rule = fc.oneof(
      range.map(semver),
      fc.constant(calendar()),
      fc.constant(pattern("(?<major>\\d+)\\.(?<minor>\\d+)(\\.(?<patch>\\d+))?(-(?<prerelease>[a-z.0-9]+))?")),
    );
    fc.assert(
      fc.property(version, fc.array(fc.oneof(version, noise), { maxLength: 30 }), rule, (current, tags, one) => {
        const choice = chooseTag(current, tags, [one]);
        expect(chooseTag(current, tags.toReversed(), [one])).toEqual(choice);
        if (choice.kind !== "newer") return;
        expect(tags).toContain(choice.tag);
        expect(isNotNewer(choice.tag, current, one)).toBe(false);
        if (one.scheme !== "semver") expect(prerelease(choice.tag)).toBeNull();
        // What was chosen has nothing newer.
        expect(chooseTag(choice.tag, tags, [one]).kind).toBe("newest");
      }),
      { numRuns: 500 },
    );
  });
});
