import { describe, expect, test } from "vitest";
import {
  agent,
  alert,
  alertingFleet,
  HOUR,
  MINUTE,
  NOW,
  outcomeTexts,
  resolved,
} from "../support/cli/alerting-fleet.ts";

const because = (reason: string) => ({ annotations: { grafana_state_reason: reason } });
const OOM = alert("AgentOutOfMemory", "triage");
const WITHOUT_DATA = alert("AgentOutOfMemory", "triage", {}, because("NoData"));
/** What Grafana sends in place of the rule's own alert. */
const REPLACEMENT = alert("DatasourceNoData", "triage", { rulename: "AgentOutOfMemory", ref_id: "A" });

describe("an alert that measured nothing", () => {
  test.each([
    ["under the rule's name", WITHOUT_DATA],
    ["in place of the rule's own alert", REPLACEMENT],
  ])("is skipped, and after an hour an issue says why: %s", async (_, one) => {
    const { reconcile, pulls, issues } = await alertingFleet({ triage: agent("triage") });
    expect(outcomeTexts(await reconcile([one]))).toEqual(["skipped acme/triage out-of-memory: no-data"]);
    expect([await pulls(), await issues()]).toEqual([[], []]);
    const [reported] = await reconcile([one], NOW + HOUR);
    expect([reported?.kind, reported?.reason]).toEqual(["opened", "report"]);
    const [issue] = await issues();
    expect(issue?.body).toContain("No data was measured, so no change is proposed.");
    expect(issue?.body).toContain("returns no data. Check that the metrics are still scraped.");
    await reconcile([one], NOW + HOUR + MINUTE);
    expect([(await pulls()).length, (await issues()).length]).toEqual([0, 1]);
    // Once it is measured, a change is proposed at once.
    await reconcile([OOM], NOW + HOUR + 2 * MINUTE);
    expect((await pulls()).map(({ title }) => title)).toEqual(["acme/triage: memory limit 512Mi → 640Mi"]);
    await reconcile([OOM], NOW + HOUR + 3 * MINUTE);
    expect(await issues()).toEqual([]);
  });

  test("its issue says what the data source answered", async () => {
    const { reconcile, issues } = await alertingFleet({ triage: agent("triage") });
    const annotations = { grafana_state_reason: "Error", Error: "query A: connection refused" };
    await reconcile([alert("AgentOutOfMemory", "triage", {}, { annotations })], NOW + HOUR);
    expect((await issues())[0]?.body).toContain("Grafana reports: query A: connection refused");
  });

  test("its issue closes when data is measured and all is well", async () => {
    const { reconcile, issues } = await alertingFleet({ triage: agent("triage") });
    await reconcile([REPLACEMENT], NOW + HOUR);
    expect(await issues()).toHaveLength(1);
    await reconcile([resolved(REPLACEMENT)], NOW + HOUR + MINUTE);
    expect(await issues()).toEqual([]);
  });

  test("beside one that is measured, the measured one decides", async () => {
    const { reconcile, pulls } = await alertingFleet({ triage: agent("triage") });
    const pod = alert("AgentOutOfMemory", "triage", { pod: "another" }, because("Error"));
    await reconcile([pod, OOM]);
    expect(await pulls()).toHaveLength(1);
  });
});

describe("an end that was not measured", () => {
  test.each([
    ["the series is gone", [resolved({ ...OOM, ...because("MissingSeries") })]],
    ["the rule is paused", [resolved({ ...OOM, ...because("Paused") })]],
    ["the rule has no data now", [resolved(OOM), REPLACEMENT]],
  ])("leaves the pull request as it is: %s", async (_, alerts) => {
    const { reconcile, pulls } = await alertingFleet({ triage: agent("triage") });
    await reconcile([OOM]);
    const before = await pulls();
    expect(outcomeTexts(await reconcile(alerts, NOW + MINUTE))).toEqual([
      "unchanged acme/triage out-of-memory: up-to-date",
    ]);
    expect(await pulls()).toEqual(before);
  });

  test("leaves the issue open, which says so", async () => {
    const { reconcile, issues } = await alertingFleet({ triage: agent("triage") });
    await reconcile([WITHOUT_DATA], NOW + HOUR);
    await reconcile([resolved({ ...OOM, ...because("MissingSeries") })], NOW + HOUR + MINUTE);
    const [issue, ...others] = await issues();
    expect(others).toEqual([]);
    expect(issue?.body).toContain(
      "It ended without data, so it is not known whether all is well: close this issue if it is.",
    );
    expect(issue?.body).not.toContain("No data was measured");
  });
});

describe("an open issue", () => {
  const MISSING = alert("AgentSecretMissing", "triage");
  const NONE = { ...MISSING, ...because("NoData") };
  const WORDS = "No data was measured, so no change is proposed.";

  test("says that data is missing, and no more once it is back", async () => {
    const { reconcile, issues } = await alertingFleet({ triage: agent("triage") });
    await reconcile([MISSING]);
    const [before] = await issues();
    expect(before?.body).not.toContain(WORDS);
    // For less than an hour, nothing is said.
    await reconcile([NONE], NOW + 30 * MINUTE);
    expect((await issues())[0]?.body).toBe(before?.body);
    expect(outcomeTexts(await reconcile([NONE], NOW + HOUR))).toEqual(["updated acme/triage secret-missing: report"]);
    const [without] = await issues();
    expect(without?.body).toContain(WORDS);
    await reconcile([NONE], NOW + HOUR + MINUTE);
    expect((await issues())[0]?.body).toBe(without?.body);
    await reconcile([MISSING], NOW + HOUR + 2 * MINUTE);
    expect((await issues())[0]?.body).toBe(before?.body);
  });

  test("that began without data says what is measured later", async () => {
    const { reconcile, issues } = await alertingFleet({ triage: agent("triage") });
    await reconcile([NONE], NOW + HOUR);
    expect((await issues())[0]?.body).toContain(WORDS);
    await reconcile([MISSING], NOW + HOUR + MINUTE);
    expect((await issues())[0]?.body).not.toMatch(/No data was measured|returns no data/);
  });
});
