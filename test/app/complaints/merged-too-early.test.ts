import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRun } from "../../servers/github/checks/check-runs.ts";
import type { Pull } from "../../servers/github/model/model.ts";
import { postAlerts } from "../../support/alerts/post-alerts.ts";
import { agentOf, FILES, TRIAGE } from "../../support/forge/reviewed-fleet.ts";
import { waitUntil } from "../../support/wait.ts";
import { ALERTS_TOKEN, type ServedFleet, servedFleet } from "./served-fleet.ts";

const REMEDY = `apiVersion: raos.dev/v1alpha1
kind: Remedy
metadata: {name: more-memory}
spec:
  on: {alerts: [TooLittle]}
  edits: [{at: /spec/scaling/max, to: '5', as: integer, why: It helps.}]
`;
const ACCEPTED = `apiVersion: raos.dev/v1alpha1
kind: Guardrail
metadata: {name: small-steps}
spec:
  causes: [alert]
  rules: [{allow: 'true', message: a small step}]
`;
const SCALED = `${agentOf("triage", "768Mi")}  scaling: {min: 1, max: 4, hpa: {cpu: 70}}
  supervision: {allowedPaths: [/spec/scaling], autoMerge: low-risk}
`;

let fleet: ServedFleet;
let pull: Pull;

/** A pull request of RAOS that a policy accepts: nothing is missing but its checks. */
beforeEach(async () => {
  const policies = { "policies/more-memory.yaml": REMEDY, "policies/small-steps.yaml": ACCEPTED };
  fleet = await servedFleet({ ...FILES, ...policies, [TRIAGE]: SCALED }, () => {}, ["--interval", "1s"]);
  const labels = { alertname: "TooLittle", raos_agent: "triage", raos_tenant: "acme", raos_environment: "production" };
  const startsAt = new Date(Date.now() + 30_000).toISOString();
  const alert = { status: "firing", labels, annotations: {}, startsAt, endsAt: "0001-01-01T00:00:00Z" };
  await postAlerts(fleet.served.url, ALERTS_TOKEN, [alert]);
  pull = await fleet.own("raos/alert/");
});
afterEach(() => fleet.close());

/** Waits for so many more passes over the repository. */
async function passes(count: number): Promise<void> {
  const done = () => fleet.served.log.filter(({ msg }) => msg === "repository reconciled").length;
  const before = done();
  await waitUntil(() => done() >= before + count);
  await sleep(50);
}

describe("2. probot-auto-merge#266: looks at check suites, not at commit statuses", () => {
  test("a pull request whose check runs pass is not merged while a commit status fails", async () => {
    const green = { status: "completed", conclusion: "success", output: { title: "Fine", summary: "Fine" } };
    await createRun(fleet.github.world, fleet.repository, pull.head, { name: "build", ...green });
    fleet.repository.checks.set(pull.head, "FAILURE");
    await passes(3);
    expect(pull.state).toBe("OPEN");
    fleet.repository.checks.set(pull.head, "SUCCESS");
    await waitUntil(() => pull.state === "MERGED");
  });
});

describe("3. parity-processbot#268: merges before late checks are registered", () => {
  test("a pull request without checks waits for some, also where RAOS's own has passed, and is merged when they pass", async () => {
    await passes(3);
    expect(pull.state).toBe("OPEN");
    fleet.repository.checks.set(pull.head, "PENDING");
    await passes(2);
    expect(pull.state).toBe("OPEN");
    fleet.repository.checks.set(pull.head, "SUCCESS");
    await waitUntil(() => pull.state === "MERGED");
  });
});
