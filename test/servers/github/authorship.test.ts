import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commitOnBranch } from "./git/branch-commit.ts";
import { readCommit } from "./git/commits.ts";
import { push, type Written } from "./model/people.ts";
import { issueUserToken } from "./model/sign-in.ts";
import { addComment } from "./pulls/comments.ts";
import { WEB_FLOW } from "./pulls/merging.ts";
import { createPull } from "./pulls/pulls.ts";
import { type Fleet, fleetOnGitHub } from "./setup.ts";

let fleet: Fleet;
let token: string;
beforeEach(async () => {
  fleet = await fleetOnGitHub({ "a.yaml": "a: 1\n" });
  token = issueUserToken(fleet.github.world, "robin");
});
afterEach(() => fleet.github.close());

async function rest(method: string, path: string, body?: unknown) {
  const response = await fetch(`${fleet.github.url}/repos/acme/fleet${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer: unknown = text === "" ? undefined : JSON.parse(text);
  return { status: response.status, answer };
}

const SIGNATURE = "author { email user { login } } signature { isValid state wasSignedByGitHub signer { login } }";
async function graphql(query: string): Promise<unknown> {
  const response = await fetch(`${fleet.github.url}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  return JSON.parse(await response.text());
}
const signatureOf = (oid: string) =>
  graphql(`{ repository(owner: "acme", name: "fleet") { object(oid: "${oid}") { ... on Commit { ${SIGNATURE} } } } }`);

/** A commit that the app makes on a branch by `createCommitOnBranch`, in a pull request that it opens. */
async function byApp(branch: string) {
  const { github, repository, bot, base = "" } = fleet;
  await repository.git.updateRefs([{ ref: `refs/heads/${branch}`, after: base, before: undefined }]);
  const additions = [{ path: `${branch}.yaml`, contents: "YQo=" }];
  const oid = await commitOnBranch(github.world, bot, repository, {
    branch,
    expectedHead: base,
    headline: "By the app",
    body: undefined,
    additions,
    deletions: [],
  });
  const pull = await createPull(github.world, bot, repository, {
    title: branch,
    body: "",
    baseRef: "main",
    headRef: branch,
    draft: false,
  });
  return { oid, pull };
}
const pushed = (branch: string, written: Written) =>
  push(fleet.github.world, fleet.repository, fleet.person, branch, { "b.yaml": "b: 1\n" }, "By a person", {
    ...written,
    ...(fleet.base === undefined ? {} : { from: fleet.base }),
  });

describe("who made a commit", () => {
  it("is proven by GitHub's signature for what it commits for an app", async () => {
    const { oid } = await byApp("one");
    expect(await signatureOf(oid)).toMatchObject({
      data: {
        repository: {
          object: {
            author: { user: { login: "raos-test[bot]" } },
            signature: { isValid: true, state: "VALID", wasSignedByGitHub: true, signer: { login: "web-flow" } },
          },
        },
      },
    });
    expect(await rest("GET", `/commits/${oid}`)).toMatchObject({
      status: 200,
      answer: {
        author: { login: "raos-test[bot]", type: "Bot" },
        committer: { login: "web-flow" },
        commit: { verification: { verified: true, reason: "valid" } },
      },
    });
  });

  const bot = { name: "raos-test[bot]", email: "104242+raos-test[bot]@users.noreply.github.com" };
  it.each<[string, () => Promise<Written>, string]>([
    ["unsigned", async () => ({ author: bot, committer: bot }), "unsigned"],
    ["unsigned, with GitHub as the committer", async () => ({ author: bot, committer: WEB_FLOW }), "unsigned"],
    [
      "with the signature of another commit",
      async () => {
        const real = await readCommit(fleet.repository.git, (await byApp("one")).oid);
        return { author: bot, committer: WEB_FLOW, signature: { copied: real?.signature ?? "" } };
      },
      "invalid",
    ],
    ["signed with a person's key", async () => ({ author: bot, committer: bot, signature: fleet.person }), "bad_email"],
    [
      "signed with a key nobody knows",
      async () => ({ author: bot, committer: bot, signature: { ...fleet.person, id: 7 } }),
      "unknown_key",
    ],
  ])("is not proven by addresses: a pushed commit with the app's, %s", async (_, written, reason) => {
    const oid = await pushed("two", await written());
    expect(await rest("GET", `/git/commits/${oid}`)).toMatchObject({
      answer: { author: { email: bot.email }, verification: { verified: false, reason } },
    });
    const signature =
      reason === "unsigned" ? null : { isValid: false, state: reason.toUpperCase(), wasSignedByGitHub: false };
    expect(await signatureOf(oid)).toMatchObject({
      data: { repository: { object: { author: { user: { login: "raos-test[bot]" } }, signature } } },
    });
  });

  it("is not proven by a valid signature either: a person's is valid whoever is the author", async () => {
    const oid = await pushed("two", { author: bot, signature: fleet.person });
    expect(await signatureOf(oid)).toMatchObject({
      data: {
        repository: {
          object: {
            author: { user: { login: "raos-test[bot]" } },
            signature: { isValid: true, wasSignedByGitHub: false, signer: { login: "robin" } },
          },
        },
      },
    });
  });

  it("nor by GitHub's: what a person squashes is by who opened the pull request, and GitHub signs it", async () => {
    const { oid, pull } = await byApp("one");
    const aside = await pushed("aside", {});
    await push(fleet.github.world, fleet.repository, fleet.person, "one", { "evil.yaml": "evil: 1\n" }, "By a person");
    expect(await rest("PATCH", `/pulls/${pull.number}`, { base: "aside" })).toMatchObject({ status: 200 });
    const merged = await rest("PUT", `/pulls/${pull.number}/merge`, { merge_method: "squash" });
    expect(merged.status).toBe(200);
    const head = (await fleet.repository.git.resolve("refs/heads/aside")) ?? "";
    expect(await fleet.repository.git.git("diff", "--name-only", aside, head)).toBe("evil.yaml\none.yaml\n");
    expect(head).not.toBe(oid);
    expect(await signatureOf(head)).toMatchObject({
      data: {
        repository: {
          object: {
            author: { user: { login: "raos-test[bot]" } },
            signature: { isValid: true, wasSignedByGitHub: true },
          },
        },
      },
    });
  });

  it("a rebase keeps the authors, and nobody signs it", async () => {
    const { pull } = await byApp("one");
    await rest("PUT", `/pulls/${pull.number}/merge`, { merge_method: "rebase" });
    const { answer } = await rest("GET", "/commits/main");
    expect(answer).toMatchObject({
      author: { login: "raos-test[bot]" },
      committer: { login: "robin" },
      commit: { verification: { verified: false, reason: "unsigned" } },
    });
  });

  it("survives in Git: a signed commit passes fsck, and every clone has its signature", async () => {
    const { oid } = await byApp("one");
    expect(await fleet.repository.git.git("fsck", "--strict")).toBe("");
    expect(await fleet.repository.git.git("cat-file", "commit", oid)).toContain("gpgsig -----BEGIN PGP SIGNATURE-----");
  });
});

describe("who made a pull request", () => {
  it("is its author, and the app that did it; who edits it later is another", async () => {
    const { pull } = await byApp("one");
    expect(await rest("GET", `/issues/${pull.number}`)).toMatchObject({
      answer: { user: { login: "raos-test[bot]" }, performed_via_github_app: { slug: "raos-test" } },
    });
    await rest("PATCH", `/pulls/${pull.number}`, { body: "Another" });
    const fields = "author { login __typename } body editor { login } lastEditedAt";
    expect(
      await graphql(
        `{ repository(owner: "acme", name: "fleet") { pullRequest(number: ${pull.number}) { ${fields} } } }`,
      ),
    ).toMatchObject({
      data: {
        repository: {
          pullRequest: {
            author: { login: "raos-test", __typename: "Bot" },
            body: "Another",
            editor: { login: "robin" },
            lastEditedAt: expect.any(String),
          },
        },
      },
    });
  });

  it("of a person's is the person, whatever the branch, the title and the body say", async () => {
    await pushed("raos/agent/acme/triage", {});
    const made = await rest("POST", "/pulls", {
      title: "Deploy triage",
      body: "<!-- raos -->",
      head: "raos/agent/acme/triage",
      base: "main",
    });
    expect(made).toMatchObject({ status: 201, answer: { user: { login: "robin", type: "User" } } });
    expect(await rest("GET", "/issues/1")).toMatchObject({ answer: { performed_via_github_app: null } });
  });

  it("says nothing of its comments: whoever may write may change the bot's words", async () => {
    const { pull } = await byApp("one");
    const { id } = addComment(fleet.github.world, fleet.bot, pull, "By the bot");
    expect(await rest("PATCH", `/issues/comments/${id}`, { body: "By a person" })).toMatchObject({
      status: 200,
      answer: { user: { login: "raos-test[bot]" }, body: "By a person" },
    });
    expect(
      await graphql(
        `{ repository(owner: "acme", name: "fleet") { pullRequest(number: ${pull.number}) { comments(first: 5) { nodes { body author { login } editor { login } } } } } }`,
      ),
    ).toMatchObject({
      data: {
        repository: {
          pullRequest: {
            comments: {
              nodes: [{ body: "By a person", author: { login: "raos-test" }, editor: { login: "robin" } }],
            },
          },
        },
      },
    });
  });
});

describe("a merge", () => {
  it.each(["merge", "squash", "rebase"])(
    "by %s names the head that was looked at, and is refused where it moved",
    async (merge_method) => {
      const { oid, pull } = await byApp("one");
      await push(
        fleet.github.world,
        fleet.repository,
        fleet.person,
        "one",
        { "evil.yaml": "evil: 1\n" },
        "By a person",
      );
      expect(await rest("PUT", `/pulls/${pull.number}/merge`, { sha: oid, merge_method })).toMatchObject({
        status: 409,
        answer: { message: "Head branch was modified. Review and try the merge again." },
      });
      const now = await fleet.repository.git.resolve("refs/heads/one");
      expect(await rest("PUT", `/pulls/${pull.number}/merge`, { sha: now, merge_method })).toMatchObject({
        status: 200,
      });
    },
  );
});
