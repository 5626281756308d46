import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { startAlertmanager } from "../../servers/alertmanager.ts";
import { postAlerts } from "../../support/alerts/post-alerts.ts";
import { type AlertingFleet, agent, alert, alertingFleet } from "../../support/cli/alerting-fleet.ts";
import { type RaosProcess, startProcess } from "../../support/cli/raos-process.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { waitFor, waitUntil } from "../../support/wait.ts";

// Each test starts whole processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 });

const TOKEN = "t0ken";
const since = { startsAt: new Date(Date.now() - 300_000).toISOString() };
const oom = (name: string, labels = {}) => alert("AgentOutOfMemory", name, labels, since);
const MISSING = alert("AgentSecretMissing", "triage", {}, since);
const branchOf = (name: string) => `raos/alert/acme/${name}/production/out-of-memory`;

/** `raos serve` as a process, up to the moment it listens. */
async function serve({ place }: AlertingFleet, cache: string, ...argv: readonly string[]) {
  const served = startProcess(["serve", "--port", "0", "--interval", "1h", "--repo", place.bare, ...argv], {
    env: { ALERTS_TOKEN: TOKEN },
    cache,
  });
  const { url = "" } = await served.logged("listening");
  return { ...served, url };
}

/** Sends until the repository is known; answers with the last status. */
async function post(url: string, alerts: readonly object[], rest: object = {}): Promise<number> {
  return waitFor(async () => {
    const { status, text } = await postAlerts(url, TOKEN, alerts, rest);
    return text.startsWith("no room") ? undefined : status;
  });
}

async function kill({ pid, ended }: RaosProcess): Promise<void> {
  process.kill(pid, "SIGKILL");
  await ended;
}

const branches = async (fleet: AlertingFleet) => (await fleet.pulls()).map(({ branch }) => branch).sort();

/** A Prometheus that says nothing about some agents while it is held, and who it was asked about. */
function gate() {
  const asked: string[] = [];
  const holding = new Set<string>();
  const waiting = new Set<() => void>();
  onTestFinished(() => {
    for (const go of waiting) go();
  });
  return {
    asked,
    holding,
    before: async (query: string) => {
      const name = ["poison", "triage", "fresh"].find((one) => query.includes(one)) ?? "";
      asked.push(name);
      if (holding.has(name)) await new Promise<void>((go) => waiting.add(go));
    },
    heard: (name: string, times = 1) => waitUntil(() => asked.filter((one) => one === name).length >= times),
  };
}

describe("what raos serve acknowledged", () => {
  test("is acted upon by the next process, however this one ended, and nobody sends it again", async () => {
    const { before, holding, heard, asked } = gate();
    const fleet = await alertingFleet({ triage: agent("triage") }, {}, "", before);
    const cache = temporaryFolder();
    holding.add("triage");
    const first = await serve(fleet, cache);
    expect(await post(first.url, [oom("triage")])).toBe(200);
    await heard("triage");
    await kill(first);
    expect(await branches(fleet)).toEqual([]);
    // Again in the middle, and this time asked to end, with no time for it.
    const times = asked.length;
    const second = await serve(fleet, cache, "--grace", "1s");
    await heard("triage", times + 1);
    process.kill(second.pid, "SIGTERM");
    expect((await second.ended).code).toBe(3);
    holding.clear();
    await serve(fleet, cache);
    await waitUntil(async () => (await branches(fleet)).length > 0);
    expect(await branches(fleet)).toEqual([branchOf("triage")]);
  });

  test("an alert that the process does not survive holds up no other", async () => {
    const { before, holding, heard, asked } = gate();
    const agents = { poison: agent("poison"), triage: agent("triage"), fresh: agent("fresh") };
    const fleet = await alertingFleet(agents, {}, "", before);
    const cache = temporaryFolder();
    holding.add("poison");
    const first = await serve(fleet, cache);
    expect(await post(first.url, [oom("poison"), oom("triage")])).toBe(200);
    await heard("poison");
    await kill(first);
    // What is new comes before what may have ended the process, and that by itself.
    for (let life = 2; life <= 3; life += 1) {
      const before = asked.filter((one) => one === "poison").length;
      const next = await serve(fleet, cache);
      await heard("poison", before + 1);
      if (life === 3) await waitUntil(async () => (await branches(fleet)).includes(branchOf("triage")));
      await kill(next);
    }
    expect(await branches(fleet)).toEqual([branchOf("triage")]);
    const last = await serve(fleet, cache);
    expect(await post(last.url, [oom("fresh")])).toBe(200);
    holding.clear();
    await waitUntil(async () => (await branches(fleet)).length === 3);
  });

  test("without a disk to write, nothing is acknowledged, and all else goes on", async () => {
    const fleet = await alertingFleet({ triage: agent("triage") });
    const cache = join(temporaryFolder(), "file");
    writeFileSync(cache, "no folder");
    const served = await serve(fleet, cache);
    await served.logged("repository reconciled");
    expect(await post(served.url, [oom("triage")])).toBe(503);
    expect((await fetch(`${served.url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${served.url}/metrics`)).text()).toMatch(/^raos_alert_store_up 0$/m);
    // It is acted upon all the same; the sender only does not take it for safe.
    await waitUntil(async () => (await branches(fleet)).length > 0);
    process.kill(served.pid, "SIGTERM");
    expect((await served.ended).code).toBe(0);
  });
});

describe("senders of alerts", () => {
  test("what Alertmanager does not list ends its own, never Grafana's, not even in a process that knows of neither", async () => {
    const { said, config } = await startAlertmanager();
    const fleet = await alertingFleet({ triage: agent("triage"), other: agent("other") }, {}, config);
    said.alerts = [alert("AgentSecretMissing", "other", {}, since)];
    const first = await serve(fleet, temporaryFolder());
    expect(await post(first.url, [MISSING], { version: "1", orgId: 1 })).toBe(200);
    await waitUntil(async () => (await fleet.issues()).length === 2);
    await kill(first);
    said.alerts = [];
    await serve(fleet, temporaryFolder(), "--interval", "1s");
    await waitUntil(async () => (await fleet.issues()).length === 1);
    const asked = said.asked;
    await waitUntil(() => said.asked >= asked + 3);
    const [left] = await fleet.issues();
    expect(left?.title).toContain("acme/triage");
  });

  test("a flood about nobody is dropped and counted, and a true alert has room", async () => {
    const fleet = await alertingFleet({ triage: agent("triage") });
    const served = await serve(fleet, temporaryFolder());
    await served.logged("repository reconciled");
    for (let start = 0; start < 12_000; start += 2000) {
      const foreign = Array.from({ length: 2000 }, (_, index) => oom("nobody", { pod: `${start + index}` }));
      expect(await post(served.url, foreign)).toBe(200);
    }
    expect(await post(served.url, [oom("triage")])).toBe(200);
    await waitUntil(async () => (await branches(fleet)).length > 0);
    const metrics = await (await fetch(`${served.url}/metrics`)).text();
    expect(metrics).toMatch(/^raos_alerts 5001$/m);
    expect(metrics).toContain('raos_alerts_dropped_total{reason="unknown-agent"} 7000');
  });
});
