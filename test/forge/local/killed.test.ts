import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLocalForge } from "../../../src/forge/local/forge.ts";
import { repairAfterKilledRuns } from "../../../src/git/locks/repair-checkout.ts";
import { openRepository } from "../../../src/git/repository.ts";
import { change, proposal } from "../../support/forge/proposal.ts";
import { openWorkshop, type Workshop } from "../../support/git/repository.ts";
import { waitUntil } from "../../support/wait.ts";

/** Merges that are killed, and the repository as people find it afterwards. */

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop("working");
  await workshop.commit("main", { "raos.yaml": "1\n", "deploy/changing.yaml": "first\n", "notes.txt": "notes\n" });
  await workshop.git("reset", "--quiet", "--hard");
});
afterEach(() => workshop.remove());

async function started(round: number): Promise<ChildProcess> {
  const script = join(import.meta.dirname, "merge-without-end.ts");
  const child = spawn(process.execPath, [script, workshop.dir, join(workshop.root, "cache"), String(round)], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env.PATH },
  });
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  return child;
}

/** Git, and the script that merges, at work in the repository: what the process that was started here has started. */
function gitAtWork(): readonly number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(workshop.dir);
      } catch {
        return false;
      }
    })
    .map(Number);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

async function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once("exit", resolve));
}

async function locks(): Promise<readonly string[]> {
  const names = readdirSync(join(workshop.dir, ".git"), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".lock") || name.endsWith("packed-refs.new"));
}

async function mergedByNext(round: number): Promise<void> {
  const repository = await openRepository(workshop.dir, { env: process.env, cache: join(workshop.root, "cache") });
  const forge = createLocalForge(repository, { clock: Date.now });
  try {
    const { name, sha = "" } = await forge.defaultBranch();
    const files = [change("deploy/changing.yaml", `after: ${round}\n`)];
    const made = proposal({ branch: `raos/agent/acme/after-${round}`, files });
    await forge.merge(await forge.open(made, { branch: name, sha }));
    // A lock of one of the bot's own branches, which nobody waits for, may be too young to be recognised at first.
    await waitUntil(async () => {
      await repairAfterKilledRuns(repository.place);
      return (await locks()).length === 0;
    });
  } finally {
    await forge.dispose();
    await repository.close();
  }
}

const status = () => workshop.git("status", "--porcelain");

describe.skipIf(process.platform !== "linux")("a merge that is killed with all of its group", () => {
  test("leaves no lock that stops anybody, and no change that nobody made", { timeout: 240_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const child = await started(round);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
      kill(-(child.pid ?? 0));
      await gone(child);
      // What Git was given already it brings to its end.
      await waitUntil(() => gitAtWork().length === 0);
      expect([round, await locks(), await status()]).toEqual([round, [], ""]);
    }
    await workshop.git("fsck", "--strict");
  });
});

describe.skipIf(process.platform !== "linux")("a merge that is killed with its Git, as a machine that stops", () => {
  test("is brought to its end by the next run", { timeout: 240_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const child = await started(round);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
      kill(child.pid ?? 0);
      for (const pid of gitAtWork()) kill(pid);
      await gone(child);
      await waitUntil(() => gitAtWork().length === 0);
      await mergedByNext(round);
      expect([round, await locks(), await status()]).toEqual([round, [], ""]);
      await workshop.commit("by-hand", { [`${round}`]: "1\n" });
      await workshop.git("commit", "--quiet", "--allow-empty", "--message=by hand");
      expect(await readFile(join(workshop.dir, "deploy/changing.yaml"), "utf8")).toBe(`after: ${round}\n`);
    }
    await workshop.git("fsck", "--strict");
  });
});
