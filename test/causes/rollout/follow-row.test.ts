import { expect, test } from "vitest";
import { type FollowedRelease, followRow } from "../../../src/causes/rollout/follow-row.ts";
import type { RolloutRow } from "../../../src/domain/rollout/report.ts";
import type { Rollout } from "../../../src/domain/rollout/rollout.ts";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const place = { agent: "acme/triage", environment: "production" };
const wanted = { digest: "aaaaaaaaaa", commit: "1".repeat(40), at: 0 };
const running: Rollout = {
  ...{ ...place, wanted, phase: "running", running: { digest: "aaaaaaaaaa" }, reason: undefined, since: 10 * MINUTE },
};
const other = (phase: Exclude<Rollout["phase"], "running">, reason = "words"): Rollout => ({
  ...{ ...place, wanted, phase, running: undefined, reason, since: undefined },
});

function follow(rollout: Rollout | undefined, changed: Partial<FollowedRelease> = {}) {
  const release = { ...place, digest: "aaaaaaaaaa", changesScaling: false };
  const { row, lookAt } = followRow({
    ...{ release, before: undefined, rollout, mergedAt: 0, now: MINUTE, after: 15 * MINUTE },
    ...{ isMeasured: false, hasCluster: false, ...changed },
  });
  return { state: row.state, outlook: row.outlook, since: row.since, lookAt };
}

test.each<[string, object, object]>([
  ["what runs is looked at after the time", follow(running), { state: "running", lookAt: 25 * MINUTE }],
  [
    "where something is measured, once there are points enough",
    follow(running, { isMeasured: true }),
    { lookAt: 45 * MINUTE },
  ],
  ["without a cluster the time counts from the merge", follow(other("unknown")), { since: 0, lookAt: 15 * MINUTE }],
  [
    "a cluster that does not show what runs is waited for, a day long",
    follow(other("unknown"), { hasCluster: true }),
    { state: "unknown", lookAt: DAY },
  ],
  ["what failed is worse", follow(other("failed")), { state: "failed", outlook: "worse", lookAt: undefined }],
  ["what the controller rolled back is worse", follow(other("rolled-back")), { outlook: "worse" }],
  ["what is on its way waits", follow(other("held-up")), { state: "held-up", outlook: undefined, lookAt: undefined }],
  ["for three days", follow(other("held-up"), { now: 4 * DAY }), { outlook: "cannot-tell" }],
  ["nothing is wanted there any more", follow(undefined), { state: "removed", outlook: undefined }],
  [
    "a later change took its place",
    follow({ ...running, wanted: { ...wanted, digest: "bbbbbbbbbb" } }),
    { state: "replaced", outlook: undefined },
  ],
])("%s", (_name, found, expected) => {
  expect(found).toMatchObject(expected);
});

test("what was judged stays, whatever the cluster shows now; and since when it runs is not forgotten", () => {
  const before: RolloutRow = { ...place, digest: "aaaaaaaaaa", state: "running", since: 5 * MINUTE };
  expect(follow(other("failed"), { before: { ...before, outlook: "same" } })).toMatchObject({
    ...{ state: "running", outlook: "same", lookAt: undefined },
  });
  expect(follow(running, { before })).toMatchObject({ since: 5 * MINUTE, lookAt: 20 * MINUTE });
});

test("what failed keeps the words of its roll-out, which end with the pods that did not start", () => {
  const rolling: RolloutRow = { ...place, digest: "aaaaaaaaaa", state: "rolling", reason: "ImagePullBackOff" };
  const reasonAfter = (before: RolloutRow, rollout: Rollout) =>
    followRow({
      ...{ release: { ...place, digest: "aaaaaaaaaa", changesScaling: false }, before, rollout, mergedAt: 0, now: 0 },
      ...{ after: 0, isMeasured: false, hasCluster: true },
    }).row.reason;
  expect(reasonAfter(rolling, other("rolled-back", "timed out"))).toBe(
    "timed out. While it rolled out: ImagePullBackOff",
  );
  expect(reasonAfter(rolling, other("failed", "UpgradeFailed: ImagePullBackOff"))).toBe(
    "UpgradeFailed: ImagePullBackOff",
  );
  expect(reasonAfter({ ...rolling, state: "pending" }, other("failed", "timed out"))).toBe("timed out");
});
