import { cpSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";
import { DEPLOYMENTS } from "../../support/specs/deployments.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const EXTRA = "extra/production/search/rag.yaml";

test("agents that teams bring validate, and extra manifests are left alone", async () => {
  const folder = join(temporaryFolder(), "fleet");
  cpSync(DEPLOYMENTS, folder, { recursive: true });
  expect(await raos(folder, ["validate"])).toMatchObject({ code: 0 });
  const explained = await raos(folder, ["compile", "--agent", "search/graph", "--explain"]);
  expect(explained.out).toContain("/spec/runtime/pod/securityContext/runAsUser: 1000");
  const shared = await raos(folder, ["compile", "--agent", "search/synonyms", "--explain"]);
  expect(shared.out).toContain('  model       /spec/model/provider: "bedrock" (models/claude-haiku.yaml)');
  expect(shared.out).toContain("  agent       /spec/model/maxConcurrency: 2");

  const fleet = fleetClone();
  const texts = Object.fromEntries(fleet.files("main").map((path): [string, string | undefined] => [path, undefined]));
  for (const path of readdirSync(DEPLOYMENTS, { recursive: true, encoding: "utf8" }))
    if (statSync(join(DEPLOYMENTS, path)).isFile()) texts[path] = readFileSync(join(DEPLOYMENTS, path), "utf8");
  fleet.commit(texts);
  expect(await raos(fleet.clone, ["reconcile", "--repo", fleet.bare])).toMatchObject({ code: 0 });
  expect(fleet.files("raos/agent/search/rag")).toContain(EXTRA);
  // The reviewer is told what the investigator may do.
  const list = await raos(fleet.clone, ["pr", "list", "--repo", fleet.bare]);
  const number = /#(\d+) .*search\/investigator/.exec(list.out)?.[1] ?? "";
  const shown = await raos(fleet.clone, ["pr", "show", "--repo", fleet.bare, number]);
  expect(shown.out).toContain("**In the cluster** | `ClusterRole view in every namespace`");
});
