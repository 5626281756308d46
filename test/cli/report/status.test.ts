import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { deployedFleet } from "../../support/cli/deployed-fleet.ts";
import { fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

test("without a cluster every agent is unknown, with what is wanted and what to set", { timeout: 60_000 }, async () => {
  const fleet = await deployedFleet(["one", "two"], "  environments: [{name: staging}, {name: production}]\n");
  const status = (args: readonly string[], env = {}) =>
    raos(fleet.place.clone, ["status", "--repo", fleet.place.bare, ...args], env);
  const json = await status(["--output", "json"]);
  const reason = "no cluster is configured: set KUBECONFIG, and environments[].kubernetes.context in raos.yaml";
  const places = ["one", "two"].flatMap((name) => ["staging", "production"].map((where) => [name, where] as const));
  const rows = places.map(([name, environment]) => ({
    ...{ agent: `acme/${name}`, environment, phase: "unknown", reason },
    wanted: { digest: fleet.digest(environment, name), commit: fleet.commit(environment, name) },
  }));
  expect([json.code, json.err, JSON.parse(json.out)]).toEqual([0, "", rows]);
  const yaml = await status(["--output", "yaml", "--agent", "acme/two", "--environment", "production"]);
  expect(parse(yaml.out)).toEqual(rows.slice(3));

  const table = await status(["--agent", "acme/one"]);
  expect(table.out.split("\n")[0]?.split(/ +/)).toEqual([
    "AGENT",
    "ENVIRONMENT",
    "PHASE",
    "WANTED",
    "RUNNING",
    "COMMIT",
    "SINCE",
    "REASON",
  ]);
  expect(await status(["--agent", "acme/gone"])).toMatchObject({
    code: 0,
    out: "nothing is generated for acme/gone on the default branch yet\n",
  });

  const file = join(temporaryFolder(), "config");
  writeFileSync(file, '{"apiVersion": "v1", "kind": "Config", "clusters": [], "users": [], "contexts": []}');
  const ambiguous = await status(["--output", "json", "--agent", "acme/one"], { KUBECONFIG: file });
  expect(ambiguous.code).toBe(0);
  for (const row of JSON.parse(ambiguous.out))
    expect(row).toMatchObject({
      phase: "unknown",
      reason: expect.stringContaining("name the context of each in environments[].kubernetes.context"),
    });
});

test.each([
  [["--agent", "triage"], "raos: --agent triage is no agent; write tenant/name\n"],
  [["--environment", "prod"], 'raos: there is no environment "prod"; raos.yaml has production, staging\n'],
])("what does not exist is a mistake: %j", async (args, err) => {
  const place = fleetClone();
  const ran = await raos(place.clone, ["status", "--repo", place.bare, ...args]);
  expect([ran.code, ran.err.replace(/production, staging|staging, production/, "production, staging")]).toEqual([
    2,
    err,
  ]);
});

test("a raos.yaml that cannot be read is said with its place", async () => {
  const place = fleetClone();
  place.commit({ "raos.yaml": "kind: [" });
  const ran = await raos(place.clone, ["status", "--repo", place.bare]);
  expect([ran.code, ran.out]).toEqual([1, ""]);
  expect(ran.err).toMatch(/^raos\.yaml:1:/);
});
