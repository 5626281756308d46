import { describe, expect, test } from "vitest";
import { agent, alert, alertingFleet, MI, MINUTE, NOW, outcomeTexts } from "../support/cli/alerting-fleet.ts";

const remedy = (name: string, alertname: string, at: string, to: string) => `apiVersion: raos.dev/v1alpha1
kind: Remedy
metadata: {name: ${name}}
spec:
  on: {alerts: [${alertname}]}
  edits: [{at: ${at}, to: '${to}', as: integer, why: It helps.}]
`;
const POLICIES = {
  "policies/more-replicas.yaml": remedy("more-replicas", "TooSlow", "/spec/scaling/max", "8"),
  "policies/fewer-calls.yaml": remedy("fewer-calls", "Limited", "/spec/model/maxConcurrency", "4"),
};
const OOM = alert("AgentOutOfMemory", "triage");

describe("pull requests about one agent in one pass", () => {
  test("are no more than maxChangesPerDay", async () => {
    const supervision = "{allowedPaths: [/spec/runtime, /spec/scaling], maxChangesPerDay: 1}";
    const { place, reconcile, pulls } = await alertingFleet(
      { triage: agent("triage", { supervision }) },
      { working_set: [400 * MI] },
    );
    place.commit(POLICIES);
    const outcomes = outcomeTexts(await reconcile([OOM, alert("TooSlow", "triage")]));
    expect(outcomes.filter((one) => one.startsWith("opened"))).toHaveLength(1);
    expect(outcomes.filter((one) => one.endsWith("max-changes-per-day"))).toHaveLength(1);
    expect(await pulls()).toHaveLength(1);
  });

  test("do not change one value twice", async () => {
    const { place, reconcile, pulls } = await alertingFleet({ triage: agent("triage") });
    const more = remedy("even-more", "StillTooSlow", "/spec/scaling/max", "16").replace(
      "edits: [",
      "edits: [{at: /spec/scaling/min, to: '2', as: integer, why: It helps.}, ",
    );
    place.commit({ ...POLICIES, "policies/even-more.yaml": more });
    const outcomes = await reconcile([alert("TooSlow", "triage"), alert("StillTooSlow", "triage")]);
    expect(outcomeTexts(outcomes)).toContainEqual(expect.stringContaining("same-change-is-open"));
    expect(await pulls()).toHaveLength(1);
  });

  test("do not pull against each other, also not in a later pass", async () => {
    const { place, reconcile, pulls } = await alertingFleet({ triage: agent("triage") });
    place.commit(POLICIES);
    const both = [alert("TooSlow", "triage"), alert("Limited", "triage")];
    const opposed = expect.arrayContaining([expect.stringContaining("opposes-open-change")]);
    expect(outcomeTexts(await reconcile(both))).toEqual(opposed);
    expect(await pulls()).toHaveLength(1);
    expect(outcomeTexts(await reconcile(both, NOW + MINUTE))).toEqual(opposed);
    expect(await pulls()).toHaveLength(1);
  });
});

test("an issue about an agent that was removed is closed, whoever reported it", async () => {
  const { place, reconcile, issues } = await alertingFleet({ triage: agent("triage"), billing: agent("billing") });
  await reconcile([alert("AgentSecretMissing", "billing")]);
  expect(await issues()).toHaveLength(1);
  place.git("rm", "--quiet", "agents/acme/billing.yaml");
  place.commit({});
  expect(outcomeTexts(await reconcile([OOM], NOW + MINUTE))).toContain(
    "closed acme/billing secret-missing: agent-removed",
  );
  expect(await issues()).toEqual([]);
});

describe("a value that a guardrail's number forbids", () => {
  const guardrail = (limit: string) => `apiVersion: raos.dev/v1alpha1
kind: Guardrail
metadata: {name: few-replicas}
spec:
  description: Few replicas.
  enforce: always
  rules:
    - deny: has(after.spec.scaling.max) && after.spec.scaling.max > ${limit}
      message: too many replicas
`;
  const most = (name: string, to: string) =>
    remedy("more-replicas", name, "/spec/scaling/max", to).replace("as: integer", "as: integer, most: '100'");

  test("is cut to it where the remedy has a limit of its own, and the reviewer is told", async () => {
    const { place, reconcile, pulls } = await alertingFleet({ triage: agent("triage") });
    place.commit({ "policies/more.yaml": most("TooSlow", "48"), "policies/few.yaml": guardrail("20") });
    expect(outcomeTexts(await reconcile([alert("TooSlow", "triage")]))).toEqual(["opened acme/triage more-replicas"]);
    const [pull] = await pulls();
    expect(pull?.title).toContain("→ 20");
    expect(pull?.body).toContain("A guardrail allows no more than 20; 48 was asked for.");
  });

  test("is in the issue with the number where the remedy has none", async () => {
    const { place, reconcile, issues } = await alertingFleet({ triage: agent("triage") });
    const more = remedy("more-replicas", "TooSlow", "/spec/scaling/max", "48");
    place.commit({ "policies/more.yaml": more, "policies/few.yaml": guardrail("20") });
    const outcomes = outcomeTexts(await reconcile([alert("TooSlow", "triage")]));
    expect(outcomes).toEqual(["opened acme/triage more-replicas: denied"]);
    const text = (await issues())[0]?.body.replaceAll("\\", "") ?? "";
    expect(text).toMatch(/planned: \/spec\/scaling\/max from \d+ to 48/);
    expect(text).toContain("guardrail few-replicas: too many replicas");
    expect(text).toMatch(/denied where: .*scaling\.max &gt; 20/);
  });
});
