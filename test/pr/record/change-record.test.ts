import { expect, test } from "vitest";
import type { Marker } from "../../../src/domain/proposal.ts";
import { encodeMarker } from "../../../src/pr/marker.ts";
import { recordOf } from "../../../src/pr/record/change-record.ts";
import { pullRequest } from "../../support/forge/pull-request.ts";

const hash = "a".repeat(64);
const marker: Marker = {
  cause: { kind: "regression", pull: 7 },
  ...{ base: "b".repeat(40), content: hash, baseHash: hash, text: hash },
  edits: [
    {
      ...{ kind: "set", agent: "acme/triage", file: "agents/acme/triage.yaml", at: "/spec/scaling/max" },
      ...{ from: 6, to: 4, why: "it was worse", by: "rule" },
    },
  ],
  spent: { tokens: 10, dollars: 0.5 },
};
const body = encodeMarker(marker);

test.each([
  ["raos/agent/acme/triage", { source: "drift", tenant: "acme", agent: "acme/triage", isAlert: false }],
  ["raos/tenant/acme", { source: "drift", tenant: "acme", agent: undefined }],
  ["raos/alert/acme/triage/production/out-of-memory", { source: "out-of-memory", agent: "acme/triage", isAlert: true }],
  ["raos/regression/7", { source: "regression", takesBack: 7, tenant: "acme", agent: "acme/triage" }],
])("%s", (branch, record) => {
  expect(recordOf(pullRequest({ branch, body }))).toMatchObject(record);
});

test.each([
  ["open", {}, "open"],
  ["merged", { state: "merged" }, "merged"],
  ["closed by a person", { state: "closed" }, "refused"],
  ["closed by the bot", { state: "closed", closedByBot: true }, "withdrawn"],
] as const)("%s", (_name, pull, result) => {
  expect(recordOf(pullRequest(pull))?.result).toBe(result);
});

test("a person's pull request on a branch of the bot, and the one that introduces RAOS, are none", () => {
  expect(recordOf(pullRequest({ openedByBot: false }))).toBeUndefined();
  expect(recordOf(pullRequest({ branch: "raos/onboarding" }))).toBeUndefined();
});

test("costs in a text that somebody else wrote do not count", () => {
  expect(recordOf(pullRequest({ body }))?.spent).toEqual({ tokens: 10, dollars: 0.5 });
  expect(recordOf(pullRequest({ body, textByBot: false }))?.spent).toBeUndefined();
});
