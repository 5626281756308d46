import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { decodeMarker, encodeMarker, withoutMarker } from "../../src/pr/marker.ts";
import { push } from "../servers/github/model/people.ts";
import { addAccount, addRepository } from "../servers/github/model/world.ts";
import { createIssue, updateIssue } from "../servers/github/pulls/issues.ts";
import { createPull } from "../servers/github/pulls/pulls.ts";
import { alert } from "../support/cli/alerting-fleet.ts";
import { branchOf, fleetOf, git, makeBare, outOfMemory, supervised } from "./fleet.ts";
import { type GitHubTarget, githubTarget } from "./github-target.ts";
import { localTarget } from "./local-target.ts";
import { amend, type Target, type VisiblePull } from "./target.ts";

/**
 * A person may push to the repository, and may not merge to main without a review. The bot merges by itself what a policy
 * accepts. Whatever the person pushes, writes or edits, main only ever becomes what the bot itself would have made of it.
 */
const BRANCH = branchOf("triage");
const OTHER = branchOf("faq");
const EVIL = { ".github/workflows/evil.yaml": "on: push\n" };
const HOUSE = `apiVersion: raos.dev/v1alpha1
kind: Guardrail
metadata: {name: house}
spec:
  description: No more than four replicas.
  rules:
    - deny: has(after.spec.scaling.max) && after.spec.scaling.max > 4
      message: more than four replicas
`;
const GUTTED = { "policies/house.yaml": HOUSE.replace("> 4", "> 4000") };
// One whose merge a policy accepts, and one whose merge is a person's.
const ALERTS = [outOfMemory("triage"), outOfMemory("faq")];

let root = "";
let bare = "";
/** What the bot makes of main where nobody interferes, and what its pull request says. */
let honest: { readonly tree: string; readonly pull: VisiblePull; readonly files: Readonly<Record<string, string>> };
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "raos-spoofing-"));
  bare = join(root, "fleet.git");
  const agents = { triage: supervised("triage", "low-risk"), faq: supervised("faq", "never") };
  makeBare(bare, { ...fleetOf(agents), "policies/house.yaml": HOUSE });
  const folder = join(root, "honest");
  const target = localTarget(bare, folder, ALERTS);
  await target.pass();
  const pull = (await target.pulls()).find(({ branch }) => branch === BRANCH);
  if (pull === undefined) throw new Error("the bot opened nothing");
  const changed = git(join(folder, "local.git"), ["diff", "--name-only", "main", BRANCH]).split("\n");
  const files = changed.map((path) => [path, `${git(join(folder, "local.git"), ["show", `${BRANCH}:${path}`])}\n`]);
  await target.pass();
  honest = { tree: (await target.resolve("main^{tree}")) ?? "", pull, files: Object.fromEntries(files) };
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function folder(): string {
  const made = mkdtempSync(join(root, "target-"));
  onTestFinished(() => {
    rmSync(made, { recursive: true, force: true });
    rmSync(`${made}.cache`, { recursive: true, force: true });
  });
  return made;
}

const makers: Readonly<Record<string, () => Promise<Target>>> = {
  "the local forge": async () => localTarget(bare, folder(), ALERTS),
  "the test GitHub": () => onGitHub(),
};
async function onGitHub(alerts: readonly object[] = ALERTS): Promise<GitHubTarget> {
  const target = await githubTarget(bare, folder(), alerts);
  onTestFinished(() => target.end());
  return target;
}

/** Passes of the bot, after which main is what it was, or what the bot makes of it; returns how main came to be. */
async function staysHonest(target: Target, passes = 3): Promise<"untouched" | "merged"> {
  const before = await target.resolve("main^{tree}");
  for (let pass = 0; pass < passes; pass++) {
    await target.pass();
    const tree = await target.resolve("main^{tree}");
    if (tree !== before) expect(tree, "main holds what the bot would not have written").toBe(honest.tree);
  }
  return (await target.resolve("main^{tree}")) === before ? "untouched" : "merged";
}

async function pullOn(target: Target, branch: string): Promise<VisiblePull> {
  const found = (await target.pulls()).find((pull) => pull.branch === branch);
  if (found === undefined) throw new Error(`no pull request on ${branch}`);
  return found;
}

/** The bot's own body, whose marker asks for another value. */
function withOtherEdit(body: string, to: string): string {
  const marker = decodeMarker(body);
  if (marker === undefined) throw new Error("no marker");
  const edits = marker.edits.map((edit) => (edit.kind === "remove" ? edit : { ...edit, to }));
  return `${withoutMarker(body).trimEnd()}\n\n${encodeMarker({ ...marker, edits })}`;
}

describe.each(Object.entries(makers))("on %s", (_, make) => {
  test("nobody interferes: the bot merges what the policy accepts, and nothing else", async () => {
    const target = await make();
    expect(await staysHonest(target)).toBe("merged");
    expect((await target.pulls()).map(({ branch }) => branch)).toEqual([OTHER]);
  });

  test.each([
    ["a workflow file", EVIL],
    ["a gutted guardrail", GUTTED],
    ["another value in the spec", { "agents/acme/triage.yaml": undefined }],
    ["a file where generated ones lie", { "deploy/staging/acme/triage/extra.yaml": "kind: ClusterRole\n" }],
  ])("a commit with the bot's addresses on its branch: %s", async (_what, files) => {
    const target = await make();
    await target.pass();
    await target.commit(BRANCH, files, { as: "bot" });
    await staysHonest(target);
  });

  test("the bot's commit amended, with its addresses", async () => {
    const target = await make();
    await target.pass();
    await amend(target, BRANCH, { ...honest.files, ...EVIL });
    await staysHonest(target);
  });

  test("a person's commit below the bot's, which is made again on top of it", async () => {
    const target = await make();
    await target.pass();
    const from = (await target.resolve("main")) ?? "";
    await target.commit("scratch", EVIL, { as: "bot", from });
    await target.setBranch(BRANCH, await target.commit("scratch", honest.files, { as: "bot" }));
    await staysHonest(target);
  });

  test("a pull request of a person's own, on the branch that the bot would take, with its title and marker", async () => {
    const target = await make();
    const from = (await target.resolve("main")) ?? "";
    await target.commit(BRANCH, { ...honest.files, ...EVIL }, { as: "bot", from });
    await target.open({ ...honest.pull, base: "main" });
    await staysHonest(target);
  });

  test("the same, and what it holds is what its marker says, which no rule has asked for", async () => {
    const target = await make();
    const from = (await target.resolve("main")) ?? "";
    const huge = Object.entries(honest.files).map(([path, text]) => [path, text.replaceAll("500Mi", "600Mi")]);
    await target.commit(BRANCH, Object.fromEntries(huge), { as: "bot", from });
    await target.open({ ...honest.pull, base: "main", body: withOtherEdit(honest.pull.body, "600Mi") });
    await staysHonest(target);
  });

  test("a pull request of a person's own on a branch of another name, with the bot's title and marker", async () => {
    const target = await make();
    const from = (await target.resolve("main")) ?? "";
    await target.commit("fix/triage", { ...honest.files, ...EVIL }, { as: "bot", from });
    await target.open({ ...honest.pull, branch: "fix/triage", base: "main" });
    await staysHonest(target);
    expect((await target.pulls()).some(({ branch }) => branch === "fix/triage")).toBe(true);
  });

  test("the body of the bot's pull request edited: its marker asks for another value", async () => {
    const target = await make();
    await target.pass();
    const { number, body } = await pullOn(target, BRANCH);
    await target.edit(number, { body: withOtherEdit(body, "600Mi") });
    await staysHonest(target, 4);
  });

  test("the base of the bot's pull request changed: nothing is merged into another branch", async () => {
    const target = await make();
    await target.pass();
    const before = await target.commit(
      "release",
      { "README.md": "Released\n" },
      { as: "person", from: (await target.resolve("main")) ?? "" },
    );
    await target.edit((await pullOn(target, BRANCH)).number, { base: "release" });
    await staysHonest(target);
    expect(await target.resolve("release")).toBe(before);
  });

  test("the branch put on another commit of the bot's own, whose merge is a person's", async () => {
    const target = await make();
    await target.pass();
    await target.setBranch(BRANCH, (await target.resolve(OTHER)) ?? "");
    await staysHonest(target);
  });

  test("a person's commit under their own name: hands off", async () => {
    const target = await make();
    await target.pass();
    await target.commit(BRANCH, EVIL, { as: "person" });
    expect(await staysHonest(target)).toBe("untouched");
  });

  test("a spoofed commit on the branch of a pull request that a person merges is not called the bot's work", async () => {
    const target = await make();
    await target.pass();
    await target.commit(OTHER, EVIL, { as: "bot" });
    const outcome = (await target.pass()).find(({ agent }) => agent === "acme/faq");
    const isRestored = (await target.resolve(`${OTHER}:.github`)) === undefined;
    expect(isRestored || outcome?.reason !== "up-to-date", `${outcome?.kind}: ${outcome?.reason}`).toBe(true);
  });
});

describe("on the test GitHub alone", () => {
  test("another pull request of the bot's, squashed onto this one's branch: by the bot, signed by GitHub, and not its work", async () => {
    const target = await onGitHub();
    await target.pass();
    await target.commit(OTHER, EVIL, { as: "person" });
    const { number } = await pullOn(target, OTHER);
    await target.edit(number, { base: BRANCH });
    expect((await target.robin.rest("PUT", `/pulls/${number}/merge`, { merge_method: "squash" })).status).toBe(200);
    await staysHonest(target);
  });

  test("a pull request from a fork, with the branch's name, the bot's title and its marker", async () => {
    const target = await onGitHub();
    const { world } = target.fleet.github;
    const mallory = addAccount(world, "mallory", "User");
    const { repository } = target.fleet;
    repository.collaborators.set("mallory", "read");
    const fork = await addRepository(world, {
      root: target.fleet.github.root,
      owner: "mallory",
      name: "fleet",
      fork: repository,
    });
    await fork.git.git("fetch", "--quiet", repository.git.dir, "main");
    const from = (await target.resolve("main")) ?? "";
    await push(world, fork, mallory, BRANCH, { ...honest.files, ...EVIL }, "A commit", { from, author: world.app.bot });
    await createPull(world, { kind: "user", user: mallory, token: "" }, repository, {
      ...honest.pull,
      baseRef: "main",
      headRef: `mallory:${BRANCH}`,
      draft: false,
    });
    await staysHonest(target);
  });

  test("a commit pushed in the moment of the merge: the merge names the head that was looked at", async () => {
    const target = await onGitHub();
    await target.pass();
    const { github } = target.fleet;
    let pushed = "";
    github.before = async ({ body }) => {
      if (pushed !== "" || !body.includes("mergePullRequest")) return;
      pushed = await target.commit(BRANCH, EVIL, { as: "bot" });
    };
    await staysHonest(target);
    expect(await target.resolve("main:.github")).toBeUndefined();
  });

  test.each(["OPEN", "CLOSED"] as const)(
    "an issue of a person with the bot's marker, %s, does not count: the bot opens its own",
    async (state) => {
      const missing = [
        alert("AgentSecretMissing", "triage", { cluster: "s1" }, { startsAt: new Date().toISOString() }),
      ];
      const target = await onGitHub(missing);
      const { github, repository, person } = target.fleet;
      await target.pass();
      const [own] = repository.issues.values();
      if (own === undefined) throw new Error("the bot opened no issue");
      repository.issues.delete(own.number);
      const caller = { kind: "user", user: person, token: "" } as const;
      const theirs = createIssue(github.world, caller, repository, { title: own.title, body: own.body });
      updateIssue(github.world, caller, theirs, { state });
      await target.pass();
      const found = [...repository.issues.values()].map(({ author, body, state: now }) => [author.login, body, now]);
      expect(found).toContainEqual(["robin", own.body, state]);
      expect(found.filter(([login]) => login === "raos-test[bot]")).toHaveLength(1);
    },
  );
});
