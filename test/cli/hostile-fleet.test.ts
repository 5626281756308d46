import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { compile } from "../../src/compile/index.ts";
import { readFleet } from "../../src/spec/read/read-fleet.ts";
import { fleetClone } from "../support/cli/fleet-clone.ts";
import { snapshotOf } from "../support/specs/snapshot.ts";
import { AROUND, worstAgents } from "../support/specs/worst-agents.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const MAIN = resolve(import.meta.dirname, "../../src/main.ts");
/** Milliseconds; what is promised is a second, on a machine that has nothing else to do. */
const PATIENCE = 5_000;

interface Line {
  readonly msg: string;
  readonly url?: string;
  readonly changes?: number;
}

/** `raos serve` in a process of its own, so that who asks it does not wait for itself. */
function serveApart(repository: string): {
  readonly line: (msg: string) => Promise<Line>;
  readonly child: ChildProcess;
} {
  const folder = temporaryFolder();
  const child = spawn(process.execPath, [MAIN, "serve", "--repo", repository, "--port", "0", "--interval", "1h"], {
    env: { PATH: process.env.PATH, RAOS_CACHE: folder, HOME: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await ended;
  });
  const lines: Line[] = [];
  const waiting = new Map<string, (line: Line) => void>();
  createInterface({ input: child.stdout }).on("line", (text) => {
    const line: Line = JSON.parse(text);
    lines.push(line);
    waiting.get(line.msg)?.(line);
  });
  const line = (msg: string) => {
    const known = lines.find((one) => one.msg === msg);
    return known === undefined ? new Promise<Line>((done) => waiting.set(msg, done)) : Promise.resolve(known);
  };
  return { line, child };
}

/** What is generated for these specs. */
function generated(specs: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { fleet, agents, problems } = readFleet(snapshotOf({ ...AROUND, ...specs }));
  expect(problems).toEqual([]);
  return Object.fromEntries([...agents.values()].flatMap((agent) => [...compile(agent, fleet)]));
}

test("/healthz answers while a pass reads, plans and proposes the largest specs that are accepted", {
  timeout: 900_000,
}, async () => {
  const old = worstAgents(1);
  const deployed = Object.fromEntries(
    Object.entries(old).filter(([path]) => /\/(spaces|lines|texts|servers|tools)\.json$/.test(path)),
  );
  const place = fleetClone(null);
  place.commit({ ...AROUND, ...generated(deployed), ...old });
  place.commit(worstAgents(2));
  const served = serveApart(place.bare);
  const { url } = await served.line("listening");
  const pass = served.line("repository reconciled");
  let isOver = false;
  void pass.then(() => {
    isOver = true;
  });
  const started = performance.now();
  const waits: number[] = [];
  while (!isOver) {
    const asked = performance.now();
    const { status } = await fetch(`${url}/healthz`);
    waits.push(performance.now() - asked);
    expect(status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const longest = Math.max(...waits);
  const took = performance.now() - started;
  if (process.env.RAOS_TELL !== undefined) console.log({ longest, took, asked: waits.length });
  expect(longest).toBeLessThan(PATIENCE);
  // All of it was proposed: nothing was quick because nothing was done.
  expect(place.files("raos/agent/acme/texts")).toContain("deploy/e31/acme/texts/values.yaml");
  expect(Object.keys(old).every((path) => place.files(branchOf(path)).length > 0)).toBe(true);
});

function branchOf(path: string): string {
  return `raos/${path.replace(/^agents/, "agent").replace(/\.json$/, "")}`;
}
