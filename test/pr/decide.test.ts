import { describe, expect, test } from "vitest";
import type { Cause } from "../../src/domain/cause.ts";
import { Config } from "../../src/domain/kinds/kinds.ts";
import type { Marker, Proposal } from "../../src/domain/proposal.ts";
import type { PullRequest } from "../../src/domain/pull-request.ts";
import { type DecisionLimits, decide } from "../../src/pr/decide.ts";
import { encodeMarker } from "../../src/pr/marker.ts";
import { pullRequest } from "../support/forge/pull-request.ts";

const cause: Cause = { kind: "drift", scope: { kind: "agent", agent: "acme/triage" } };
const branch = "raos/agent/acme/triage";
const config = Config.parse({
  apiVersion: "raos.dev/v1alpha1",
  kind: "Config",
  spec: { limits: { openPulls: 3, pullsPerHour: 5 } },
});
const limits: DecisionLimits = {
  config,
  full: undefined,
  now: Date.parse("2026-01-05T10:00:00Z"),
  base: "main",
  complete: true,
};

const hash = (letter: string) => letter.repeat(64);
const marker: Marker = {
  cause,
  base: "a".repeat(40),
  content: hash("c"),
  baseHash: hash("d"),
  text: hash("e"),
  edits: [],
};
const proposal: Proposal = {
  branch,
  title: "Deploy acme/triage",
  body: encodeMarker(marker),
  commitMessage: "Deploy acme/triage",
  labels: [],
  reviewers: [],
  files: [],
  marker,
  autoMerge: false,
};
const open = pullRequest({ body: encodeMarker(marker), branch });
const marked = (pull: PullRequest, change: Partial<Marker>): PullRequest => ({
  ...pull,
  body: encodeMarker({ ...marker, ...change }),
});
/** The same pull request, its marker written by a version that called baseHash `under`. */
const openSinceVersion1: PullRequest = { ...open, body: versionOne(marker) };
const closed: PullRequest = { ...open, state: "closed" };
const merged: PullRequest = marked({ ...open, state: "merged" }, { base: "9".repeat(40), content: hash("1") });
const elsewhere: Partial<Marker> = { content: hash("1") };
const windows = (from: string, to: string) =>
  Config.parse({
    apiVersion: "raos.dev/v1alpha1",
    kind: "Config",
    spec: { schedule: { timezone: "UTC", windows: [{ from, to }] } },
  });

type Given = readonly [
  name: string,
  standing: PullRequest | undefined,
  wanted: Proposal | "denied" | "superseded" | undefined,
  limits: Partial<DecisionLimits>,
  decision: string,
];

const table: readonly Given[] = [
  ["no pull request, nothing is wanted", undefined, undefined, {}, "unchanged nothing-to-do"],
  ["no pull request, a guardrail denies", undefined, "denied", {}, "unchanged nothing-to-do"],
  ["no pull request, something is wanted", undefined, proposal, {}, "open"],
  ["no pull request, as far as could be read", undefined, proposal, { complete: false }, "skip incomplete-read"],
  ["at the limit of open ones", undefined, proposal, { full: "limits.openPulls" }, "skip limits.openPulls"],
  ["at the limit of an hour", undefined, proposal, { full: "limits.pullsPerHour" }, "skip limits.pullsPerHour"],
  ["within the schedule", undefined, proposal, { config: windows("09:00", "11:00") }, "open"],
  ["outside the schedule", undefined, proposal, { config: windows("11:00", "12:00") }, "skip outside-schedule"],

  ["open and as it should be", open, proposal, {}, "unchanged up-to-date"],
  [
    "the base moved, but not below its files",
    marked(open, { base: "1".repeat(40) }),
    proposal,
    {},
    "unchanged up-to-date",
  ],
  ["open since before its marker's format changed", openSinceVersion1, proposal, {}, "unchanged up-to-date"],
  ["another content", marked(open, elsewhere), proposal, {}, "update content-changed"],
  ["another base of its files", marked(open, { baseHash: hash("1"), ...elsewhere }), proposal, {}, "update stale-base"],
  ["only other words", marked(open, { text: hash("1") }), proposal, {}, "update text-changed"],
  [
    "a person edited title and body, and left the marker",
    { ...open, title: "Mine", body: `Mine.\n${open.body}` },
    proposal,
    {},
    "unchanged up-to-date",
  ],
  ["a person rewrote the body, with the marker", { ...open, textByBot: false }, proposal, {}, "update text-changed"],
  ["a person chose another base", { ...open, base: "staging" }, proposal, {}, "update content-changed"],
  ["a person opened it on our branch", { ...open, openedByBot: false }, proposal, {}, "skip not-opened-by-raos"],
  [
    "a person opened it, and nothing is wanted",
    { ...open, openedByBot: false },
    undefined,
    {},
    "skip not-opened-by-raos",
  ],
  ["a person took the marker away", { ...open, body: "Mine." }, proposal, {}, "update content-changed"],
  [
    "limits and schedule hold for opening alone",
    marked(open, elsewhere),
    proposal,
    { full: "limits.openPulls", config: windows("11:00", "12:00") },
    "update content-changed",
  ],
  [
    "its pull request was read, but not everything else",
    marked(open, elsewhere),
    proposal,
    { complete: false },
    "update content-changed",
  ],
  ["nothing is wanted any more", open, undefined, {}, "close no-longer-needed"],
  ["a guardrail denies it now", open, "denied", {}, "close denied"],
  ["it is part of another now", open, "superseded", {}, "close superseded"],
  ["nothing is wanted, as far as could be read", open, undefined, { complete: false }, "skip incomplete-read"],
  ["denied, as far as could be read", open, "denied", { complete: false }, "skip incomplete-read"],

  [
    "a person's commit is on it",
    { ...marked(open, elsewhere), botOnly: false },
    proposal,
    {},
    "hands-off with a comment",
  ],
  [
    "and the bot said so",
    { ...marked(open, elsewhere), botOnly: false, handsOff: true },
    proposal,
    {},
    "hands-off without a comment",
  ],
  [
    "the person's commit went away again",
    { ...marked(open, elsewhere), handsOff: true },
    proposal,
    {},
    "hands-off without a comment",
  ],
  [
    "a person's commit is on what nobody wants any more",
    { ...open, botOnly: false },
    undefined,
    {},
    "hands-off with a comment",
  ],
  [
    "a person's commit is on what a guardrail denies",
    { ...open, botOnly: false, handsOff: true },
    "denied",
    {},
    "hands-off without a comment",
  ],
  ["a person's commit on what is up to date", { ...open, botOnly: false }, proposal, {}, "hands-off with a comment"],
  [
    "whose commits there are could not be read",
    { ...marked(open, elsewhere), botOnly: undefined },
    proposal,
    {},
    "skip incomplete-read",
  ],
  ["nor may it be closed then", { ...open, botOnly: undefined }, undefined, {}, "skip incomplete-read"],

  ["a person closed it", closed, proposal, {}, "skip closed-by-a-person"],
  [
    "a person closed it, and its base moved",
    marked(closed, { base: "1".repeat(40) }),
    proposal,
    {},
    "skip closed-by-a-person",
  ],
  [
    "a person closed it, and the words are others",
    marked(closed, { text: hash("1") }),
    proposal,
    {},
    "skip closed-by-a-person",
  ],
  ["a person closed it, and the content is another", marked(closed, elsewhere), proposal, {}, "open"],
  ["a person closed it, and took the marker away", { ...closed, body: "No." }, proposal, {}, "skip closed-by-a-person"],
  [
    "a person closed one with commits of theirs",
    { ...closed, botOnly: false, handsOff: true },
    proposal,
    {},
    "skip closed-by-a-person",
  ],
  [
    "one with their commits, and the content is another",
    { ...marked(closed, elsewhere), botOnly: false, handsOff: true },
    proposal,
    {},
    "open",
  ],
  ["a person closed it, and nothing is wanted", closed, undefined, {}, "unchanged nothing-to-do"],
  ["the bot closed it", { ...closed, closedByBot: true }, proposal, {}, "open"],
  [
    "the bot closed it, at the limit",
    { ...closed, closedByBot: true },
    proposal,
    { full: "limits.openPulls" },
    "skip limits.openPulls",
  ],
  [
    "closed, as far as could be read",
    { ...closed, closedByBot: true },
    proposal,
    { complete: false },
    "skip incomplete-read",
  ],
  [
    "another content, at the limit",
    marked(closed, elsewhere),
    proposal,
    { full: "limits.pullsPerHour" },
    "skip limits.pullsPerHour",
  ],

  ["merged, and drifted again", merged, proposal, {}, "open"],
  ["merged, reverted by hand and wanted again", marked(merged, { base: "9".repeat(40) }), proposal, {}, "open"],
  ["merged, and nothing is wanted", merged, undefined, {}, "unchanged nothing-to-do"],
  [
    "merged since the base was read",
    marked(merged, { base: marker.base, content: marker.content }),
    proposal,
    {},
    "skip incomplete-read",
  ],
  ["merged, as far as could be read", merged, proposal, { complete: false }, "skip incomplete-read"],
];

describe("decide", () => {
  test.each(table)("%s", (_, standing, wanted, given, expected) => {
    const decision = decide(cause, standing, wanted, { ...limits, ...given });
    const reason =
      "reason" in decision
        ? ` ${decision.reason}`
        : decision.kind === "hands-off"
          ? ` with${decision.comment ? "" : "out"} a comment`
          : "";
    expect(`${decision.kind}${reason}`).toBe(expected);
    if ("pull" in decision && decision.pull !== undefined) expect(decision.pull).toBe(standing);
  });

  test("a pull request on another branch is a bug", () => {
    expect(() => decide(cause, { ...open, branch: "raos/agent/acme/other" }, proposal, limits)).toThrow(RangeError);
  });
});

function versionOne({ baseHash: under, ...rest }: Marker): string {
  const written = { version: 1, ...rest, under };
  return `<!-- raos:pull ${Buffer.from(JSON.stringify(written)).toString("base64")} -->`;
}
