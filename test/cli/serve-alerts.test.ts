import { describe, expect, test } from "vitest";
import { type Alerting, agent, alert, alerting } from "./alerting.ts";
import { alertmanager } from "./alertmanager.ts";
import { serve, until } from "./serving.ts";

const TOKEN = "t0ken";
const since = (minutes: number) => ({ startsAt: new Date(Date.now() - minutes * 60_000).toISOString() });
const OOM = alert("AgentOutOfMemory", "triage", {}, since(5));
const MISSING = alert("AgentSecretMissing", "triage", {}, since(5));

function start({ place }: Alerting, ...argv: readonly string[]) {
  return serve(["--repo", place.bare, ...argv], { ALERTS_TOKEN: TOKEN });
}

async function post(url: string, alerts: readonly object[], rest: object = {}, token = TOKEN): Promise<number> {
  const response = await fetch(`${url}/api/alerts`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ version: "4", truncatedAlerts: 0, alerts, ...rest }),
  });
  await response.text();
  return response.status;
}

async function ready(served: { readonly log: readonly { readonly msg: string }[] }): Promise<void> {
  await until(() => (served.log.some(({ msg }) => msg === "repository reconciled") ? true : undefined));
}

const branches = async (fleet: Alerting) => (await fleet.pulls()).map(({ branch }) => branch);
const OUT_OF_MEMORY = "raos/alert/acme/triage/production/out-of-memory";

describe("raos serve and alerts", () => {
  test("a webhook leads to a pull request; with another token it is let in nowhere", async () => {
    const fleet = await alerting({ triage: agent("triage") });
    const served = await start(fleet);
    await ready(served);
    expect(await post(served.url, [OOM], {}, "another")).toBe(401);
    expect(await post(served.url, [OOM])).toBe(200);
    await until(async () => ((await branches(fleet)).length > 0 ? true : undefined));
    expect(await branches(fleet)).toEqual([OUT_OF_MEMORY]);
    const metrics = await (await fetch(`${served.url}/metrics`)).text();
    expect(metrics).toMatch(/^raos_alerts 1$/m);
    expect(metrics).toContain('raos_alert_deliveries_total{result="unauthorized"} 1');
    expect(JSON.stringify(served.log)).not.toContain(TOKEN);
  });

  test("what a process took and lost, the next one reads back; what ended meanwhile is closed", async () => {
    const { said, config } = await alertmanager();
    const fleet = await alerting({ triage: agent("triage") }, {}, config);
    said.alerts = [MISSING];
    const first = await start(fleet);
    await until(async () => ((await fleet.issues()).length === 1 ? true : undefined));
    await first.stop();
    said.alerts = [OOM];
    const second = await start(fleet);
    await until(async () => ((await branches(fleet)).includes(OUT_OF_MEMORY) ? true : undefined));
    await until(async () => ((await fleet.issues()).length === 0 ? true : undefined));
    await second.stop();
    said.alerts = [];
    await start(fleet);
    const body = await until(async () => {
      const [pull] = await fleet.pulls();
      return pull?.body.startsWith("> [!NOTE]\n> The alert ended") === true ? pull.body : undefined;
    });
    expect(body).toContain("before this was merged");
  });

  test("an Alertmanager that started a moment ago ends nothing", async () => {
    const { said, config } = await alertmanager();
    const fleet = await alerting({ triage: agent("triage") }, {}, config);
    said.alerts = [MISSING];
    const first = await start(fleet);
    await until(async () => ((await fleet.issues()).length === 1 ? true : undefined));
    await first.stop();
    said.alerts = [];
    said.uptime = new Date().toISOString();
    const second = await start(fleet, "--interval", "1s");
    const asked = said.asked;
    await until(() => (said.asked >= asked + 3 ? true : undefined));
    await second.stop();
    expect(await fleet.issues()).toHaveLength(1);
  });

  test("what a sender left out is read back at once", async () => {
    const { said, config } = await alertmanager();
    const fleet = await alerting({ triage: agent("triage") }, {}, config);
    const served = await start(fleet);
    await ready(served);
    said.alerts = [OOM, MISSING];
    expect(await post(served.url, [MISSING], { truncatedAlerts: 1 })).toBe(200);
    await until(async () => ((await branches(fleet)).includes(OUT_OF_MEMORY) ? true : undefined));
    await until(async () => ((await fleet.issues()).length === 1 ? true : undefined));
  });

  test("an Alertmanager that cannot be reached keeps nobody from anything", async () => {
    const fleet = await alerting({ triage: agent("triage") }, {}, '  alertmanager: {url: "http://127.0.0.1:9"}\n');
    const served = await start(fleet);
    await ready(served);
    expect(served.log.map(({ msg }) => msg)).toContain("active alerts not read back");
    expect(await post(served.url, [OOM])).toBe(200);
    await until(async () => ((await branches(fleet)).length > 0 ? true : undefined));
  });
});
