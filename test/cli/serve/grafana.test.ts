import { expect, test } from "vitest";
import { type GrafanaAlert, postGrafana } from "../../support/alerts/grafana-webhook.ts";
import { type AlertingFleet, agent, alertingFleet } from "../../support/cli/alerting-fleet.ts";
import { serve } from "../../support/cli/serve.ts";
import { waitFor, waitUntil } from "../../support/wait.ts";

const TOKEN = "t0ken";
const labelsOf = (alertname: string, more: Readonly<Record<string, string>> = {}) => ({
  alertname,
  raos_agent: "triage",
  raos_tenant: "acme",
  cluster: "p1",
  ...more,
});
const OOM = { status: "firing", labels: labelsOf("AgentOutOfMemory"), minutesAgo: 5 } as const;
const MISSING = { status: "firing", labels: labelsOf("AgentSecretMissing"), minutesAgo: 5 } as const;
/** What Grafana sends in place of the rule's own alert. */
const replaced = (alertname: "DatasourceNoData" | "DatasourceError", rulename: string) =>
  labelsOf(alertname, { rulename, datasource_uid: "prom1", ref_id: "A" });
const because = (one: GrafanaAlert, reason: string): GrafanaAlert => ({
  ...one,
  annotations: {
    grafana_state_reason: reason,
    ...(reason === "Error" ? { Error: "query A: connection refused" } : {}),
  },
});
const ended = (one: GrafanaAlert): GrafanaAlert => ({ ...one, status: "resolved" });

async function started(...argv: readonly string[]): Promise<{ readonly fleet: AlertingFleet; readonly send: Send }> {
  const fleet = await alertingFleet({ triage: agent("triage") });
  const served = await serve(["--repo", fleet.place.bare, ...argv], { ALERTS_TOKEN: TOKEN });
  const passes = () => served.log.filter(({ msg }) => msg === "repository reconciled").length;
  await waitUntil(() => passes() > 0);
  const send: Send = async (...alerts) => {
    const before = passes();
    expect(await postGrafana(served.url, TOKEN, alerts)).toBe(200);
    await waitUntil(() => passes() > before);
  };
  return { fleet, send };
}

type Send = (...alerts: readonly GrafanaAlert[]) => Promise<void>;

test("what Grafana measured is mended, and ends; what it did not measure ends nothing", async () => {
  const { fleet, send } = await started();
  await send(OOM, MISSING);
  await waitUntil(async () => (await fleet.pulls()).length === 1 && (await fleet.issues()).length === 1);
  const [{ body: before = "" } = {}] = await fleet.pulls();
  for (const reason of ["MissingSeries", "Paused", "Updated", "NoData", "Error"])
    await send(because(ended(OOM), reason), because(ended(MISSING), reason));
  expect((await fleet.pulls()).map(({ body }) => body)).toEqual([before]);
  expect(await fleet.issues()).toHaveLength(1);
  await send(ended(OOM), ended(MISSING));
  await waitUntil(async () => (await fleet.issues()).length === 0);
  const after = await waitFor(async () => {
    const [pull] = await fleet.pulls();
    return pull?.body.startsWith("> [!NOTE]\n> The alert ended") === true ? pull.body : undefined;
  });
  expect(after).toContain("before this was merged");
});

const LASTS = { ...OOM, minutesAgo: 65 };

test("what was not measured for some minutes changes nothing and says nothing", async () => {
  const { fleet, send } = await started();
  await send(because(OOM, "NoData"), because(MISSING, "Error"));
  await send({ ...OOM, labels: replaced("DatasourceNoData", "AgentOutOfMemory") });
  expect([await fleet.pulls(), await fleet.issues()]).toEqual([[], []]);
});

test.each<[string, GrafanaAlert]>([
  ["NoData under the rule's own name", because(LASTS, "NoData")],
  ["Error under the rule's own name", because(LASTS, "Error")],
  ["NoData, and the last state kept", because(LASTS, "NoData, KeepLast")],
  ["DatasourceNoData", { ...LASTS, labels: replaced("DatasourceNoData", "AgentOutOfMemory") }],
  ["DatasourceError", because({ ...LASTS, labels: replaced("DatasourceError", "AgentOutOfMemory") }, "Error")],
])("what was not measured for an hour is an issue until it is measured: %s", async (_, one) => {
  const { fleet, send } = await started("--interval", "2s");
  await send(one);
  await waitUntil(async () => (await fleet.issues()).length === 1);
  const [issue] = await fleet.issues();
  expect(issue?.body).toContain("No data was measured, so no change is proposed.");
  expect(await fleet.pulls()).toEqual([]);
  // Grafana ends the alert that it raised in place of the rule's own, without a reason.
  const replacement = one.labels.rulename === undefined ? [] : [ended({ ...one, annotations: {} })];
  await send(...replacement, LASTS);
  await waitUntil(async () => (await fleet.pulls()).length === 1);
  // The pass after that closes the issue.
  await waitUntil(async () => (await fleet.issues()).length === 0);
});
