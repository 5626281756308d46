import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { git, makeBare } from "../../adversary/fleet.ts";
import { fleetOnGitHub } from "../../servers/github/setup.ts";
import { alert } from "../../support/cli/alerting-fleet.ts";
import { raos } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const CONFIG = (path: string, delivery = "{delivery: flux") =>
  `apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: ${delivery}, path: ${path}}\n`;
const ARGOCD = "{delivery: argocd, argocd: {repoURL: 'https://github.com/acme/fleet'}";
const TENANT = "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: acme}\nspec: {}\n";
const agent = (name: string) => `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: ${name}, namespace: acme}
spec:
  description: Says hello
  runtime: {image: "ghcr.io/acme/hello:1.0.0"}
  instructions: {inline: Greet the user.}
  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
`;

/** RAOS's files in two folders, of which both have an agent acme/hello, beside an application's. */
const MONOREPO: Readonly<Record<string, string>> = {
  "README.md": "# Everything\n",
  "agents/readme.txt": "not RAOS's\n",
  "platform/raos.yaml": CONFIG("platform"),
  "platform/tenants/acme.yaml": TENANT,
  "platform/agents/acme/hello.yaml": agent("hello"),
  "teams/two/raos.yaml": CONFIG("teams/two", ARGOCD),
  "teams/two/tenants/acme.yaml": TENANT,
  "teams/two/agents/acme/hello.yaml": agent("hello"),
};

interface Pull {
  readonly branch: string;
  readonly number: number;
}

function monorepo(files = MONOREPO) {
  const root = temporaryFolder();
  const bare = join(root, "all.git");
  makeBare(bare, files);
  const run = async (...argv: readonly string[]) => {
    const [command = "", ...rest] = argv;
    return raos(root, [command, "--repo", bare, ...rest], { RAOS_CACHE: join(root, "cache") });
  };
  return {
    root,
    bare,
    run,
    async reconcile(path: string): Promise<readonly { readonly kind: string; readonly reason?: string }[]> {
      const ran = await run("reconcile", "--path", path, "--output", "json");
      expect(ran.err).toBe("");
      return JSON.parse(ran.out);
    },
    async pulls(): Promise<readonly Pull[]> {
      const ran = await raos(root, ["pr", "list", "--repo", bare, "--output", "json"]);
      return JSON.parse(ran.out);
    },
    async merge(number: number) {
      const ran = await raos(root, ["pr", "merge", String(number), "--repo", bare]);
      expect(ran.code).toBe(0);
    },
    files: () => git(bare, ["ls-tree", "-r", "--name-only", "main"]).trim().split("\n"),
    text: (path: string) => git(bare, ["show", `main:${path}`]),
  };
}

describe("a repository with RAOS's files in two folders", () => {
  test("each has a limit of its own for an hour", async () => {
    const limited = (path: string) => CONFIG(path).replace("}\n", ", limits: {pullsPerHour: 1}}\n");
    const place = monorepo({
      ...MONOREPO,
      "platform/raos.yaml": limited("platform"),
      "platform/agents/acme/second.yaml": agent("second"),
      "teams/two/raos.yaml": limited("teams/two"),
    });
    const said = async (path: string) => (await place.reconcile(path)).map(({ kind, reason }) => reason ?? kind).sort();
    expect(await said("platform")).toEqual(["limits.pullsPerHour", "opened"]);
    expect(await said("platform")).toContain("limits.pullsPerHour");
    expect(await said("teams/two")).toEqual(["opened"]);
  });

  test("each bot opens, merges and settles its own, and writes only below its folder", async () => {
    const place = monorepo();
    expect((await place.reconcile("platform")).map(({ kind }) => kind)).toEqual(["opened"]);
    expect((await place.reconcile("./teams/two/")).map(({ kind }) => kind)).toEqual(["opened"]);
    const pulls = await place.pulls();
    expect(pulls.map(({ branch }) => branch).sort()).toEqual([
      "raos/at/platform/agent/acme/hello",
      "raos/at/teams=2ftwo/agent/acme/hello",
    ]);
    // Neither touches the other's, nor opens one twice.
    expect((await place.reconcile("platform")).filter(({ kind }) => kind !== "unchanged")).toEqual([]);
    for (const { number } of pulls) await place.merge(number);
    const made = place.files().filter((path) => !(path in MONOREPO));
    expect(made.filter((path) => !/^(platform|teams\/two)\/deploy\/default\//.test(path))).toEqual([]);
    expect(made.length).toBeGreaterThan(4);
    for (const path of ["platform", "teams/two"])
      expect((await place.reconcile(path)).filter(({ kind }) => kind !== "unchanged")).toEqual([]);
  });

  test("what Flux and Argo CD read is named from the top of the repository", async () => {
    const place = monorepo();
    for (const path of ["platform", "teams/two"]) await place.reconcile(path);
    for (const { number } of await place.pulls()) await place.merge(number);
    const flux = place.text("platform/deploy/default/acme/hello/release.yaml");
    expect(flux).toContain("chart: ./platform/deploy/_charts/default/acme");
    const argocd = place.text("teams/two/deploy/default/acme/hello/application.yaml");
    expect(argocd).toContain("path: teams/two/deploy/_charts/default/acme");
    expect(argocd).toContain("$values/teams/two/deploy/default/acme/hello/values.yaml");
    expect(argocd).toContain("/teams/two/deploy/_charts/default/acme;/teams/two/deploy/default/acme/hello");
  });

  test("after a merge, a later change is found from the history of the folder", async () => {
    const place = monorepo();
    await place.reconcile("platform");
    for (const { number } of await place.pulls()) await place.merge(number);
    const clone = join(place.root, "clone");
    git(place.root, ["clone", "--quiet", place.bare, clone]);
    git(clone, ["rm", "--quiet", "platform/agents/acme/hello.yaml"]);
    git(clone, ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "--quiet", "-m", "Gone"]);
    git(clone, ["push", "--quiet", "origin", "main"]);
    expect((await place.reconcile("platform")).map(({ kind }) => kind)).toContain("opened");
    for (const { number } of await place.pulls()) await place.merge(number);
    expect(place.files().filter((path) => path.startsWith("platform/deploy/default/acme/hello"))).toEqual([]);
    expect(place.files()).toContain("teams/two/agents/acme/hello.yaml");
  });
});

describe("the top of a monorepo, without --path", () => {
  const SAID =
    "raos.yaml:1:1: there is no raos.yaml at the top of this folder, but in platform, teams/two: name that folder, or with --repo give it as --path";

  test.each(["reconcile", "plan"])("raos %s says where the files are, as raos validate does", async (command) => {
    const place = monorepo();
    expect(await place.run(command)).toMatchObject({ code: 1, err: `${SAID}\n` });
    const clone = join(place.root, "clone");
    git(place.root, ["clone", "--quiet", place.bare, clone]);
    expect(await raos(clone, ["validate"])).toMatchObject({ code: 1, err: `${SAID}\n` });
  });

  test("replay reads the folder of --path", async () => {
    const place = monorepo();
    const file = join(place.root, "alerts.jsonl");
    const labels = { raos_agent: "hello", raos_tenant: "acme", raos_environment: "default", namespace: "acme" };
    const payload = [{ labels: { alertname: "AgentOutOfMemory", ...labels }, startsAt: "2026-06-01T12:00:00Z" }];
    writeFileSync(file, JSON.stringify(payload));
    const ignored = async (...argv: readonly string[]) => {
      const ran = await place.run("replay", file, "--output", "json", ...argv);
      return JSON.parse(ran.out).ignored;
    };
    expect(await ignored("--path", "platform")).toEqual([]);
    expect(await ignored()).not.toEqual([]);
  });
});

describe("a folder that is not the one", () => {
  test.each<readonly [name: string, path: string, files: Readonly<Record<string, string>>, message: string]>([
    ["misspelt", "platfrom", {}, "there is no raos.yaml in platfrom, the folder of --path"],
    [
      "without path",
      "platform",
      { "platform/raos.yaml": CONFIG("x").replace(", path: x", "") },
      "write path: platform",
    ],
    ["with another path", "platform", { "platform/raos.yaml": CONFIG("apps") }, "write path: platform"],
    ["the top, with a path", ".", { "raos.yaml": CONFIG("platform") }, "start it with --path platform"],
  ])("%s: a Problem, and nothing is opened", async (_name, path, files, message) => {
    const place = monorepo({ ...MONOREPO, ...files });
    const ran = await place.run("reconcile", "--path", path);
    expect(ran.err).toContain(message);
    expect(ran.code).toBe(1);
    expect(await place.pulls()).toEqual([]);
  });

  test.each(["../x", "/etc", "a//b", ".git"])("%s is no folder of the repository", async (path) => {
    const ran = await monorepo().run("reconcile", "--path", path);
    expect(ran).toMatchObject({ code: 2 });
    expect(ran.err).toContain("--path");
  });

  test("--path with a working folder says what to write", async () => {
    const ran = await raos(temporaryFolder(), ["plan", ".", "--path", "platform"]);
    expect(ran).toMatchObject({ code: 2 });
    expect(ran.err).toContain("name the folder itself");
  });
});

test("an issue about an alert belongs to the bot of one folder: found again, and closed, by it alone", async () => {
  const alerting = (path: string) =>
    CONFIG(path).replace("}\n", ", environments: [{name: production, alerts: {cluster: p1}}]}\n");
  const names = ["platform", "teams/two"];
  const place = monorepo({
    ...MONOREPO,
    ...Object.fromEntries(names.map((name) => [`${name}/raos.yaml`, alerting(name)])),
  });
  for (const name of names) await place.reconcile(name);
  for (const { number } of await place.pulls()) await place.merge(number);
  const firing = alert("AgentSecretMissing", "hello", {}, { startsAt: new Date().toISOString() });
  writeFileSync(
    join(place.root, "alerts.json"),
    JSON.stringify({ version: "4", truncatedAlerts: 0, alerts: [firing] }),
  );
  const report = async (path: string) => {
    const ran = await place.run("reconcile", "--path", path, "--alerts", "alerts.json", "--output", "json");
    return JSON.parse(ran.out)
      .filter(({ issue }: { issue?: object }) => issue !== undefined)
      .map(({ kind, issue }: { kind: string; issue: { number: number } }) => `${kind} ${issue.number}`);
  };
  expect(await report("platform")).toEqual(["opened 3"]);
  expect(await report("platform")).toEqual(["unchanged 3"]);
  expect(await report("teams/two")).toEqual(["opened 4"]);
  expect(await report("platform")).toEqual(["unchanged 3"]);
});

test("on GitHub: files, branches and updates are those of the folder", async () => {
  const fleet = await fleetOnGitHub(MONOREPO);
  try {
    const { id, privateKey } = fleet.github.world.app;
    const env = { APP_ID: String(id), PRIVATE_KEY: privateKey, GITHUB_API_URL: fleet.github.url };
    const where = ["--repo", `${fleet.github.url}/acme/fleet`, "--output", "json"];
    const folder = temporaryFolder();
    const run = async (path: string) => {
      const ran = await raos(folder, ["reconcile", "--path", path, ...where], env);
      expect(ran.err).toBe("");
      return JSON.parse(ran.out).map(({ kind }: { kind: string }) => kind);
    };
    expect(await run("platform")).toEqual(["opened"]);
    expect(await run("teams/two")).toEqual(["opened"]);
    expect(await run("platform")).toEqual(["unchanged"]);
  } finally {
    await fleet.github.close();
  }
});
