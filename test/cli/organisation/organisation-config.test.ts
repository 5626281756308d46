import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { raos } from "../../support/cli/raos.ts";
import { agentOf } from "../../support/forge/reviewed-fleet.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const head = "apiVersion: raos.dev/v1alpha1\nkind: Config\n";

/** A working folder with one agent, and a file of the organisation beside it. */
function folder(own: string, organisation: string): string {
  const root = temporaryFolder();
  const files = {
    "fleet/raos.yaml": `${head}${own}`,
    "fleet/tenants/acme.yaml": "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: acme}\nspec: {}\n",
    "fleet/agents/acme/triage.yaml": agentOf("triage", "768Mi"),
    "organisation.yaml": `${head}${organisation}`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const OWN = "spec:\n  chart: {oci: oci://ghcr.io/acme/charts/agent, version: 0.1.0}\n";
const argv = ["fleet", "--organisation-config", "organisation.yaml"];

test("a working folder inherits from a file: what is generated, and where it comes from", async () => {
  const root = folder(OWN, "spec:\n  environments: [{name: staging}, {name: production}]\n");
  expect((await raos(root, ["validate", ...argv])).out).toBe("1 agent, no problems\n");
  const compiled = JSON.parse((await raos(root, ["compile", ...argv, "--output", "json"])).out);
  expect(Object.keys(compiled)).toContain("deploy/staging/acme/triage/values.yaml");
  const explained = (await raos(root, ["compile", ...argv, "--explain"])).out;
  expect(explained).toMatch(/^environments of raos\.yaml: inherited from organisation\/\.github\/\/raos\.yaml\n/);
  const planned = await raos(root, ["plan", ...argv, "--quiet"]);
  expect([planned.code, planned.out]).toEqual([0, expect.stringContaining("to staging and production")]);
});

test("what it fixes is a Problem in the repository's own file; a file that is not there is wrong usage", async () => {
  const root = folder(`${OWN}  limits: {openPulls: 3}\n`, "spec: {fixed: [limits]}\n");
  const { code, err } = await raos(root, ["validate", ...argv]);
  expect([code, err]).toEqual([
    1,
    expect.stringContaining("raos.yaml:5:3 /spec/limits: organisation/.github//raos.yaml fixes this"),
  ]);
  const missing = await raos(root, ["validate", "fleet", "--organisation-config", "none.yaml"]);
  expect([missing.code, missing.err]).toEqual([2, expect.stringContaining("--organisation-config")]);
});
