import { TaskState } from "@a2a-js/sdk";
import { expect, test } from "vitest";
import { taskOfPull } from "../../src/a2a/task-of-pull.ts";
import type { RolloutReport, RolloutRow } from "../../src/domain/rollout/report.ts";
import { pullRequest } from "../support/forge/pull-request.ts";

const row = (more: Partial<RolloutRow>): RolloutRow => ({
  ...{ agent: "acme/triage", environment: "production", digest: "d", state: "pending" },
  ...more,
});
const report = (isFinal: boolean, more: Partial<RolloutRow>): RolloutReport => ({ rows: [row(more)], isFinal });

test.each([
  ["nothing is known yet", undefined, TaskState.TASK_STATE_WORKING, 1],
  ["it rolls out", report(false, { state: "rolling" }), TaskState.TASK_STATE_WORKING, 2],
  ["it is verified", report(true, { outlook: "same" }), TaskState.TASK_STATE_COMPLETED, 2],
  ["it runs worse", report(false, { outlook: "worse" }), TaskState.TASK_STATE_FAILED, 2],
  ["it cannot be told", report(true, { outlook: "cannot-tell" }), TaskState.TASK_STATE_COMPLETED, 2],
  ["a later change took its place", report(true, { state: "replaced" }), TaskState.TASK_STATE_COMPLETED, 2],
])("a merged pull request of which %s", (_, known, state, artifacts) => {
  const pull = pullRequest({ state: "merged" });
  const task = taskOfPull({ id: "fleet:0", pull, report: known, isWatched: true });
  expect([task.status?.state, task.artifacts.length]).toEqual([state, artifacts]);
});
