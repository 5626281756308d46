import { afterEach, describe, expect, it } from "vitest";
import type { Base } from "../../src/forge/forge.ts";
import type { Fault } from "../github/faults.ts";
import { readFault } from "../github/faults.ts";
import { push, setBranch } from "../github/people.ts";
import { proposalFor } from "../github/proposal.ts";
import { updateRefs } from "../github/refs.ts";
import type { GitHubOptions } from "../github/server.ts";
import { type Fleet, fleetOnGitHub } from "../github/setup.ts";
import { addAccount, addRepository } from "../github/world.ts";

const FILES = { "deploy/a.yaml": "a: 1\n", "deploy/b.yaml": "b: 1\n", "README.md": "The fleet\n" };
const open: Fleet[] = [];
afterEach(async () => {
  for (const fleet of open.splice(0)) await fleet.github.close();
});

async function start(options: GitHubOptions = {}) {
  const fleet = await fleetOnGitHub(FILES, options);
  open.push(fleet);
  const forge = fleet.forge();
  const { name, sha } = await forge.defaultBranch();
  if (sha === undefined) throw new Error("no head");
  const base: Base = { branch: name, sha };
  // Whatever is asked once (token, repository, schema) is asked now, so that the rest can be counted.
  await forge.pull(1);
  await forge.close({ ...NOBODY }, "").catch(() => {});
  fleet.github.requests.splice(0);
  return { ...fleet, forge, base };
}
const NOBODY = {
  number: 0,
  id: "PR_",
  url: "",
  title: "",
  body: "",
  branch: "raos/nobody",
  base: "main",
  head: "0".repeat(40),
  state: "open",
  labels: [],
  botOnly: true,
  closedByBot: false,
  handsOff: false,
  createdAt: 0,
} as const;

type Started = Awaited<ReturnType<typeof start>>;

/** What was sent since the last count: writes and reads. */
function counted({ github }: Started): { readonly writes: number; readonly reads: number } {
  const sent = github.requests.splice(0);
  const writes = sent.filter(({ method, body }) => method !== "GET" && !/"query":"\s*query/.test(body)).length;
  return { writes, reads: sent.length - writes };
}

function fault({ github }: Started, wanted: Partial<Fault>): void {
  github.faults.push(readFault({ ...wanted }));
}

function pullsOf({ repository }: Started) {
  return [...repository.pulls.values()].map(({ number, state, headRef, title }) => ({ number, state, headRef, title }));
}

async function file({ repository }: Started, revision: string, path: string): Promise<string | undefined> {
  return (await repository.git.object(`${revision}:${path}`))?.bytes.toString();
}

describe("writes at GitHub", () => {
  it("a new pull request is one, an update one, its text one, a replay two, a close one, and nothing to do none", async () => {
    const at = await start();
    // As the reconciler does: what stands is read for many branches at once, and then nothing more is asked.
    await at.forge.standing(["raos/agent/acme/a"]);
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
    expect(await at.forge.standing([])).toMatchObject({
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
    await at.forge.standing(["raos/agent/acme/a", "raos/agent/acme/b"]);
    counted(at);
    const rich = { labels: ["raos", "brand-new"], reviewers: ["@robin"] };
    const first = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }, rich), at.base);
    expect(first.labels).toEqual(["raos", "brand-new"]);
    expect(counted(at)).toEqual({ writes: 3, reads: 2 });
    const second = await at.forge.open(proposalFor("b", { "deploy/b.yaml": "b: 2\n" }, rich), at.base);
    expect(counted(at)).toEqual({ writes: 2, reads: 0 });
    expect(at.repository.pulls.get(second.number)?.reviewers.map(({ login }) => login)).toEqual(["robin"]);
    await at.forge.update(second, proposalFor("b", { "deploy/b.yaml": "b: 3\n" }, rich), at.base, false);
    expect(counted(at)).toEqual({ writes: 1, reads: 2 });
  });

  it("stands although a reviewer is unknown to GitHub", async () => {
    const at = await start();
    const warnings: unknown[] = [];
    const forge = at.forge;
    const pull = await forge.open(
      proposalFor(
        "a",
        { "deploy/a.yaml": "a: 2\n" },
        { labels: ["raos"], reviewers: ["@nobody", "@acme/nobodies", "@acme/platform"] },
      ),
      at.base,
    );
    expect(pull).toMatchObject({ number: 1, labels: ["raos"] });
    expect(warnings).toEqual([]);
  });

  it("makes verified commits by the app", async () => {
    const at = await start();
    const { head } = await at.forge.open(
      proposalFor("a", { "deploy/a.yaml": "a: 2\n", "deploy/b.yaml": undefined, "deploy/ü/c.yaml": "ünïcode\n" }),
      at.base,
    );
    expect(at.repository.signed.has(head)).toBe(true);
    expect(await at.repository.git.git("show", "-s", "--format=%an <%ae> %cn %s|%b", head)).toBe(
      `raos-test[bot] <104242+raos-test[bot]@users.noreply.github.com> GitHub Change a|Because its spec did.\n\n`,
    );
    expect(await at.repository.git.git("diff", "--name-status", "-z", `${at.base.sha}..${head}`)).toBe(
      "M\0deploy/a.yaml\0D\0deploy/b.yaml\0A\0deploy/ü/c.yaml\0",
    );
    expect(await at.repository.git.git("fsck", "--strict")).toBe("");
  });
});

describe("an answer that is lost", () => {
  const kinds = [
    { kind: "status", status: 502, effect: true },
    { kind: "status", status: 502, effect: false },
    { kind: "status", status: 500, effect: true },
    { kind: "reset", effect: true },
    { kind: "reset", effect: false },
    { kind: "truncate", effect: true },
  ] as const;

  it.each(kinds)("to opening, $kind $status with effect $effect: one pull request all the same", async (how) => {
    const at = await start();
    fault(at, { ...how, body: "createPullRequest" });
    const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    expect(pullsOf(at)).toEqual([{ number: 1, state: "OPEN", headRef: "raos/agent/acme/a", title: "Change a" }]);
    expect(await file(at, pull.head, "deploy/a.yaml")).toBe("a: 2\n");
    expect(await at.repository.git.resolve("refs/heads/raos/agent/acme/a")).toBe(pull.head);
    expect(counted(at)).toEqual(how.effect ? { writes: 1, reads: 4 } : { writes: 2, reads: 2 });
  });

  it.each(kinds)("to an update, $kind $status with effect $effect: one commit all the same", async (how) => {
    const at = await start();
    const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    fault(at, { ...how, body: "updatePullRequest" });
    const updated = await at.forge.update(pull, proposalFor("a", { "deploy/a.yaml": "a: 3\n" }), at.base, false);
    expect(await at.forge.pull(1)).toMatchObject({ head: updated.head, body: updated.body, botOnly: true });
    expect(await file(at, updated.head, "deploy/a.yaml")).toBe("a: 3\n");
    expect(await at.repository.git.git("rev-list", "--count", `${at.base.sha}..${updated.head}`)).toBe("2\n");
  });

  it.each(kinds)(
    "to either half of a replay, $kind $status with effect $effect: the pull request stays open",
    async (how) => {
      for (const body of ["createCommitOnBranch", "updatePullRequest"]) {
        const at = await start();
        const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
        const sha = await push(
          at.github.world,
          at.repository,
          at.person,
          "main",
          { "deploy/a.yaml": "a: 9\n" },
          "A person's change",
        );
        fault(at, { ...how, body });
        const replayed = await at.forge.update(
          pull,
          proposalFor("a", { "deploy/a.yaml": "a: 10\n" }),
          { branch: "main", sha },
          true,
        );
        expect(await at.forge.pull(1)).toMatchObject({
          state: "open",
          head: replayed.head,
          body: replayed.body,
          botOnly: true,
        });
        expect(await at.repository.git.git("rev-list", "--count", `${sha}..${replayed.head}`)).toBe("1\n");
        expect(await at.repository.git.git("for-each-ref", "--format=%(refname)", "refs/heads")).toBe(
          "refs/heads/main\nrefs/heads/raos/agent/acme/a\n",
        );
      }
    },
  );

  it.each(kinds)("to a close, $kind $status with effect $effect: closed with one comment", async (how) => {
    const at = await start();
    const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    fault(at, { ...how, body: "closePullRequest" });
    await at.forge.close(pull, "It is no longer needed.");
    expect(await at.forge.pull(1)).toMatchObject({ state: "closed", closedByBot: true });
    expect(at.repository.pulls.get(1)?.comments).toHaveLength(1);
    expect(await at.repository.git.resolve("refs/heads/raos/agent/acme/a")).toBeUndefined();
  });

  it.each(kinds)("to hands off, $kind $status with effect $effect: said once", async (how) => {
    const at = await start();
    const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    fault(at, { ...how, body: "addComment" });
    await at.forge.handsOff(pull, "Your commit is safe.");
    expect(at.repository.pulls.get(1)?.comments).toHaveLength(1);
    const said = await at.forge.pull(1);
    expect(said?.handsOff).toBe(true);
    if (said !== undefined) await at.forge.handsOff(said, "Your commit is safe.");
    expect(at.repository.pulls.get(1)?.comments).toHaveLength(1);
  });

  it.each(kinds)("to a merge, $kind $status with effect $effect: merged once", async (how) => {
    const at = await start();
    const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    fault(at, { ...how, body: "mergePullRequest" });
    const sha = await at.forge.merge(pull);
    expect(await at.forge.defaultBranch()).toEqual({ name: "main", sha });
    expect(await at.repository.git.git("rev-list", "--count", "--first-parent", `${at.base.sha}..main`)).toBe("1\n");
  });

  it("every time: an error that says so, and no second pull request later", async () => {
    const at = await start();
    fault(at, { kind: "status", status: 502, effect: true, times: 1000, route: "POST /graphql" });
    await expect(at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base)).rejects.toMatchObject({
      name: "ForgeError",
      code: "unavailable",
    });
    at.github.faults.splice(0);
    await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    expect(pullsOf(at)).toHaveLength(1);
  });
});

describe("what an earlier run left behind", () => {
  it("a branch without a pull request starts anew", async () => {
    const at = await start();
    fault(at, { kind: "status", status: 500, effect: false, body: "createPullRequest" });
    const person = at.github.world;
    const caller = {
      kind: "installation",
      app: person.app,
      installation: at.installation,
      permissions: at.installation.permissions,
      repositoryIds: undefined,
      token: "",
    } as const;
    await updateRefs(person, caller, at.repository, [
      { ref: "refs/heads/raos/agent/acme/a", after: at.base.sha, force: false },
    ]);
    const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    expect(await at.repository.git.git("rev-list", "--count", `${at.base.sha}..${pull.head}`)).toBe("1\n");
    expect(await file(at, pull.head, "deploy/a.yaml")).toBe("a: 2\n");
  });

  it("a branch with an older content is not taken for the new one", async () => {
    const at = await start();
    const first = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    const stored = at.repository.pulls.get(first.number);
    // As if the first document had ended after its commit: the branch is there, the pull request is not.
    at.repository.pulls.delete(first.number);
    at.repository.pullsByBranch.delete(first.branch);
    expect(stored?.state).toBe("OPEN");
    const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 3\n" }), at.base);
    expect(pullsOf(at).filter(({ state }) => state === "OPEN")).toHaveLength(1);
    expect(await at.forge.pull(pull.number)).toMatchObject({ head: pull.head, body: pull.body, state: "open" });
    expect(await file(at, pull.head, "deploy/a.yaml")).toBe("a: 3\n");
  });

  it("an open pull request of the same branch is brought up to date", async () => {
    const at = await start();
    await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    const again = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 3\n" }, { title: "Newer" }), at.base);
    expect(pullsOf(at)).toEqual([{ number: 1, state: "OPEN", headRef: "raos/agent/acme/a", title: "Newer" }]);
    expect(await file(at, again.head, "deploy/a.yaml")).toBe("a: 3\n");
  });

  it("a branch that holds a person's commit is left alone", async () => {
    const at = await start();
    await push(at.github.world, at.repository, at.person, "main", {}, "nothing");
    const caller = { kind: "user", user: at.person, token: "" } as const;
    const head = await push(
      at.github.world,
      at.repository,
      at.person,
      "topic",
      { "deploy/a.yaml": "mine\n" },
      "A person's work",
    );
    await updateRefs(at.github.world, caller, at.repository, [
      { ref: "refs/heads/raos/agent/acme/a", after: head, force: false },
    ]);
    await expect(at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base)).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await at.repository.git.resolve("refs/heads/raos/agent/acme/a")).toBe(head);
  });

  it("a merged pull request whose branch nobody deleted is no obstacle", async () => {
    const at = await start();
    const first = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    const sha = await at.forge.merge(first);
    await at.repository.git.updateRefs([{ ref: `refs/heads/${first.branch}`, after: first.head, before: undefined }]);
    const second = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 3\n" }), { branch: "main", sha });
    expect(second.number).toBe(2);
    expect(await at.repository.git.git("rev-list", "--count", `${sha}..${second.head}`)).toBe("1\n");
  });
});

describe("a race", () => {
  it("with a person's commit: refused, and the text is what it was", async () => {
    const at = await start();
    const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    const race = async (replay: boolean): Promise<void> => {
      // The commit comes after the forge looked and before it writes.
      const before = at.github.faults.length;
      fault(at, { kind: "slow", milliseconds: 150, route: "POST /graphql", body: "query Changed" });
      const update = at.forge.update(
        pull,
        proposalFor("a", { "deploy/a.yaml": "a: 3\n" }),
        replay
          ? {
              branch: "main",
              sha: await push(at.github.world, at.repository, at.person, "main", { "README.md": "x\n" }, "main moves"),
            }
          : at.base,
        replay,
      );
      await new Promise((resolve) => setTimeout(resolve, 75));
      await push(
        at.github.world,
        at.repository,
        at.person,
        pull.branch,
        { "deploy/a.yaml": "mine\n" },
        "A person's work",
      );
      await expect(update).rejects.toMatchObject({ code: "stale" });
      expect(at.repository.pulls.get(1)).toMatchObject({ title: pull.title, body: pull.body, state: "OPEN" });
      expect(at.github.faults.filter(({ times }) => times > 0).length).toBe(before);
    };
    await race(false);
  });

  it("with a person who makes a branch of that name: it stays theirs, and what it became is closed", async () => {
    const at = await start();
    await at.forge.standing(["raos/agent/acme/a"]);
    await setBranch(at.github.world, at.repository, at.person, "raos/agent/acme/a", at.base.sha);
    const theirs = await push(
      at.github.world,
      at.repository,
      at.person,
      "raos/agent/acme/a",
      { "mine.txt": "mine\n" },
      "Mine",
    );
    await expect(at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base)).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await at.repository.git.resolve("refs/heads/raos/agent/acme/a")).toBe(theirs);
    expect(await at.forge.pull(1)).toMatchObject({ state: "closed", closedByBot: true });
  });

  it("of twenty openings side by side", async () => {
    const at = await start();
    await at.forge.standing(Array.from({ length: 20 }, (_, index) => `raos/agent/acme/n${index}`));
    counted(at);
    const pulls = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        at.forge.open(proposalFor(`n${index}`, { [`deploy/n${index}.yaml`]: `n: ${index}\n` }), at.base),
      ),
    );
    expect(new Set(pulls.map(({ number }) => number)).size).toBe(20);
    expect(counted(at)).toEqual({ writes: 20, reads: 0 });
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
    const { createPull, updatePull } = await import("../github/pulls.ts");
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
    const standing = await at.forge.standing([closed.branch, "raos/agent/acme/unknown"]);
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
    expect(await at.forge.standing(["raos/agent/acme/b"])).toMatchObject({ complete: false, pulls: [{ number: 1 }] });
  });

  it("asks for smaller pages where a whole one is too much", async () => {
    const at = await start();
    for (let count = 0; count < 30; count++)
      await at.forge.open(proposalFor(`n${count}`, { [`deploy/n${count}.yaml`]: "n\n" }), at.base);
    fault(at, { kind: "status", status: 502, effect: false, times: 1000, body: '"size":100' });
    const standing = await at.forge.standing([]);
    expect([standing.complete, standing.pulls.length]).toEqual([true, 30]);
  });

  it("retries what was cut off", async () => {
    const at = await start();
    await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    fault(at, { kind: "truncate", times: 2, body: "query Open" });
    expect(await at.forge.standing([])).toMatchObject({ complete: true, pulls: [{ number: 1 }] });
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
    const { updatePull } = await import("../github/pulls.ts");
    const other = at.repository.pulls.get(b.number);
    if (other === undefined) throw new Error("no pull request");
    await updatePull(at.github.world, { kind: "user", user: at.person, token: "" }, other, { state: "CLOSED" });
    expect(await at.forge.pull(b.number)).toMatchObject({ state: "closed", closedByBot: false });
    expect(await at.forge.pull(99)).toBeUndefined();
  });

  it("takes no marker from a person's comment", async () => {
    const at = await start();
    const pull = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
    const { addComment } = await import("../github/comments.ts");
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
    expect(await fleet.forge().defaultBranch()).toEqual({ name: "main", sha: undefined });
    expect(await fleet.forge().standing(["raos/x"])).toEqual({ pulls: [], complete: true });
  });
});
