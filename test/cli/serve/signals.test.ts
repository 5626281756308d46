import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { postAlerts } from "../../support/alerts/post-alerts.ts";
import { type AlertingFleet, agent, alert, alertingFleet } from "../../support/cli/alerting-fleet.ts";
import { isListening, olderNode, startProcess } from "../../support/cli/raos-process.ts";
import { waitFor, waitUntil } from "../../support/wait.ts";

// Each test starts whole processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 });

const TOKEN = "t0ken";
const OUT_OF_MEMORY = "raos/alert/acme/triage/production/out-of-memory";
const OOM = alert("AgentOutOfMemory", "triage", {}, { startsAt: new Date(Date.now() - 300_000).toISOString() });

interface Slow {
  readonly fleet: AlertingFleet;
  /** How often Prometheus was asked. */
  asked(): number;
  /** From now on Prometheus waits. */
  arm(): void;
  /** Lets Prometheus answer. */
  release(): void;
}

/** A fleet whose Prometheus answers nothing until it is let: a pass over an alert is under way for as long. */
async function slowFleet(): Promise<Slow> {
  let asked = 0;
  let release = (): void => {};
  const gate = new Promise<void>((done) => {
    release = done;
  });
  onTestFinished(() => release());
  let isArmed = false;
  const before = async () => {
    // How the fleet is set up, and passes without an alert, look for idle agents and sizes.
    if (!isArmed) return;
    asked += 1;
    await gate;
  };
  const arm = (): void => {
    isArmed = true;
  };
  return { fleet: await alertingFleet({ triage: agent("triage") }, {}, "", before), arm, asked: () => asked, release };
}

/** `raos serve` in the middle of a pass over an alert. */
async function inAPass(slow: Slow, argv: readonly string[] = [], how: Parameters<typeof startProcess>[1] = {}) {
  const served = startProcess(["serve", "--port", "0", "--interval", "1h", "--repo", slow.fleet.place.bare, ...argv], {
    ...how,
    env: { ALERTS_TOKEN: TOKEN },
  });
  const { url = "" } = await served.logged("listening");
  await served.logged("repository reconciled");
  slow.arm();
  expect(await postAlerts(url, TOKEN, [OOM])).toEqual({ status: 200, text: "1 taken\n" });
  await waitUntil(() => slow.asked() > 0);
  return { served, url };
}

const branches = async ({ fleet }: Slow) => (await fleet.pulls()).map(({ branch }) => branch);
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe("raos serve, asked to end", () => {
  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("%s: the pass under way ends, then the process", async (name) => {
    const slow = await slowFleet();
    const { served, url } = await inAPass(slow);
    process.kill(served.pid, name);
    await served.logged("stopping");
    // A listener of a library would have ended the process by now.
    await sleep(400);
    expect(served.child.exitCode).toBeNull();
    slow.release();
    expect(await served.ended).toEqual({ code: 0, signal: null });
    expect(served.log.at(-1)?.msg).toBe("stopped");
    expect(await branches(slow)).toEqual([OUT_OF_MEMORY]);
    expect(await isListening(url)).toBe(false);
  });

  test("a pass that does not end within the grace is given up, by name and code", async () => {
    const slow = await slowFleet();
    const { served } = await inAPass(slow, ["--grace", "1s"]);
    process.kill(served.pid, "SIGTERM");
    expect(await served.ended).toEqual({ code: 3, signal: null });
    expect(served.log.at(-1)).toMatchObject({ code: "grace-over", repos: [slow.fleet.place.bare] });
  });

  test("the second signal ends it at once", async () => {
    const slow = await slowFleet();
    const { served } = await inAPass(slow);
    process.kill(served.pid, "SIGTERM");
    await served.logged("stopping");
    process.kill(served.pid, "SIGTERM");
    expect(await served.ended).toEqual({ code: null, signal: "SIGTERM" });
  });

  test("Ctrl-C reaches no child of it: Git finishes what it writes", async () => {
    const slow = await slowFleet();
    const { served } = await inAPass(slow);
    process.kill(-served.pid, "SIGINT");
    await served.logged("stopping");
    slow.release();
    expect(await served.ended).toEqual({ code: 0, signal: null });
    expect(await branches(slow)).toEqual([OUT_OF_MEMORY]);
  });

  test("a log that nobody reads any more is a reason to end, not to drop a pass", async () => {
    const slow = await slowFleet();
    const { served, url } = await inAPass(slow);
    served.child.stdout?.destroy();
    slow.release();
    await waitUntil(async () => (await branches(slow)).length > 0);
    expect(await served.ended).toEqual({ code: 0, signal: null });
    expect(await isListening(url)).toBe(false);
  });

  test("a grace that is none is refused", async () => {
    const served = startProcess(["serve", "--repo", ".", "--grace", "soon"]);
    expect([await served.ended, served.err()]).toEqual([
      { code: 2, signal: null },
      expect.stringContaining("30s, 10m or 1h"),
    ]);
  });
});

describe("raos reconcile, asked to end", () => {
  test("begins nothing more, leaves nothing half done, and the next run does it", async () => {
    const slow = await slowFleet();
    slow.arm();
    const payload = JSON.stringify({ version: "4", truncatedAlerts: 0, alerts: [OOM] });
    const argv = ["reconcile", "--repo", slow.fleet.place.bare, "--alerts", "-"];
    const ran = startProcess(argv, { input: payload });
    await waitUntil(() => slow.asked() > 0);
    process.kill(ran.pid, "SIGTERM");
    await sleep(400);
    expect(ran.child.exitCode).toBeNull();
    slow.release();
    expect(await ran.ended).toEqual({ code: 3, signal: null });
    expect(ran.err()).toContain("stopped by a signal");
    expect(await branches(slow)).toEqual([]);
    expect((await startProcess(argv, { input: payload }).ended).code).toBe(0);
    expect(await branches(slow)).toEqual([OUT_OF_MEMORY]);
  });

  test("a command that writes nothing ends at once", async () => {
    const slow = await slowFleet();
    slow.arm();
    const payload = JSON.stringify({ version: "4", truncatedAlerts: 0, alerts: [OOM] });
    const ran = startProcess(["reconcile", "--dry-run", "--repo", slow.fleet.place.bare, "--alerts", "-"], {
      input: payload,
    });
    await waitUntil(() => slow.asked() > 0);
    process.kill(ran.pid, "SIGINT");
    expect(await ran.ended).toEqual({ code: null, signal: "SIGINT" });
  });
});

const older = olderNode();

describe.skipIf(older === undefined)("bin/raos.js under an older Node", () => {
  const through = { ...(older === undefined ? {} : { node: older }), program: "bin/raos.js" };

  /** The process that the wrapper started. */
  const childOf = (pid: number) =>
    Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0]);

  test("SIGTERM goes on to the program: its pass ends, its port is free, its exit code is the wrapper's", async () => {
    const slow = await slowFleet();
    const { served, url } = await inAPass(slow, [], through);
    process.kill(served.pid, "SIGTERM");
    await served.logged("stopping");
    await sleep(400);
    expect(served.child.exitCode).toBeNull();
    slow.release();
    expect(await served.ended).toEqual({ code: 0, signal: null });
    expect(await branches(slow)).toEqual([OUT_OF_MEMORY]);
    expect(await isListening(url)).toBe(false);
  });

  test("Ctrl-C, which a terminal sends to the whole group, counts once", async () => {
    const slow = await slowFleet();
    const { served } = await inAPass(slow, [], through);
    process.kill(-served.pid, "SIGINT");
    await served.logged("stopping");
    await sleep(200);
    slow.release();
    expect(await served.ended).toEqual({ code: 0, signal: null });
    expect(await branches(slow)).toEqual([OUT_OF_MEMORY]);
  });

  test("killed with -9, it takes the program along: the pass ends, and the port is free", async () => {
    const slow = await slowFleet();
    const { served, url } = await inAPass(slow, [], through);
    const program = childOf(served.pid);
    process.kill(served.pid, "SIGKILL");
    await waitFor(async () => ((await isListening(url)) ? undefined : true));
    slow.release();
    await waitFor(() => (isAlive(program) ? undefined : true));
    expect(await branches(slow)).toEqual([OUT_OF_MEMORY]);
  });

  test("a program that was killed is reported as killed", async () => {
    const slow = await slowFleet();
    const { served } = await inAPass(slow, [], through);
    process.kill(childOf(served.pid), "SIGKILL");
    expect(await served.ended).toEqual({ code: null, signal: "SIGKILL" });
  });

  test("exit codes, output and input pass through", async () => {
    const said = startProcess(["reconcile", "--repo", "nowhere", "--alerts", "-"], { ...through, input: "[" });
    expect([(await said.ended).code, said.err()]).toEqual([2, expect.stringContaining("no JSON")]);
  });
});
