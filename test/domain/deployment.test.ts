import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deploymentsOf } from "../../src/domain/rollout/deployment.ts";
import type { RolloutRow } from "../../src/domain/rollout/report.ts";

const row = (fields: Partial<RolloutRow>): RolloutRow => ({
  agent: "acme/triage",
  environment: "production",
  digest: "d",
  state: "running",
  ...fields,
});
const shown = (rows: readonly RolloutRow[]) => deploymentsOf({ rows, isFinal: false }, "5".repeat(40));

describe("a merged pull request as deployments", () => {
  test.each([
    [{ state: "pending" }, "queued", "waits to be deployed"],
    [{ state: "held-up", reason: "waits for redis" }, "queued", "is held up: waits for redis"],
    [{ state: "rolling" }, "in_progress", "is rolling out"],
    [{ state: "running" }, "in_progress", "runs, and is watched"],
    [{ state: "running", outlook: "same" }, "success", "verified"],
    [{ state: "unknown", outlook: "cannot-tell" }, "success", "runs; nothing shows whether it is better or worse"],
    [{ state: "running", outlook: "worse" }, "failure", "worse than before"],
    [{ state: "failed", outlook: "worse", reason: "ImagePullBackOff" }, "failure", "worse: ImagePullBackOff"],
    [{ state: "replaced" }, "inactive", "a later change took its place"],
  ] as const)("%j is %s", (fields, state, description) => {
    expect(shown([row(fields)])).toEqual([
      { environment: "production/acme/triage", sha: "5".repeat(40), state, description },
    ]);
  });

  test("each agent in each environment has a name of its own; very many are shown by tenant", () => {
    expect(shown([row({}), row({ environment: "staging" })]).map(({ environment }) => environment)).toEqual([
      "production/acme/triage",
      "staging/acme/triage",
    ]);
    const many = Array.from({ length: 30 }, (_, index) => row({ agent: `acme/a${index}`, outlook: "same" }));
    expect(shown([...many.slice(1), row({ agent: "acme/a0", state: "rolling" })])).toMatchObject([
      { environment: "production/acme", state: "in_progress", description: "1 of 30 agents: is rolling out" },
    ]);
  });

  test("no text of a cluster is longer than GitHub takes", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400, unit: "binary" }), (reason) => {
        const [one] = shown([row({ state: "failed", reason })]);
        expect(one?.description.length).toBeLessThanOrEqual(140);
      }),
    );
  });
});
