import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRepository, type Repository } from "../src/git/repository.ts";
import { plan } from "../src/plan/plan.ts";
import { SurveyStore } from "../src/survey/memo/store.ts";
import { gitView } from "../src/survey/source/commit-view.ts";
import { createSurveyMemory, survey } from "../src/survey/survey.ts";
import { commitFiles, makeFleet, specFiles } from "./fleet.ts";
import { median, milliseconds, type Row, timed, times } from "./ratio.ts";

const ROUNDS = 15;

/**
 * One spec changed: fetch, survey and plan of the change, in a process that serves the repository already. The floor:
 * `git fetch` and `diff-tree` by themselves, in a second copy of the same repository.
 */
export async function oneChange(): Promise<readonly Row[]> {
  const small = await changing(1_000);
  const large = await changing(100_000);
  const slope = (large.ours - large.floor) / (small.ours - small.floor) - 1;
  const row = (count: string, one: Change): Row => ({
    what: `one spec changed in ${count}`,
    floor: `git fetch + diff-tree: ${milliseconds(one.floor)}`,
    measured: `${times(one.ratio)} (${milliseconds(one.ours)})`,
    reach: "≤ 1.5 ×",
  });
  return [
    row("1,000", small),
    row("100,000", large),
    {
      what: "slope from 1,000 to 100,000",
      floor: "the floor's own subtracted",
      measured: `${(slope * 100).toFixed(0)} %; in all ${((large.ours / small.ours - 1) * 100).toFixed(0)} %`,
      reach: "≤ 10 %",
    },
  ];
}

interface Change {
  readonly ours: number;
  readonly floor: number;
  readonly ratio: number;
}

async function changing(count: number): Promise<Change> {
  const fleet = await makeFleet(count);
  const ours = await copyOf(fleet.folder);
  const bare = await copyOf(fleet.folder);
  const objects = ours.repository.objects();
  const store = new SurveyStore(join(ours.folder, "memo.sqlite"));
  const memory = createSurveyMemory();
  const [first] = specFiles(1);
  if (first === undefined) throw new Error("there is no spec");
  let sha = fleet.sha;
  const look = async (at: string) => {
    const view = gitView(ours.repository.place, objects, at);
    const seen = await survey(view.source, store, memory);
    if ("kind" in seen) throw new Error("raos.yaml is broken");
    return { view, seen };
  };
  await look(sha);
  const pairs: { readonly ours: number; readonly floor: number }[] = [];
  for (let round = 0; round < ROUNDS + 3; round += 1) {
    const before = sha;
    sha = await commitFiles(fleet.repository, before, [
      { path: first.path, text: `${first.text}# round ${round}\n`.replace(/version: .*/, `version: 1.0.${round}`) },
    ]);
    const floor = await timed(() => {
      fetch(bare.folder, fleet.folder);
      execFileSync("git", ["--git-dir", bare.folder, "diff-tree", "-r", "-z", "--no-renames", before, sha]);
    });
    const took = await timed(async () => {
      fetch(ours.folder, fleet.folder);
      const { view, seen } = await look(sha);
      const key = first.path.slice("agents/".length, -".yaml".length);
      const folders = seen.environments.map((environment) => `deploy/${environment}/${key}/`);
      const snapshot = await view.slice([first.path, ...folders]);
      const scope = {
        cause: { kind: "drift", scope: { kind: "agent", agent: key } },
        agents: [{ key, path: first.path }],
        tenants: [],
        environments: seen.environments,
        fleet: seen.fleet,
      } as const;
      if (plan(scope, snapshot).files.length === 0) throw new Error("the change was not planned");
    });
    pairs.push({ ours: took, floor });
  }
  const counted = pairs.slice(3);
  await objects.close();
  store.close();
  for (const one of [fleet, ours, bare]) {
    await one.repository.close();
    rmSync(one.folder, { recursive: true });
  }
  return {
    ours: median(counted.map((pair) => pair.ours)),
    floor: median(counted.map((pair) => pair.floor)),
    ratio: median(counted.map((pair) => pair.ours / pair.floor)),
  };
}

async function copyOf(source: string): Promise<{ readonly folder: string; readonly repository: Repository }> {
  const folder = mkdtempSync(join(tmpdir(), "raos-bench-copy-"));
  execFileSync("git", ["clone", "--quiet", "--bare", source, folder]);
  return { folder, repository: await openRepository(folder, { env: process.env, cache: folder }) };
}

/** The same command for both sides. */
function fetch(folder: string, source: string): void {
  execFileSync("git", ["--git-dir", folder, "fetch", "--quiet", "--no-tags", source, "+refs/heads/*:refs/heads/*"]);
}
