import { fork } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openRepository } from "../src/git/repository.ts";
import { SurveyStore } from "../src/survey/memo/store.ts";
import { gitView } from "../src/survey/source/commit-view.ts";
import { survey } from "../src/survey/survey.ts";
import { makeFleet } from "./fleet.ts";
import type { Row } from "./ratio.ts";

const SPECS = 100_000;

/** Peak memory of a process that plans a repository of 100,000 specs from nothing, its threads included. */
export async function memory(): Promise<readonly Row[]> {
  const fleet = await makeFleet(SPECS);
  const child = fork(import.meta.filename, [fleet.folder, fleet.sha], { stdio: "inherit" });
  const peak = await new Promise<number>((resolve, reject) => {
    child.on("message", (message) => resolve(Number(message)));
    child.on("exit", (code) => (code === 0 ? undefined : reject(new Error(`the child ended with ${code}`))));
  });
  await fleet.repository.close();
  rmSync(fleet.folder, { recursive: true });
  return [
    {
      what: "peak memory, cold plan of 100,000 specs",
      floor: "–",
      measured: `${peak.toFixed(0)} MB`,
      reach: "< 512 MB",
    },
  ];
}

/** The kernel's own count of the most memory this process ever held, MB. */
function peakMemory(): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return Number(kilobytes) / 1000;
}

const [folder, sha] = process.argv.slice(2);
if (process.send !== undefined && folder !== undefined && sha !== undefined) {
  const repository = await openRepository(folder, { env: process.env, cache: folder });
  const objects = repository.objects();
  const store = new SurveyStore(join(folder, "memo.sqlite"));
  const seen = await survey(gitView(repository.place, objects, sha).source, store);
  if ("kind" in seen || seen.drifts().length < SPECS - 12) throw new Error("the fleet was not planned whole");
  process.send(peakMemory());
  store.close();
  await objects.close();
  await repository.close();
  process.disconnect();
}
