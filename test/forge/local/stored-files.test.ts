import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLocalForge, type LocalForge } from "../../../src/forge/local/forge.ts";
import { openRepository, type Repository } from "../../../src/git/repository.ts";
import { BRANCH, change, proposal } from "../../support/forge/proposal.ts";
import { openWorkshop, PERSON, type Workshop } from "../../support/git/repository.ts";

let workshop: Workshop;
let base: { readonly branch: string; readonly sha: string };
const opened: { readonly repository: Repository; readonly forge: LocalForge }[] = [];
beforeEach(async () => {
  workshop = await openWorkshop("bare");
  base = { branch: "main", sha: await workshop.commit("main", { "raos.yaml": "1\n" }) };
});
afterEach(async () => {
  for (const { forge, repository } of opened.splice(0)) {
    await forge.dispose();
    await repository.close();
  }
  await workshop.remove();
});

async function forgeAt(dir = workshop.dir): Promise<LocalForge> {
  const repository = await openRepository(dir, { env: process.env, cache: join(workshop.root, "cache") });
  const forge = createLocalForge(repository, { clock: () => 1_700_000_000_000, person: PERSON });
  opened.push({ repository, forge });
  return forge;
}

describe("what people do with Git alone", () => {
  test("a merge by hand is a merge", async () => {
    const forge = await forgeAt();
    const pull = await forge.open(proposal({}), base);
    const tree = await workshop.git("rev-parse", `${pull.head}^{tree}`);
    const merged = await workshop.git("commit-tree", "-p", base.sha, "-p", pull.head, "-m", "by hand", tree);
    await workshop.git("update-ref", "refs/heads/main", merged);
    expect(await forge.pull(pull.number)).toMatchObject({ state: "merged" });
    await workshop.git("branch", "-D", BRANCH);
    expect(await forge.pull(pull.number)).toMatchObject({ state: "merged", closedByBot: false });
    expect((await forge.pullRequests([BRANCH])).pulls).toMatchObject([{ state: "merged" }]);
  });

  test("a branch put back to its base is a no", async () => {
    const forge = await forgeAt();
    const pull = await forge.open(proposal({}), base);
    await workshop.git("update-ref", `refs/heads/${BRANCH}`, base.sha);
    expect(await forge.pull(pull.number)).toMatchObject({ state: "closed", closedByBot: false });
    const next = await forge.open(proposal({ files: [change("x.yaml", "x\n")] }), base);
    expect(next.number).toBe(2);
  });

  test("the bot's own commit, made again by a person, is a person's", async () => {
    const forge = await forgeAt();
    const pull = await forge.open(proposal({}), base);
    const raw = await workshop.git("cat-file", "commit", pull.head);
    const theirs = raw.replace(/^committer .*? </m, "committer Robin Doe <");
    const sha = await workshop.gitWith(`${theirs}\n`, "hash-object", "-t", "commit", "-w", "--stdin");
    await workshop.git("update-ref", `refs/heads/${BRANCH}`, sha);
    expect(await forge.pull(pull.number)).toMatchObject({ botOnly: false, head: sha });
  });

  test("a clone with the refs has everything, and its history is readable", async () => {
    const forge = await forgeAt();
    const one = await forge.open(proposal({}), base);
    await forge.commentHandsOff(one, "Yours.");
    const two = await forge.open(proposal({ branch: "raos/agent/acme/other" }), base);
    await forge.close(two, "No longer needed.");
    const clone = join(workshop.root, "clone");
    await workshop.git("clone", "--quiet", "--mirror", `file://${workshop.dir}`, clone);
    const there = await forgeAt(clone);
    const shown = ({ url: _, ...pull }: { readonly url: string }) => pull;
    // Who made them is known where they were made, and nowhere else.
    const unproven = (await forge.list("all")).map((pull) => ({ ...shown(pull), textByBot: false }));
    expect((await there.list("all")).map(shown)).toEqual(unproven);
    expect(await there.comments(2)).toEqual([
      { author: "raos[bot]", body: "No longer needed.", at: 1_700_000_000_000 },
    ]);
    expect(await there.diff(2)).toContain("+replicas: 1");
    expect(await workshop.git("log", "--format=%an: %s", "refs/raos/pulls/2/meta")).toBe(
      "raos[bot]: Closed\nraos[bot]: Opened: Deploy triage",
    );
    expect(await workshop.git("for-each-ref", "--format=%(refname)", "refs/raos")).not.toContain("import");
    await workshop.git("fsck", "--strict");
  });
});

describe("what lies in the refs is outside text", () => {
  async function plant(number: string, files: Readonly<Record<string, string>>, head = base.sha): Promise<void> {
    const sha = await workshop.commit(`planted-${number}`, files);
    await workshop.git("update-ref", `refs/raos/pulls/${number}/meta`, sha);
    await workshop.git("update-ref", `refs/raos/pulls/${number}/head`, head);
    await workshop.git("branch", "-D", `planted-${number}`);
  }
  const whole = {
    version: 1,
    title: "t",
    body: "b",
    branch: "raos/agent/x/y",
    base: "main",
    baseSha: "1".repeat(40),
    state: "open",
    labels: [],
    reviewers: [],
    createdAt: 1,
    handsOff: false,
    comments: 0,
  };

  test.each([
    ["nothing", {}],
    ["no JSON", { "pull.json": "{" }],
    ["another shape", { "pull.json": "[]" }],
    ["an unknown field", { "pull.json": JSON.stringify({ ...whole, admin: true }) }],
    ["an unknown state", { "pull.json": JSON.stringify({ ...whole, state: "approved" }) }],
    ["a body too long", { "pull.json": JSON.stringify({ ...whole, body: "x".repeat(65_537) }) }],
    ["a file too large", { "pull.json": `${JSON.stringify(whole)}${" ".repeat(2_000_000)}` }],
    ["a folder", { "pull.json/x": "x" }],
  ])("%s: the read is doubtful, and the rest is still read", async (_, files) => {
    const forge = await forgeAt();
    const good = await forge.open(proposal({}), base);
    await plant("7", { readme: "x", ...files });
    const { pulls, complete } = await forge.pullRequests([]);
    expect(complete).toBe(false);
    expect(pulls.map(({ number }) => number)).toEqual([good.number]);
    await expect(forge.comments(7)).rejects.toMatchObject({ code: "not-found" });
    expect((await forge.open(proposal({ branch: "raos/agent/acme/next" }), base)).number).toBe(2);
  });

  test("names in it lead nowhere else", async () => {
    const forge = await forgeAt();
    const files = {
      "pull.json": JSON.stringify({ ...whole, branch: "../../config", base: "--help", baseSha: base.sha }),
    };
    await plant("7", files);
    const [pull] = await forge.list("all");
    expect(pull).toMatchObject({ number: 7, base: "main", state: "merged" });
    expect(await forge.diff(7)).toBe("");
    await plant("8", files, await workshop.commit("side", { x: "1" }));
    expect(await forge.pull(8)).toMatchObject({ state: "closed" });
  });

  test("refs that are none of a pull request's are left alone", async () => {
    for (const ref of [
      "refs/raos/pulls/x/meta",
      "refs/raos/pulls/0/meta",
      "refs/raos/pulls/1e3/meta",
      "refs/raos/pulls/9/other",
      "refs/raos/issues/1/meta",
    ]) {
      await workshop.git("update-ref", ref, base.sha);
    }
    const forge = await forgeAt();
    expect(await forge.pullRequests([])).toMatchObject({ pulls: [], complete: true });
    expect((await forge.open(proposal({}), base)).number).toBe(1);
  });
});

describe("many", () => {
  test("a thousand are opened with one write, read at once, and are distinct", async () => {
    const forge = await forgeAt();
    const agents = Array.from({ length: 1000 }, (_, index) => `agent-${index}`);
    const proposals = agents.map((agent) =>
      proposal({
        branch: `raos/agent/acme/${agent}`,
        title: agent,
        files: [change(`deploy/${agent}.yaml`, `${agent}\n`)],
      }),
    );
    const pulls = await Promise.all(proposals.map((proposal) => forge.open(proposal, base)));
    expect(pulls.map(({ number }) => number)).toEqual(agents.map((_, index) => index + 1));
    const { pulls: standing, complete } = await (await forgeAt()).pullRequests([]);
    expect(complete).toBe(true);
    expect(standing).toEqual(pulls);
    expect(standing.every(({ botOnly }) => botOnly === true)).toBe(true);
  });

  test("writers that share a repository end with one pull request for each branch", async () => {
    const forges = await Promise.all([forgeAt(), forgeAt(), forgeAt()]);
    const branches = Array.from({ length: 6 }, (_, index) => `raos/agent/acme/a${index}`);
    const all = await Promise.all(
      forges.flatMap((forge) => branches.map((branch) => forge.open(proposal({ branch }), base))),
    );
    const byBranch = Map.groupBy(all, (pull) => pull.branch);
    for (const pulls of byBranch.values()) expect(new Set(pulls.map(({ number }) => number)).size).toBe(1);
    expect(new Set(all.map(({ number }) => number)).size).toBe(6);
    expect(await forges[0]?.list("open")).toHaveLength(6);
  });
});
