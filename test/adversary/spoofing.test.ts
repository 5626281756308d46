import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { decodeMarker, encodeMarker, withoutMarker } from "../../src/pr/marker.ts";
import { alert } from "../cli/alerting.ts";
import { createIssue, updateIssue } from "../github/issues.ts";
import { push } from "../github/people.ts";
import { createPull } from "../github/pulls.ts";
import { addAccount, addRepository } from "../github/world.ts";
import { branchOf, fleetOf, git, makeBare, outOfMemory, supervised } from "./fleet.ts";
import { type GitHubGround, githubGround } from "./github-ground.ts";
import { amend, type Ground, type Seen } from "./ground.ts";
import { localGround } from "./local-ground.ts";

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
let honest: { readonly tree: string; readonly pull: Seen; readonly files: Readonly<Record<string, string>> };
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "raos-spoofing-"));
  bare = join(root, "fleet.git");
  const agents = { triage: supervised("triage", "low-risk"), faq: supervised("faq", "never") };
  makeBare(bare, { ...fleetOf(agents), "policies/house.yaml": HOUSE });
  const folder = join(root, "honest");
  const ground = localGround(bare, folder, ALERTS);
  await ground.pass();
  const pull = (await ground.pulls()).find(({ branch }) => branch === BRANCH);
  if (pull === undefined) throw new Error("the bot opened nothing");
  const changed = git(join(folder, "local.git"), ["diff", "--name-only", "main", BRANCH]).split("\n");
  const files = changed.map((path) => [path, `${git(join(folder, "local.git"), ["show", `${BRANCH}:${path}`])}\n`]);
  await ground.pass();
  honest = { tree: (await ground.resolve("main^{tree}")) ?? "", pull, files: Object.fromEntries(files) };
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function folder(): string {
  const made = mkdtempSync(join(root, "ground-"));
  onTestFinished(() => {
    rmSync(made, { recursive: true, force: true });
    rmSync(`${made}.cache`, { recursive: true, force: true });
  });
  return made;
}

const makers: Readonly<Record<string, () => Promise<Ground>>> = {
  "the local forge": async () => localGround(bare, folder(), ALERTS),
  "the test GitHub": () => onGitHub(),
};
async function onGitHub(alerts: readonly object[] = ALERTS): Promise<GitHubGround> {
  const ground = await githubGround(bare, folder(), alerts);
  onTestFinished(() => ground.end());
  return ground;
}

/** Passes of the bot, after which main is what it was, or what the bot makes of it; returns how main came to be. */
async function staysHonest(ground: Ground, passes = 3): Promise<"untouched" | "merged"> {
  const before = await ground.resolve("main^{tree}");
  for (let pass = 0; pass < passes; pass++) {
    await ground.pass();
    const tree = await ground.resolve("main^{tree}");
    if (tree !== before) expect(tree, "main holds what the bot would not have written").toBe(honest.tree);
  }
  return (await ground.resolve("main^{tree}")) === before ? "untouched" : "merged";
}

async function pullOn(ground: Ground, branch: string): Promise<Seen> {
  const found = (await ground.pulls()).find((pull) => pull.branch === branch);
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
    const ground = await make();
    expect(await staysHonest(ground)).toBe("merged");
    expect((await ground.pulls()).map(({ branch }) => branch)).toEqual([OTHER]);
  });

  test.each([
    ["a workflow file", EVIL],
    ["a gutted guardrail", GUTTED],
    ["another value in the spec", { "agents/acme/triage.yaml": undefined }],
    ["a file where generated ones lie", { "deploy/staging/acme/triage/extra.yaml": "kind: ClusterRole\n" }],
  ])("a commit with the bot's addresses on its branch: %s", async (_what, files) => {
    const ground = await make();
    await ground.pass();
    await ground.commit(BRANCH, files, { as: "bot" });
    await staysHonest(ground);
  });

  test("the bot's commit amended, with its addresses", async () => {
    const ground = await make();
    await ground.pass();
    await amend(ground, BRANCH, { ...honest.files, ...EVIL });
    await staysHonest(ground);
  });

  test("a person's commit under the bot's, and the bot's made anew on it", async () => {
    const ground = await make();
    await ground.pass();
    const from = (await ground.resolve("main")) ?? "";
    await ground.commit("scratch", EVIL, { as: "bot", from });
    await ground.setBranch(BRANCH, await ground.commit("scratch", honest.files, { as: "bot" }));
    await staysHonest(ground);
  });

  test("a pull request of a person's own, on the branch that the bot would take, with its title and marker", async () => {
    const ground = await make();
    const from = (await ground.resolve("main")) ?? "";
    await ground.commit(BRANCH, { ...honest.files, ...EVIL }, { as: "bot", from });
    await ground.open({ ...honest.pull, base: "main" });
    await staysHonest(ground);
  });

  test("the same, and what it holds is what its marker says, which no rule has asked for", async () => {
    const ground = await make();
    const from = (await ground.resolve("main")) ?? "";
    const huge = Object.entries(honest.files).map(([path, text]) => [path, text.replaceAll("500Mi", "600Mi")]);
    await ground.commit(BRANCH, Object.fromEntries(huge), { as: "bot", from });
    await ground.open({ ...honest.pull, base: "main", body: withOtherEdit(honest.pull.body, "600Mi") });
    await staysHonest(ground);
  });

  test("a pull request of a person's own on a branch of another name, with the bot's title and marker", async () => {
    const ground = await make();
    const from = (await ground.resolve("main")) ?? "";
    await ground.commit("fix/triage", { ...honest.files, ...EVIL }, { as: "bot", from });
    await ground.open({ ...honest.pull, branch: "fix/triage", base: "main" });
    await staysHonest(ground);
    expect((await ground.pulls()).some(({ branch }) => branch === "fix/triage")).toBe(true);
  });

  test("the body of the bot's pull request edited: its marker asks for another value", async () => {
    const ground = await make();
    await ground.pass();
    const { number, body } = await pullOn(ground, BRANCH);
    await ground.edit(number, { body: withOtherEdit(body, "600Mi") });
    await staysHonest(ground, 4);
  });

  test("the base of the bot's pull request changed: nothing is merged into another branch", async () => {
    const ground = await make();
    await ground.pass();
    const before = await ground.commit(
      "release",
      { "README.md": "Released\n" },
      { as: "person", from: (await ground.resolve("main")) ?? "" },
    );
    await ground.edit((await pullOn(ground, BRANCH)).number, { base: "release" });
    await staysHonest(ground);
    expect(await ground.resolve("release")).toBe(before);
  });

  test("the branch put on another commit of the bot's own, whose merge is a person's", async () => {
    const ground = await make();
    await ground.pass();
    await ground.setBranch(BRANCH, (await ground.resolve(OTHER)) ?? "");
    await staysHonest(ground);
  });

  test("a person's commit without any pretence: hands off", async () => {
    const ground = await make();
    await ground.pass();
    await ground.commit(BRANCH, EVIL, { as: "person" });
    expect(await staysHonest(ground)).toBe("untouched");
  });

  test("a spoofed commit on the branch of a pull request that a person merges is not called the bot's work", async () => {
    const ground = await make();
    await ground.pass();
    await ground.commit(OTHER, EVIL, { as: "bot" });
    const outcome = (await ground.pass()).find(({ agent }) => agent === "acme/faq");
    const isRestored = (await ground.resolve(`${OTHER}:.github`)) === undefined;
    expect(isRestored || outcome?.reason !== "up-to-date", `${outcome?.kind}: ${outcome?.reason}`).toBe(true);
  });
});

describe("on the test GitHub alone", () => {
  test("another pull request of the bot's, squashed onto this one's branch: by the bot, signed by GitHub, and not its work", async () => {
    const ground = await onGitHub();
    await ground.pass();
    await ground.commit(OTHER, EVIL, { as: "person" });
    const { number } = await pullOn(ground, OTHER);
    await ground.edit(number, { base: BRANCH });
    expect((await ground.robin.rest("PUT", `/pulls/${number}/merge`, { merge_method: "squash" })).status).toBe(200);
    await staysHonest(ground);
  });

  test("a pull request from a fork, with the branch's name, the bot's title and its marker", async () => {
    const ground = await onGitHub();
    const { world } = ground.fleet.github;
    const mallory = addAccount(world, "mallory", "User");
    const { repository } = ground.fleet;
    repository.collaborators.set("mallory", "read");
    const fork = await addRepository(world, {
      root: ground.fleet.github.root,
      owner: "mallory",
      name: "fleet",
      fork: repository,
    });
    await fork.git.git("fetch", "--quiet", repository.git.dir, "main");
    const from = (await ground.resolve("main")) ?? "";
    await push(world, fork, mallory, BRANCH, { ...honest.files, ...EVIL }, "A commit", { from, author: world.app.bot });
    await createPull(world, { kind: "user", user: mallory, token: "" }, repository, {
      ...honest.pull,
      baseRef: "main",
      headRef: `mallory:${BRANCH}`,
      draft: false,
    });
    await staysHonest(ground);
  });

  test("a commit pushed in the moment of the merge: the merge names the head that was looked at", async () => {
    const ground = await onGitHub();
    await ground.pass();
    const { github } = ground.fleet;
    let pushed = "";
    github.before = async ({ body }) => {
      if (pushed !== "" || !body.includes("mergePullRequest")) return;
      pushed = await ground.commit(BRANCH, EVIL, { as: "bot" });
    };
    await staysHonest(ground);
    expect(await ground.resolve("main:.github")).toBeUndefined();
  });

  test.each(["OPEN", "CLOSED"] as const)(
    "an issue of a person's with the bot's marker, %s, is nobody's answer: the bot opens its own",
    async (state) => {
      const missing = [
        alert("AgentSecretMissing", "triage", { cluster: "s1" }, { startsAt: new Date().toISOString() }),
      ];
      const ground = await onGitHub(missing);
      const { github, repository, person } = ground.fleet;
      await ground.pass();
      const [own] = repository.issues.values();
      if (own === undefined) throw new Error("the bot opened no issue");
      repository.issues.delete(own.number);
      const caller = { kind: "user", user: person, token: "" } as const;
      const theirs = createIssue(github.world, caller, repository, { title: own.title, body: own.body });
      updateIssue(github.world, caller, theirs, { state });
      await ground.pass();
      const found = [...repository.issues.values()].map(({ author, body, state: now }) => [author.login, body, now]);
      expect(found).toContainEqual(["robin", own.body, state]);
      expect(found.filter(([login]) => login === "raos-test[bot]")).toHaveLength(1);
    },
  );
});
