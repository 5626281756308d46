import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { load } from "js-yaml";
import { compile } from "../src/compile/index.ts";
import { workingSnapshot } from "../src/git/objects/working-snapshot.ts";
import { readFleet } from "../src/spec/read/read-fleet.ts";
import { SurveyStore } from "../src/survey/memo/store.ts";
import { gitView } from "../src/survey/source/commit-view.ts";
import { survey } from "../src/survey/survey.ts";
import { findTool } from "../tools/find.ts";
import { makeFleet } from "./fleet.ts";
import { milliseconds, paired, type Row, times } from "./ratio.ts";

const SPECS = 10_000;
const ROUNDS = 5;
const CHART = resolve(import.meta.dirname, "../charts/agent");
const FIXTURE = resolve(import.meta.dirname, "../fixtures/fleet");

/**
 * A cold plan of a whole repository: every spec read from Git, checked, merged for two environments, compiled, hashed and
 * compared with the tree, on every core and without a memo. The floor: js-yaml loading the same texts on one thread.
 * Beside it, what rendering one agent's chart costs Helm.
 */
export async function coldPlan(count = SPECS): Promise<readonly Row[]> {
  const fleet = await makeFleet(count);
  const objects = fleet.repository.objects();
  // Peers of the last dozen may fall beyond the count; those few specs have Problems.
  const ours = async () => {
    const store = new SurveyStore(":memory:");
    const seen = await survey(gitView(fleet.repository.place, objects, fleet.sha).source, store);
    if ("kind" in seen || seen.drifts().length < count - 12) throw new Error("the fleet was not planned whole");
    store.close();
  };
  const floor = () => {
    for (const spec of fleet.specs) load(spec);
  };
  const pair = await paired(ROUNDS, floor, ours);
  await objects.close();
  await fleet.repository.close();
  rmSync(fleet.folder, { recursive: true });
  const each = pair.ours / count;
  return [
    {
      what: `cold plan, ${count.toLocaleString("en")} specs, 2 environments`,
      floor: `js-yaml, one thread: ${milliseconds(pair.floor)}`,
      measured: `${times(pair.ratio)} (${milliseconds(pair.ours)})`,
      reach: "≤ 1.5 ×",
    },
    ...(await againstHelm(each)),
  ];
}

/** What `helm template` takes for the chart that one agent and environment is rendered with, median of five. */
async function againstHelm(each: number): Promise<readonly Row[]> {
  const helm = findTool("helm");
  if (helm.kind === "missing")
    return [{ what: "the same per agent", floor: helm.reason, measured: "–", reach: "≥ 100 × faster" }];
  const [values, folder] = await triageValues();
  const render = () => execFileSync(helm.path, ["template", "triage", CHART, "--values", values], { stdio: "ignore" });
  const pair = await paired(5, render, () => {});
  rmSync(folder, { recursive: true });
  return [
    {
      what: "the same per agent",
      floor: `helm template: ${milliseconds(pair.floor)}`,
      measured: `${(pair.floor / each).toFixed(0)} × faster (${milliseconds(each)})`,
      reach: "≥ 100 × faster",
    },
  ];
}

/** The values of the fixture's fullest agent, in a file of a new folder. */
async function triageValues(): Promise<readonly [string, string]> {
  const folder = mkdtempSync(join(tmpdir(), "raos-bench-values-"));
  const snapshot = await workingSnapshot(FIXTURE, process.env, () => true);
  const { agents, fleet } = readFleet(snapshot);
  const agent = agents.get("support/triage");
  if (agent === undefined) throw new Error("the fixture lacks its fullest agent");
  const file = join(folder, "values.yaml");
  writeFileSync(file, compile(agent, fleet).get("deploy/production/support/triage/values.yaml") ?? "");
  return [file, folder];
}
