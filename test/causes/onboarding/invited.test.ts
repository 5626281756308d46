import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openWorld } from "../../../src/app/world/open-world.ts";
import { showChecks } from "../../../src/checks/show-checks.ts";
import { reconcile } from "../../../src/reconcile/reconcile.ts";
import type { Pull, Repository } from "../../servers/github/model/model.ts";
import { push } from "../../servers/github/model/people.ts";
import { addRepository } from "../../servers/github/model/world.ts";
import { mergePull } from "../../servers/github/pulls/merging.ts";
import { createPull, updatePull } from "../../servers/github/pulls/pulls.ts";
import { type Fleet, fleetOnGitHub } from "../../servers/github/setup.ts";
import { shellFor } from "../../support/cli/raos.ts";
import { UNCONFIGURED } from "../../support/forge/unconfigured.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const PLAIN = { "README.md": "Nothing yet\n" };
const configOf = (spec: string) => `apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: ${spec}\n`;

let fleet: Fleet;
beforeEach(async () => {
  fleet = await fleetOnGitHub(PLAIN);
});
afterEach(() => fleet.github.close());

/** A pass over a repository, by a process of its own: what became of it. */
async function pass(name = "fleet", folder = "") {
  const { world, url } = fleet.github;
  const env = { APP_ID: String(world.app.id), PRIVATE_KEY: world.app.privateKey, GITHUB_API_URL: url };
  const opened = await openWorld(shellFor(temporaryFolder(), Date.now, env), `${url}/acme/${name}`, { folder });
  try {
    const outcomes = await reconcile(opened.world);
    await showChecks(opened.world);
    return outcomes.map(({ kind, reason, problems, message }) => {
      const told = message === undefined ? [] : [message];
      return problems?.map((problem) => problem.message) ?? [kind, reason, ...told];
    });
  } finally {
    await opened.close();
  }
}

async function add(name: string, files: Readonly<Record<string, string>>, fork?: Repository): Promise<Repository> {
  const { world, root } = fleet.github;
  const options = { root, owner: "acme", name, collaborators: { robin: "write" } } as const;
  const made = await addRepository(world, fork === undefined ? options : { ...options, fork });
  if (Object.keys(files).length > 0) await push(world, made, fleet.person, "main", files, "Begin");
  return made;
}

const caller = () => ({ kind: "user", user: fleet.person, token: "" }) as const;
const open = (repository: Repository): readonly Pull[] =>
  [...repository.pulls.values()].filter(({ state }) => state === "OPEN");
const textOf = (repository: Repository, pull: Pull, path: string) =>
  repository.git.git("show", `refs/heads/${pull.headRef}:${path}`);

describe("a repository without agent specs", () => {
  test("is left alone", async () => {
    expect(await pass()).toEqual([]);
    expect(fleet.repository.pulls.size).toBe(0);
  });

  test("with the topic raos is asked once; closed is no", async () => {
    fleet.repository.topics = ["agents", "raos"];
    expect(await pass()).toEqual([["opened", undefined]]);
    const [pull] = open(fleet.repository);
    expect(pull?.title).toBe("Configure RAOS");
    expect(pull?.body).toContain(
      "RAOS is asked for here, by the topic `raos` or by the configuration of the organisation",
    );
    expect(pull?.body).toContain("**Agent specs**: none yet. Write the first as `agents/<tenant>/<name>.yaml`");
    expect(pull?.body).toContain("No pull request yet: one follows for each spec that is written.");
    expect(await pass()).toEqual([["unchanged", "up-to-date"]]);
    if (pull !== undefined) updatePull(fleet.github.world, caller(), pull, { state: "CLOSED" });
    expect(await pass()).toEqual([
      ["skipped", "closed-by-a-person", expect.stringContaining("To come back, reopen this pull request")],
    ]);
    expect(fleet.repository.pulls.size).toBe(1);
  });

  test("whose topic is taken away is asked no more", async () => {
    fleet.repository.topics = ["raos"];
    await pass();
    fleet.repository.topics = [];
    await pass();
    expect(open(fleet.repository)).toEqual([]);
    // The bot closed it, so that the topic brings it back.
    fleet.repository.topics = ["raos"];
    await pass();
    expect(open(fleet.repository)).toHaveLength(1);
  });

  test("that the organisation names is asked, and no other one, fork, archived or empty one", async () => {
    await add(".github", { "raos.yaml": configOf("{onboarding: {repositories: [Fleet, 'team-*-agents']}}") });
    const others = [
      await add("team-search-agents", PLAIN),
      await add("team-search", PLAIN),
      await add("team-fork-agents", PLAIN, fleet.repository),
      await add("team-empty-agents", {}),
      await add("team-old-agents", PLAIN),
    ];
    for (const one of others) if (one.name === "team-old-agents") one.isArchived = true;
    const names = ["fleet", ...others.map(({ name }) => name), ".github"];
    const found: Record<string, readonly unknown[]> = {};
    for (const name of names) found[name] = await pass(name);
    expect(found).toEqual({
      fleet: [["opened", undefined]],
      "team-search-agents": [["opened", undefined]],
      "team-search": [],
      "team-fork-agents": [["skipped", "fork-without-configuration"]],
      "team-empty-agents": [["skipped", "repository-is-empty"]],
      "team-old-agents": [["skipped", "repository-is-archived"]],
      ".github": [],
    });
    const opened = [...fleet.github.world.repositories.values()].filter(({ pulls }) => pulls.size > 0);
    expect(opened.map(({ name }) => name).sort()).toEqual(["fleet", "team-search-agents"]);
  });
});

describe("in an organisation that has said something", () => {
  test("the first raos.yaml does not say it again, and what follows is as the organisation says", async () => {
    await add(".github", {
      "raos.yaml": configOf(
        "{delivery: flux, environments: [{name: eu}, {name: us}], chart: {oci: 'oci://ghcr.io/acme/agent', version: 1.0.0}, fixed: [environments]}",
      ),
    });
    const search = await add("search", UNCONFIGURED);
    await pass("search");
    const [pull] = open(search);
    if (pull === undefined) throw new Error("no pull request");
    expect(await textOf(search, pull, "raos.yaml")).toBe("apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: {}\n");
    expect(pull.body).toContain("**Delivery**: Flux, as `acme/.github//raos.yaml` says");
    expect(pull.body).toContain("**Environments**: `eu` and `us`, from `acme/.github//raos.yaml`");
    // A spec names an environment that the organisation does not have.
    expect(pull.body).toContain("production");
    await mergePull(fleet.github.world, caller(), pull, { method: "SQUASH" });
    await pass("search");
    const [next] = open(search);
    expect(next?.title).toContain("acme/billing");
    expect(await search.git.git("ls-tree", "-r", "--name-only", `refs/heads/${next?.headRef}`)).toContain(
      "deploy/eu/acme/billing/",
    );
  });

  test("while the organisation's is broken nothing is proposed, and it is named", async () => {
    await add(".github", { "raos.yaml": configOf("{environments: many}") });
    const search = await add("search", UNCONFIGURED);
    expect(await pass("search")).toEqual([['"many" is not a list; write a list']]);
    expect(search.pulls.size).toBe(0);
  });
});

describe("below a folder", () => {
  const below = (files: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`platform/${path}`, text]));

  test("a folder with specs is asked, with a raos.yaml that names it; merged, the listed pull requests come", async () => {
    const mono = await add("mono", { ...PLAIN, ...below(UNCONFIGURED) });
    expect(await pass("mono", "platform")).toEqual([["opened", undefined]]);
    const [pull] = open(mono);
    if (pull === undefined) throw new Error("no pull request");
    expect(pull.headRef).toBe("raos/at/platform/onboarding");
    expect(await textOf(mono, pull, "platform/raos.yaml")).toContain('path: "platform"');
    expect(await mono.git.git("diff", "--name-only", "main", pull.headRef)).not.toMatch(/^(?!platform\/)./m);
    const listed = [...pull.body.matchAll(/^1\. (.*)$/gm)].map(([, title]) => (title ?? "").replaceAll("\\", ""));
    expect(await pass("mono", "platform")).toEqual([["unchanged", "up-to-date"]]);
    await mergePull(fleet.github.world, caller(), pull, { method: "SQUASH" });
    await pass("mono", "platform");
    expect(
      open(mono)
        .map(({ title }) => title)
        .sort(),
    ).toEqual(listed.toSorted());
    expect(listed).toHaveLength(2);
  });

  test("a folder without specs and raos.yaml may be misspelt: it is said, and nothing is proposed", async () => {
    const mono = await add("mono", { ...PLAIN, ...below(UNCONFIGURED) });
    expect(await pass("mono", "platfrom")).toEqual([[expect.stringContaining("there is no raos.yaml in platfrom")]]);
    expect(mono.pulls.size).toBe(0);
  });

  test("a folder whose raos.yaml was removed is asked no second time, and nothing is planned with the defaults", async () => {
    const mono = await add("mono", {
      ...below(UNCONFIGURED),
      "platform/deploy/default/acme/tenant.yaml": "kind: List\n",
    });
    expect(await pass("mono", "platform")).toEqual([["opened", undefined]]);
    expect(open(mono).map(({ title }) => title)).toEqual(["Configure RAOS"]);
  });
});

test("a person's branch of that name is named and left alone, also without a pull request", async () => {
  fleet.repository.topics = ["raos"];
  const { world } = fleet.github;
  const head = await push(world, fleet.repository, fleet.person, "raos/onboarding", { x: "1\n" }, "Mine", {
    from: fleet.base ?? "",
  });
  const first = await pass();
  expect(first).toEqual([["skipped", "forge-conflict", expect.stringContaining("raos/onboarding")]]);
  expect(await pass()).toEqual(first);
  expect(await fleet.repository.git.resolve("refs/heads/raos/onboarding")).toBe(head);
});

test("another pull request of that branch is not taken for an answer", async () => {
  fleet.repository.topics = ["raos"];
  const { world } = fleet.github;
  await push(world, fleet.repository, fleet.person, "raos/onboarding", { x: "1\n" }, "Mine", {
    from: fleet.base ?? "",
  });
  const words = { title: "Mine", body: "", baseRef: "main", draft: false, headRef: "raos/onboarding" };
  createPull(world, caller(), fleet.repository, { ...words, headRepository: fleet.repository });
  expect(await pass()).toEqual([["skipped", "not-opened-by-raos"]]);
});
