import { describe, expect, it } from "vitest";
import { readCommit } from "../../servers/github/git/commits.ts";
import { verify } from "../../servers/github/git/signatures.ts";
import { push } from "../../servers/github/model/people.ts";
import { addAccount, addRepository } from "../../servers/github/model/world.ts";
import { fleetOnGitHub } from "../../servers/github/setup.ts";
import { proposalFor } from "../../support/forge/proposal.ts";
import { counted, fault, open, pullsOf, start } from "./start.ts";

describe("writes at GitHub", () => {
  it("a new pull request is one, an update one, its text one, a replay two, a close one, and nothing to do none", async () => {
    const at = await start();
    // As the reconciler does: the pull requests of many branches are read at once, and then nothing more is read.
    await at.forge.pullRequests(["raos/agent/acme/a"]);
    expect(counted(at)).toEqual({ writes: 0, reads: 2 });
    const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    expect(counted(at)).toEqual({ writes: 1, reads: 0 });
    const updated = await at.forge.update(pull, proposalFor("a", { "deploy/a.yaml": "a: 3\n" }), at.base, false);
    expect(counted(at)).toEqual({ writes: 1, reads: 2 });
    const renamed = await at.forge.update(
      updated,
      proposalFor("a", { "deploy/a.yaml": "a: 3\n" }, { title: "Another title" }),
      at.base,
      false,
    );
    expect(counted(at)).toEqual({ writes: 1, reads: 2 });
    expect(renamed.head).toBe(updated.head);
    await at.forge.update(
      renamed,
      proposalFor("a", { "deploy/a.yaml": "a: 3\n" }, { title: "Another title" }),
      at.base,
      false,
    );
    expect(counted(at)).toEqual({ writes: 0, reads: 2 });
    expect(await at.forge.pullRequests([])).toMatchObject({
      complete: true,
      pulls: [{ number: 1, head: updated.head, botOnly: true }],
    });
    expect(counted(at)).toEqual({ writes: 0, reads: 1 });
    const main = await push(
      at.github.world,
      at.repository,
      at.person,
      "main",
      { "deploy/a.yaml": "a: 9\n" },
      "A person's change",
    );
    const replayed = await at.forge.update(
      renamed,
      proposalFor("a", { "deploy/a.yaml": "a: 10\n" }),
      { branch: "main", sha: main },
      true,
    );
    expect(counted(at)).toEqual({ writes: 2, reads: 2 });
    await at.forge.close(replayed, "It is no longer needed.");
    expect(counted(at)).toEqual({ writes: 1, reads: 1 });
    expect(pullsOf(at)).toEqual([{ number: 1, state: "CLOSED", headRef: "raos/agent/acme/a", title: "Change a" }]);
    expect(await at.repository.git.resolve("refs/heads/raos/agent/acme/a")).toBeUndefined();
  });

  it("labels and reviewers cost one more, and are looked up once", async () => {
    const at = await start();
    await at.forge.pullRequests(["raos/agent/acme/a", "raos/agent/acme/b"]);
    counted(at);
    const rich = { labels: ["raos", "brand-new"], reviewers: ["@robin"] };
    const first = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }, rich), at.base);
    expect(first.labels).toEqual(["raos", "brand-new"]);
    expect(counted(at)).toEqual({ writes: 3, reads: 3 });
    const second = await at.forge.open(proposalFor("b", { "deploy/b.yaml": "b: 2\n" }, rich), at.base);
    expect(counted(at)).toEqual({ writes: 2, reads: 1 });
    expect(at.repository.pulls.get(second.number)?.reviewers.map(({ login }) => login)).toEqual(["robin"]);
    await at.forge.update(second, proposalFor("b", { "deploy/b.yaml": "b: 3\n" }, rich), at.base, false);
    expect(counted(at)).toEqual({ writes: 1, reads: 2 });
  });

  it("makes a label once, however many writers need it at the same time", async () => {
    const at = await start();
    const names = ["a", "b", "c", "d", "e", "f"];
    const pulls = await Promise.all(
      names.map((name) => at.forge.open(proposalFor(name, { [`${name}.yaml`]: "x\n" }, { labels: ["new"] }), at.base)),
    );
    expect(pulls.map(({ labels }) => labels)).toEqual(names.map(() => ["new"]));
    expect([...at.repository.labels.keys()].sort()).toEqual(["new", "raos"]);
  });

  it("is opened although a reviewer is unknown to GitHub", async () => {
    const at = await start();
    const warnings: unknown[] = [];
    const forge = at.connect({ warn: (fields) => warnings.push(fields) });
    const pull = await forge.open(
      proposalFor(
        "a",
        { "deploy/a.yaml": "a: 2\n" },
        { labels: ["raos"], reviewers: ["@nobody", "@acme/nobodies", "@acme/platform"] },
      ),
      at.base,
    );
    expect(pull).toMatchObject({ number: 1, labels: ["raos"] });
    expect(warnings).toEqual([
      { kind: "reviewer", unknown: ["@nobody"] },
      { kind: "reviewer", unknown: ["@acme/nobodies"] },
    ]);
    expect(at.repository.pulls.get(1)?.teams.map(({ slug }) => slug)).toEqual(["platform"]);
  });

  it("makes verified commits by the app", async () => {
    const at = await start();
    const { head } = await at.forge.open(
      proposalFor("a", { "deploy/a.yaml": "a: 2\n", "deploy/b.yaml": undefined, "deploy/ü/c.yaml": "ünïcode\n" }),
      at.base,
    );
    const commit = await readCommit(at.repository.git, head);
    expect(commit && verify(at.github.world, commit)).toMatchObject({ state: "VALID", wasSignedByGitHub: true });
    expect(await at.repository.git.git("show", "-s", "--format=%an <%ae> %cn %s|%b", head)).toBe(
      `raos-test[bot] <104242+raos-test[bot]@users.noreply.github.com> GitHub Change a|Because its spec did.\n\n`,
    );
    expect(await at.repository.git.git("diff", "--name-status", "-z", `${at.base.sha}..${head}`)).toBe(
      "M\0deploy/a.yaml\0D\0deploy/b.yaml\0A\0deploy/ü/c.yaml\0",
    );
    expect(await at.repository.git.git("fsck", "--strict")).toBe("");
  });
});

describe("reading", () => {
  it("pages through many, and finds closed ones behind those of forks", async () => {
    const at = await start();
    const closed = await at.forge.open(proposalFor("closed", { "deploy/a.yaml": "a: 0\n" }), at.base);
    await at.forge.close(closed, "No.");
    const mallory = addAccount(at.github.world, "mallory", "User");
    const fork = await addRepository(at.github.world, {
      root: at.github.root,
      owner: "mallory",
      name: "fleet",
      fork: at.repository,
      isPrivate: false,
    });
    await fork.git.git("fetch", "--quiet", at.repository.git.dir, "+refs/heads/main:refs/heads/main");
    await push(at.github.world, fork, mallory, closed.branch, { "deploy/a.yaml": "evil\n" }, "Evil");
    const caller = { kind: "user", user: mallory, token: "" } as const;
    const { createPull, updatePull } = await import("../../servers/github/pulls/pulls.ts");
    at.repository.collaborators.set("mallory", "write");
    for (let count = 0; count < 7; count++) {
      const pull = await createPull(at.github.world, caller, at.repository, {
        title: "Evil",
        body: "",
        baseRef: "main",
        headRef: `mallory:${closed.branch}`,
        draft: false,
      });
      if (count < 6) await updatePull(at.github.world, caller, pull, { state: "CLOSED" });
    }
    for (let count = 0; count < 105; count++)
      await at.forge.open(proposalFor(`n${count}`, { [`deploy/n${count}.yaml`]: "n\n" }), at.base);
    counted(at);
    const standing = await at.forge.pullRequests([closed.branch, "raos/agent/acme/unknown"]);
    expect(standing.complete).toBe(true);
    expect(standing.pulls.filter(({ state }) => state === "open")).toHaveLength(105);
    expect(
      standing.pulls.filter(({ state }) => state === "closed").map(({ number, closedByBot }) => [number, closedByBot]),
    ).toEqual([[1, true]]);
    expect(counted(at)).toEqual({ writes: 0, reads: 4 });
  });

  it("is not complete where GitHub gives no page, and says what it has", async () => {
    const at = await start();
    await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    fault(at, { kind: "status", status: 502, effect: false, times: 1000, body: "query Closed" });
    expect(await at.forge.pullRequests(["raos/agent/acme/b"])).toMatchObject({
      complete: false,
      pulls: [{ number: 1 }],
    });
  });

  it("asks for smaller pages where a whole one is too much", async () => {
    const at = await start();
    for (let count = 0; count < 30; count++)
      await at.forge.open(proposalFor(`n${count}`, { [`deploy/n${count}.yaml`]: "n\n" }), at.base);
    fault(at, { kind: "status", status: 502, effect: false, times: 1000, body: '"size":100' });
    const standing = await at.forge.pullRequests([]);
    expect([standing.complete, standing.pulls.length]).toEqual([true, 30]);
  });

  it("retries what was cut off", async () => {
    const at = await start();
    await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    fault(at, { kind: "truncate", times: 2, body: "query Open" });
    expect(await at.forge.pullRequests([])).toMatchObject({ complete: true, pulls: [{ number: 1 }] });
  });

  it("costs nothing of the rate limit where nothing changed", async () => {
    const at = await start();
    const before = at.github.limiter.spend(
      {
        kind: "installation",
        app: at.github.world.app,
        installation: at.installation,
        permissions: {},
        repositoryIds: undefined,
        token: "",
      },
      "core",
      0,
    ).used;
    for (let count = 0; count < 5; count++) await at.forge.defaultBranch();
    const after = at.github.limiter.spend(
      {
        kind: "installation",
        app: at.github.world.app,
        installation: at.installation,
        permissions: {},
        repositoryIds: undefined,
        token: "",
      },
      "core",
      0,
    ).used;
    expect(after).toBe(before);
    expect(at.github.requests.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 304));
  });

  it("knows a person's commits, amended ones too, and a bot's closing from a person's", async () => {
    const at = await start();
    const a = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    const b = await at.forge.open(proposalFor("b", { "deploy/b.yaml": "b: 2\n" }), at.base);
    await push(at.github.world, at.repository, at.person, a.branch, { "deploy/a.yaml": "mine\n" }, "A person's work");
    expect((await at.forge.pull(a.number))?.botOnly).toBe(false);
    const { updatePull } = await import("../../servers/github/pulls/pulls.ts");
    const other = at.repository.pulls.get(b.number);
    if (other === undefined) throw new Error("no pull request");
    await updatePull(at.github.world, { kind: "user", user: at.person, token: "" }, other, { state: "CLOSED" });
    expect(await at.forge.pull(b.number)).toMatchObject({ state: "closed", closedByBot: false });
    expect(await at.forge.pull(99)).toBeUndefined();
  });

  it("takes no marker from a person's comment", async () => {
    const at = await start();
    const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    const { addComment } = await import("../../servers/github/pulls/comments.ts");
    const stored = at.repository.pulls.get(pull.number);
    if (stored === undefined) throw new Error("no pull request");
    addComment(
      at.github.world,
      { kind: "user", user: at.person, token: "" },
      stored,
      "<!-- raos:hands-off --> <!-- raos:closed -->",
    );
    expect(await at.forge.pull(pull.number)).toMatchObject({ handsOff: false, closedByBot: false });
  });
});

describe("an empty repository", () => {
  it("has a default branch without a head", async () => {
    const fleet = await fleetOnGitHub(undefined);
    open.push(fleet);
    expect(await fleet.forge().defaultBranch()).toMatchObject({ name: "main", sha: undefined });
    // GitHub answers 409, and would answer it again: nothing is repeated.
    const refs = fleet.github.requests.filter(({ path }) => path.includes("/git/ref/"));
    expect(refs.map(({ status }) => status)).toEqual([409]);
    expect(await fleet.forge().pullRequests(["raos/x"])).toMatchObject({ pulls: [], complete: true });
  });
});
