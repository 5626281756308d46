import { describe, expect, test } from "vitest";
import { type FleetClone, fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";

const config = (more = "") => `apiVersion: raos.dev/v1alpha1
kind: Config
spec:
  environments: [{name: staging}, {name: production}]
${more}`;
const tenant = (name: string) =>
  `apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: ${name}}\nspec: {namespace: ${name}-agents}\n`;
const agent = (key: string, version = "1.0.0") => {
  const [namespace, name] = key.split("/");
  return `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  description: Sorts tickets
  version: ${version}
  instructions: {inline: Sort.}
  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
`;
};
const KEYS = ["acme/one", "acme/two", "solo/only"];
const CHART = {
  "charts/agent/Chart.yaml": "apiVersion: v2\nname: agent\nversion: 0.1.0\n",
  "charts/agent/templates/workload.yaml": "kind: Deployment\nreplicas: 1\n",
  "charts/agent/README.md": "# The chart\n",
};
const FLEET = {
  "raos.yaml": config(),
  "tenants/acme.yaml": tenant("acme"),
  "tenants/solo.yaml": tenant("solo"),
  ...CHART,
  ...Object.fromEntries(KEYS.map((key) => [`agents/${key}.yaml`, agent(key)])),
};
const WORKLOAD = "charts/agent/templates/workload.yaml";
const COPY = "deploy/_charts/production/acme";

interface Listed {
  readonly number: number;
  readonly title: string;
  readonly branch: string;
  readonly body: string;
}

async function reconcile(place: FleetClone): Promise<readonly string[]> {
  const { out } = await raos(place.clone, ["reconcile", "--repo", place.bare, "--output", "json"]);
  const outcomes: readonly { readonly kind: string; readonly agent: string; readonly problems?: readonly object[] }[] =
    JSON.parse(out);
  return outcomes.map(({ kind, agent: key, problems = [] }) => `${kind} ${key} ${JSON.stringify(problems)}`);
}

async function pulls(place: FleetClone): Promise<readonly Listed[]> {
  const { out } = await raos(place.clone, ["pr", "list", "--repo", place.bare, "--output", "json"]);
  const list: readonly Listed[] = JSON.parse(out);
  return list.map((pull) => ({ ...pull, body: pull.body.replaceAll("\\", "") }));
}

async function merge(place: FleetClone, ...branches: readonly string[]): Promise<void> {
  for (const { number, branch } of await pulls(place))
    if (branches.length === 0 || branches.includes(branch))
      expect((await raos(place.clone, ["pr", "merge", "--repo", place.bare, String(number)])).code).toBe(0);
  place.git("pull", "--quiet", "origin", "main");
}

/** A file of the default branch. */
function deployed(place: FleetClone, path: string): string {
  place.git("fetch", "--quiet", "origin");
  return place.git("show", `origin/main:${path}`);
}

/** A fleet of which everything is deployed. */
async function settled(files: Readonly<Record<string, string>> = FLEET): Promise<FleetClone> {
  const place = fleetClone(null);
  place.commit(files);
  await reconcile(place);
  await merge(place);
  expect(await reconcile(place)).toEqual([]);
  return place;
}

const branchesOf = async (place: FleetClone) => (await pulls(place)).map(({ branch }) => branch).sort();

describe("a change of the chart in the repository", () => {
  test("reaches the agents of a tenant by the tenant's pull request, and by nothing before that", async () => {
    const place = await settled();
    const before = deployed(place, `${COPY}/templates/workload.yaml`);
    place.commit({ [WORKLOAD]: "kind: Deployment\nreplicas: 2\n" });
    await reconcile(place);
    expect(await branchesOf(place)).toEqual(["raos/tenant/acme", "raos/tenant/solo"]);
    expect(deployed(place, `${COPY}/templates/workload.yaml`)).toBe(before);
    await merge(place, "raos/tenant/acme");
    expect(deployed(place, `${COPY}/templates/workload.yaml`)).toBe("kind: Deployment\nreplicas: 2\n");
    expect(deployed(place, "deploy/_charts/production/solo/templates/workload.yaml")).toBe(before);
    await reconcile(place);
    expect(await branchesOf(place)).toEqual(["raos/tenant/solo"]);
    await merge(place);
    expect(await reconcile(place)).toEqual([]);
  });

  test("is told to the reviewer: which files, which agents, which versions, and one diff for all environments", async () => {
    const place = await settled();
    place.commit({
      [WORKLOAD]: "kind: Deployment\nreplicas: 2\n",
      "charts/agent/Chart.yaml": CHART["charts/agent/Chart.yaml"].replace("0.1.0", "0.2.0"),
      "charts/agent/templates/new.yaml": "kind: Service\n",
    });
    await reconcile(place);
    const [pull] = (await pulls(place)).filter(({ branch }) => branch === "raos/tenant/acme");
    expect(pull?.title).toMatch(/^Update the tenant acme: chart 0\.1\.0\+[0-9a-f]{12} → 0\.2\.0\+[0-9a-f]{12}$/);
    const body = pull?.body ?? "";
    expect(body).toContain(
      "Brings the chart with which the agents of `acme` are deployed in line with the one in this",
    );
    expect(body).toContain(
      "> **The chart changes with which every agent of `acme` is deployed in production and staging.** Merging it upgrades all of them at once: `acme/one` and `acme/two`. It differs in `templates/new.yaml` (new) and `templates/workload.yaml`.",
    );
    expect(body.match(/^-replicas: 1\n\+replicas: 2$/gm)).toHaveLength(1);
    expect(body).toContain("edit the chart on the default branch");
  });

  test("is nothing to deploy where only its README changes", async () => {
    const place = await settled();
    place.commit({ "charts/agent/README.md": "# Another text\n" });
    expect(await reconcile(place)).toEqual([]);
  });

  test("leaves an agent's own pull request alone", async () => {
    const place = await settled();
    place.commit({ [WORKLOAD]: "kind: Deployment\nreplicas: 2\n", "agents/acme/one.yaml": agent("acme/one", "2.0.0") });
    await reconcile(place);
    expect(await branchesOf(place)).toEqual(["raos/agent/acme/one", "raos/tenant/acme", "raos/tenant/solo"]);
    await merge(place, "raos/agent/acme/one");
    expect(deployed(place, `${COPY}/templates/workload.yaml`)).toContain("replicas: 1");
    expect(deployed(place, "deploy/production/acme/one/values.yaml")).toContain("version: 2.0.0");
    await merge(place);
    expect(await reconcile(place)).toEqual([]);
  });

  test("that a person refuses stays refused until the chart changes again", async () => {
    const place = await settled();
    place.commit({ [WORKLOAD]: "kind: Deployment\nreplicas: 2\n" });
    await reconcile(place);
    const [pull] = await pulls(place);
    await raos(place.clone, ["pr", "close", "--repo", place.bare, String(pull?.number)]);
    await reconcile(place);
    expect(await branchesOf(place)).toEqual(["raos/tenant/solo"]);
    place.commit({ [WORKLOAD]: "kind: Deployment\nreplicas: 3\n" });
    await reconcile(place);
    expect(await branchesOf(place)).toEqual(["raos/tenant/acme", "raos/tenant/solo"]);
  });

  test("is planned in a working folder as it is in the repository, without the texts of new copies", async () => {
    const place = fleetClone(null);
    place.commit(FLEET);
    const first = await raos(place.clone, ["plan"]);
    expect(first.out).toContain("files of copies of the chart, below deploy/_charts/)");
    expect(first.out).not.toContain("kind: Deployment");
    await reconcile(place);
    await merge(place);
    expect((await raos(place.clone, ["plan"])).out).toBe("nothing to change\n");
    place.write({ [WORKLOAD]: "kind: Deployment\nreplicas: 2\n" });
    const { out } = await raos(place.clone, ["plan"]);
    expect(out.match(/^would open: .*$/gm)).toEqual([
      expect.stringContaining("Update the tenant acme: chart 0.1.0+"),
      expect.stringContaining("Update the tenant solo: chart 0.1.0+"),
    ]);
  });
});

describe("a repository from before tenants had copies", () => {
  /** The fleet as it was deployed then: releases name the chart itself. */
  async function former(): Promise<FleetClone> {
    const place = await settled();
    const releases = place.files("main").filter((path) => path.endsWith("/release.yaml"));
    const copies = place.files("main").filter((path) => path.startsWith("deploy/_charts/"));
    const old = (text: string) => text.replace(/chart: \.\/deploy\/_charts\/.*/, "chart: ./charts/agent");
    place.commit({
      ...Object.fromEntries(releases.map((path) => [path, old(place.read(path))])),
      ...Object.fromEntries(copies.map((path) => [path, undefined])),
    });
    return place;
  }

  test("gets them with one pull request per tenant, also where it has one agent", async () => {
    const place = await former();
    await reconcile(place);
    const list = await pulls(place);
    expect(list.map(({ branch }) => branch).sort()).toEqual(["raos/tenant/acme", "raos/tenant/solo"]);
    for (const { body, branch } of list) {
      const name = branch.slice("raos/tenant/".length);
      expect(body).toContain(
        `> **From now on \`${name}\` has a copy of the chart of its own** in production and staging`,
      );
      expect(body).toContain("Not shown: 4 files of copies of the chart.");
      expect(body).not.toContain("replicas: 1");
      expect(body).toContain("+      chart: ./deploy/_charts/");
    }
    await merge(place);
    expect(await reconcile(place)).toEqual([]);
  });

  test("says at an agent's own pull request that the tenant's has to be merged first", async () => {
    const place = await former();
    place.commit({ "agents/acme/one.yaml": agent("acme/one", "2.0.0") });
    await reconcile(place);
    const own = (await pulls(place)).find(({ branch }) => branch === "raos/agent/acme/one");
    expect(own?.body).toContain(
      "> **Merge the pull request from `raos/tenant/acme` first**: it adds the tenant's copy",
    );
    await merge(place);
    await reconcile(place);
    await merge(place);
    expect(await reconcile(place)).toEqual([]);
  });
});

describe("copies stay what they should be", () => {
  test("a change of one by hand is taken back, with its author's name", async () => {
    const place = await settled();
    place.commit({ [`${COPY}/templates/workload.yaml`]: "kind: Deployment\nreplicas: 9\n" });
    await reconcile(place);
    const [pull, ...others] = await pulls(place);
    expect([pull?.branch, others]).toEqual(["raos/tenant/acme", []]);
    expect(pull?.body).toContain("**It takes back changes that were made by hand:**");
    expect(pull?.body).toContain(`> - \`${COPY}/templates/workload.yaml\`: by Somebody, `);
    expect(pull?.body).toContain("make it in the chart's own folder");
  });

  test.each<[string, Readonly<Record<string, string | undefined>>, string]>([
    [
      "gone",
      Object.fromEntries(Object.keys(CHART).map((path) => [path, undefined])),
      "there is no chart in charts/agent/; ",
    ],
    ["broken", { "charts/agent/Chart.yaml": "name: agent\n" }, "the chart needs a version; "],
  ])("where the chart is %s, what is deployed stays, and a Problem says why", async (_name, files, message) => {
    const place = await settled();
    place.commit({ ...files, "agents/acme/one.yaml": agent("acme/one", "2.0.0") });
    const outcomes = await reconcile(place);
    expect(outcomes.filter((one) => one.startsWith("problem"))).toEqual([expect.stringContaining(message)]);
    expect(await branchesOf(place)).toEqual(["raos/agent/acme/one"]);
    expect((await raos(place.clone, ["validate"])).err).toContain(message);
  });

  test("they go with their tenant, with an environment, and where the chart comes from a registry", async () => {
    const place = await settled();
    const copies = () => place.files("main").filter((path) => path.startsWith("deploy/_charts/"));
    place.commit({ "raos.yaml": config().replace("{name: staging}, ", "") });
    await reconcile(place);
    const [ending] = await pulls(place);
    expect(ending?.body.match(/\*\*.* is no longer in `raos.yaml`/g)).toEqual([
      "**staging is no longer in `raos.yaml`",
    ]);
    await merge(place);
    expect(new Set(copies().map((path) => path.split("/").slice(2, 4).join("/")))).toEqual(
      new Set(["production/acme", "production/solo"]),
    );
    place.commit({ "tenants/solo.yaml": undefined, "agents/solo/only.yaml": undefined });
    await reconcile(place);
    await merge(place);
    expect(new Set(copies().map((path) => path.split("/").slice(2, 4).join("/")))).toEqual(
      new Set(["production/acme"]),
    );
    const registry = "  chart: {oci: 'oci://ghcr.io/acme/agent', version: 1.0.0}\n";
    place.commit({ "raos.yaml": config(registry).replace("{name: staging}, ", "") });
    await reconcile(place);
    await merge(place);
    expect(copies()).toEqual([]);
    expect(await reconcile(place)).toEqual([]);
  });
});
