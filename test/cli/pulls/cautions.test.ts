import { expect, test } from "vitest";
import { type FleetClone, fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";

const CONFIG = `apiVersion: raos.dev/v1alpha1
kind: Config
spec:
  chart: {path: charts/agent}
  environments: [{name: production}]
`;
const TENANT = "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: acme}\nspec: {}\n";
const agent = (name: string, more = "") => `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: ${name}, namespace: acme}
spec:
  description: Sorts tickets
  instructions: {inline: Sort.}
  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
${more}`;

const A2A = "  dapr: {enabled: true}\n  a2a: {enabled: true, skills: [{id: sort, name: Sort, description: Sorts, tags: [sort]}]}\n";

/** The open pull requests' bodies by branch, after a pass; escapes are taken out. */
async function bodies(place: FleetClone): Promise<Readonly<Record<string, string>>> {
  await raos(place.clone, ["reconcile", "--repo", place.bare]);
  const { out } = await raos(place.clone, ["pr", "list", "--repo", place.bare, "--output", "json"]);
  const pulls: readonly { readonly number: number; readonly branch: string; readonly body: string }[] = JSON.parse(out);
  return Object.fromEntries(pulls.map(({ branch, body }) => [branch, body.replaceAll("\\", "")]));
}

async function deployed(specs: Readonly<Record<string, string>>): Promise<FleetClone> {
  const place = fleetClone(null);
  place.commit({
    "raos.yaml": CONFIG,
    "tenants/acme.yaml": TENANT,
    "charts/agent/Chart.yaml": "name: agent\nversion: 0.1.0\n",
    ...specs,
  });
  expect(await raos(place.clone, ["validate"])).toMatchObject({ code: 0, err: "" });
  await bodies(place);
  const { out } = await raos(place.clone, ["pr", "list", "--repo", place.bare, "--output", "json"]);
  const numbers: readonly string[] = JSON.parse(out).map(({ number }: { readonly number: number }) => String(number));
  await raos(place.clone, ["pr", "merge", "--repo", place.bare, ...numbers.toReversed()]);
  return place;
}

test("a change of a generated file by hand is taken back with its author's name", async () => {
  const place = await deployed({ "agents/acme/triage.yaml": agent("triage") });
  place.git("pull", "--quiet", "origin", "main");
  const path = "deploy/production/acme/triage/values.yaml";
  place.commit({ [path]: `${place.read(path)}extra: 1\n` });
  const body = (await bodies(place))["raos/agent/acme/triage"];
  expect(body).toContain("**It takes back changes that were made by hand:**");
  expect(body).toContain(`> - \`${path}\`: by Somebody, `);
});

test("a change that follows from the spec is nobody's change by hand", async () => {
  const place = await deployed({ "agents/acme/triage.yaml": agent("triage") });
  place.commit({ "agents/acme/triage.yaml": agent("triage", "  version: 2.0.0\n") });
  await bodies(place);
  await raos(place.clone, ["pr", "merge", "--repo", place.bare, "2"]);
  place.commit({ "agents/acme/triage.yaml": agent("triage") });
  const body = (await bodies(place))["raos/agent/acme/triage"];
  expect(body).toContain("version");
  expect(body).not.toContain("by hand");
});

test("an agent's file that was moved is a rename in both pull requests, which name who still calls the old one", async () => {
  const place = await deployed({
    "agents/acme/triage.yaml": agent("triage", A2A),
    "agents/acme/router.yaml": agent("router", "  tools: [{agent: {name: triage}}]\n"),
  });
  place.commit({ "agents/acme/triage.yaml": undefined, "agents/acme/sorter.yaml": agent("sorter", A2A) });
  const found = await bodies(place);
  const said = "**This looks like a rename**: `acme/triage` was removed, and `acme/sorter` has the same content.";
  expect(found["raos/agent/acme/triage"]).toContain(said);
  expect(found["raos/agent/acme/sorter"]).toContain(said);
  expect(found["raos/agent/acme/triage"]).toContain("**`acme/triage` is still called** by `acme/router`");
});
