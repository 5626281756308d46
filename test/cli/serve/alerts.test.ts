import { describe, expect, test } from "vitest";
import { startAlertmanager } from "../../servers/alertmanager.ts";
import { postAlerts } from "../../support/alerts/post-alerts.ts";
import { type AlertingFleet, agent, alert, alertingFleet } from "../../support/cli/alerting-fleet.ts";
import { serve } from "../../support/cli/serve.ts";
import { waitFor, waitUntil } from "../../support/wait.ts";

const TOKEN = "t0ken";
const since = (minutes: number) => ({ startsAt: new Date(Date.now() - minutes * 60_000).toISOString() });
const OOM = alert("AgentOutOfMemory", "triage", {}, since(5));
const MISSING = alert("AgentSecretMissing", "triage", {}, since(5));

function start({ place }: AlertingFleet, ...argv: readonly string[]) {
  return serve(["--repo", place.bare, ...argv], { ALERTS_TOKEN: TOKEN });
}

async function post(url: string, alerts: readonly object[], changed: object = {}, token = TOKEN): Promise<number> {
  return (await postAlerts(url, token, alerts, changed)).status;
}

async function ready(served: { readonly log: readonly { readonly msg: string }[] }): Promise<void> {
  await waitUntil(() => served.log.some(({ msg }) => msg === "repository reconciled"));
}

const branches = async (fleet: AlertingFleet) => (await fleet.pulls()).map(({ branch }) => branch);
const OUT_OF_MEMORY = "raos/alert/acme/triage/production/out-of-memory";

describe("raos serve and alerts", () => {
  test("a webhook leads to a pull request; with another token it is let in nowhere", async () => {
    const fleet = await alertingFleet({ triage: agent("triage") });
    const served = await start(fleet);
    await ready(served);
    expect(await post(served.url, [OOM], {}, "another")).toBe(401);
    expect(await post(served.url, [OOM])).toBe(200);
    await waitUntil(async () => (await branches(fleet)).length > 0);
    expect(await branches(fleet)).toEqual([OUT_OF_MEMORY]);
    const metrics = await (await fetch(`${served.url}/metrics`)).text();
    expect(metrics).toMatch(/^raos_alerts 1$/m);
    expect(metrics).toContain('raos_alert_deliveries_total{result="unauthorized"} 1');
    expect(JSON.stringify(served.log)).not.toContain(TOKEN);
  });

  test("what a process took and lost, the next one reads back; what ended meanwhile is closed", async () => {
    const { said, config } = await startAlertmanager();
    const fleet = await alertingFleet({ triage: agent("triage") }, {}, config);
    said.alerts = [MISSING];
    const first = await start(fleet);
    await waitUntil(async () => (await fleet.issues()).length === 1);
    await first.stop();
    said.alerts = [OOM];
    const second = await start(fleet);
    await waitUntil(async () => (await branches(fleet)).includes(OUT_OF_MEMORY));
    await waitUntil(async () => (await fleet.issues()).length === 0);
    await second.stop();
    said.alerts = [];
    await start(fleet);
    const body = await waitFor(async () => {
      const [pull] = await fleet.pulls();
      return pull?.body.startsWith("> [!NOTE]\n> The alert ended") === true ? pull.body : undefined;
    });
    expect(body).toContain("before this was merged");
  });

  test("an Alertmanager that started a moment ago ends nothing", async () => {
    const { said, config } = await startAlertmanager();
    const fleet = await alertingFleet({ triage: agent("triage") }, {}, config);
    said.alerts = [MISSING];
    const first = await start(fleet);
    await waitUntil(async () => (await fleet.issues()).length === 1);
    await first.stop();
    said.alerts = [];
    said.uptime = new Date().toISOString();
    const second = await start(fleet, "--interval", "1s");
    const asked = said.asked;
    await waitUntil(() => said.asked >= asked + 3);
    await second.stop();
    expect(await fleet.issues()).toHaveLength(1);
  });

  test("what a sender left out is read back at once", async () => {
    const { said, config } = await startAlertmanager();
    const fleet = await alertingFleet({ triage: agent("triage") }, {}, config);
    const served = await start(fleet);
    await ready(served);
    said.alerts = [OOM, MISSING];
    expect(await post(served.url, [MISSING], { truncatedAlerts: 1 })).toBe(200);
    await waitUntil(async () => (await branches(fleet)).includes(OUT_OF_MEMORY));
    await waitUntil(async () => (await fleet.issues()).length === 1);
  });

  test("an Alertmanager is sent username and password where ALERTMANAGER_URL names it, and nothing elsewhere", async () => {
    const { said, url, config } = await startAlertmanager();
    const fleet = await alertingFleet({ triage: agent("triage") }, {}, config);
    const pair = { ALERTMANAGER_USERNAME: "raos", ALERTMANAGER_PASSWORD: "s3cret" };
    const elsewhere = { ...pair, ALERTMANAGER_URL: "https://alertmanager.example" };
    const first = await serve(["--repo", fleet.place.bare], elsewhere);
    await ready(first);
    await first.stop();
    expect(said.asked).toBe(0);
    expect(JSON.stringify(first.log)).toContain("ALERTMANAGER_PASSWORD is sent only to the host of ALERTMANAGER_URL");
    const second = await serve(["--repo", fleet.place.bare], { ...pair, ALERTMANAGER_URL: `${url}/` });
    await ready(second);
    await second.stop();
    expect(new Set(said.authorization)).toEqual(new Set(["Basic cmFvczpzM2NyZXQ="]));
    expect(JSON.stringify([first.log, second.log])).not.toMatch(/s3cret|cmFvczpzM2NyZXQ/);
  });

  test("an Alertmanager that cannot be reached keeps nobody from anything", async () => {
    const fleet = await alertingFleet({ triage: agent("triage") }, {}, '  alertmanager: {url: "http://127.0.0.1:9"}\n');
    const served = await start(fleet);
    await ready(served);
    expect(served.log.map(({ msg }) => msg)).toContain("active alerts not read back");
    expect(await post(served.url, [OOM])).toBe(200);
    await waitUntil(async () => (await branches(fleet)).length > 0);
  });
});
