import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { repositoryId } from "../model/node-ids.ts";
import { push, setBranch } from "../model/people.ts";
import { issueInstallationToken } from "../model/sign-in.ts";
import { type Fleet, fleetOnGitHub } from "../setup.ts";

let fleet: Fleet;
let token: string;
let base: string;
beforeEach(async () => {
  fleet = await fleetOnGitHub({ "a.yaml": "a: 1\n", "b.yaml": "b: 1\n" });
  token = await fleet.forge().gitCredential();
  base = fleet.base ?? "";
});
afterEach(() => fleet.github.close());

async function ask(query: string, variables: Readonly<Record<string, unknown>> = {}) {
  const response = await fetch(`${fleet.github.url}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const answer: { readonly data?: unknown; readonly errors?: readonly Readonly<Record<string, unknown>>[] } =
    JSON.parse(await response.text());
  return { ...answer, status: response.status };
}

const commit = (branch: string, expectedHeadOid: string, fileChanges: unknown) => ({
  branch: { repositoryNameWithOwner: "acme/fleet", branchName: branch },
  expectedHeadOid,
  message: { headline: "A change" },
  fileChanges,
});
const COMMIT =
  "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid signature { isValid wasSignedByGitHub } author { name user { login } } committer { email } } } }";
const Page = z.object({
  repository: z.object({
    pullRequests: z.object({
      nodes: z.array(z.object({ number: z.number() })),
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string() }),
    }),
  }),
});
const A = [{ path: "a.yaml", contents: Buffer.from("a: 2\n").toString("base64") }];

describe("GraphQL", () => {
  it.each([
    ["a field GitHub does not have", "{ viewer { shoeSize } }", /Cannot query field "shoeSize"/],
    ["broken text", "{ viewer {", /Syntax Error/],
    [
      "a field this server does not have",
      '{ repository(owner: "acme", name: "fleet") { stargazerCount } }',
      /test GitHub does not know Repository.stargazerCount/,
    ],
    [
      "a repository nobody has",
      '{ repository(owner: "acme", name: "nothing") { id } }',
      /Could not resolve to a Repository/,
    ],
    [
      "a page without a size",
      '{ repository(owner: "acme", name: "fleet") { pullRequests { totalCount } } }',
      /You must provide a `first` or `last`/,
    ],
    [
      "a page too large",
      '{ repository(owner: "acme", name: "fleet") { pullRequests(first: 101) { totalCount } } }',
      /limit of 100 records/,
    ],
    [
      "a cursor that is none",
      '{ repository(owner: "acme", name: "fleet") { pullRequests(first: 1, after: "x") { totalCount } } }',
      /valid cursor/,
    ],
    [
      "an id of nothing",
      'mutation { closePullRequest(input: {pullRequestId: "PR_x"}) { clientMutationId } }',
      /Could not resolve to a node/,
    ],
    [
      "an oid that is none",
      'mutation { createRef(input: {repositoryId: "R_x", name: "refs/heads/x", oid: "abc"}) { clientMutationId } }',
      /GitObjectID/,
    ],
  ])("refuses %s", async (_, query, message) => {
    const { status, errors } = await ask(query);
    expect(status).toBe(200);
    expect(errors?.[0]?.message).toMatch(message);
  });

  it("is for those who have signed in", async () => {
    token = "ghs_wrong";
    expect((await ask("{ viewer { login } }")).status).toBe(401);
  });

  it("names the app's bot as the viewer", async () => {
    expect(await ask("{ viewer { login } rateLimit { cost remaining } }")).toMatchObject({
      data: { viewer: { login: "raos-test[bot]" }, rateLimit: { cost: 1 } },
    });
  });

  it("commits with GitHub's signature, by the app", async () => {
    const { data } = await ask(COMMIT, {
      input: commit("main", base, { additions: A, deletions: [{ path: "b.yaml" }] }),
    });
    expect(data).toMatchObject({
      createCommitOnBranch: {
        commit: {
          signature: { isValid: true, wasSignedByGitHub: true },
          author: { name: "raos-test[bot]", user: { login: "raos-test[bot]" } },
          committer: { email: "noreply@github.com" },
        },
      },
    });
    expect(await fleet.repository.git.git("ls-tree", "--name-only", "main")).toBe("a.yaml\n");
  });

  it.each([
    ["STALE_DATA", /Expected branch to point to/, "0".repeat(40), { additions: A }],
    ["UNPROCESSABLE", /does not exist as of commit/, undefined, { deletions: [{ path: "nothing.yaml" }] }],
    ["UNPROCESSABLE", /multiple file changes/, undefined, { additions: [...A, ...A] }],
    ["UNPROCESSABLE", /path was invalid/, undefined, { additions: [{ path: "../x", contents: "" }] }],
    ["UNPROCESSABLE", /path was invalid/, undefined, { additions: [{ path: "a/.git/config", contents: "" }] }],
    [
      "FORBIDDEN",
      /not accessible by integration/,
      undefined,
      { additions: [{ path: ".github/workflows/x.yaml", contents: "" }] },
    ],
    [undefined, /is not valid base64/, undefined, { additions: [{ path: "x", contents: "%%%" }] }],
  ])("refuses a commit: %s %s", async (type, message, expected, changes) => {
    const { errors } = await ask(COMMIT, { input: commit("main", expected ?? base, changes) });
    expect(errors?.[0]?.message).toMatch(message);
    expect(errors?.[0]?.type).toBe(type);
    expect(await fleet.repository.git.resolve("refs/heads/main")).toBe(base);
  });

  it("runs mutations in order, keeps what succeeded, and goes on after what failed", async () => {
    const id = repositoryId(fleet.repository);
    const { data, errors } = await ask(
      `mutation($id: ID!, $base: GitObjectID!, $commit: CreateCommitOnBranchInput!) {
        ref: createRef(input: {repositoryId: $id, name: "refs/heads/x", oid: $base}) { ref { name prefix } }
        again: createRef(input: {repositoryId: $id, name: "refs/heads/x", oid: $base}) { ref { name } }
        commit: createCommitOnBranch(input: $commit) { commit { message } }
        pull: createPullRequest(input: {repositoryId: $id, baseRefName: "main", headRefName: "x", title: "X"}) { pullRequest { number mergeable } }
        second: createPullRequest(input: {repositoryId: $id, baseRefName: "main", headRefName: "x", title: "X"}) { pullRequest { number } }
      }`,
      { id, base, commit: commit("x", base, { additions: A }) },
    );
    expect(data).toEqual({
      ref: { ref: { name: "x", prefix: "refs/heads/" } },
      again: null,
      commit: { commit: { message: "A change" } },
      pull: { pullRequest: { number: 1, mergeable: "UNKNOWN" } },
      second: null,
    });
    expect(errors).toMatchObject([
      {
        type: "UNPROCESSABLE",
        path: ["again"],
        message: 'A ref named "refs/heads/x" already exists in the repository.',
      },
      { type: "UNPROCESSABLE", path: ["second"], message: "A pull request already exists for acme:x." },
    ]);
  });

  it("moves several refs or none", async () => {
    const id = repositoryId(fleet.repository);
    const other = await push(fleet.github.world, fleet.repository, fleet.person, "other", { "x.yaml": "x\n" }, "Other");
    const move = (updates: readonly unknown[]) =>
      ask("mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }", {
        input: { repositoryId: id, refUpdates: updates },
      });
    const zero = "0".repeat(40);
    const refused = await move([
      { name: "refs/heads/new", beforeOid: zero, afterOid: base },
      { name: "refs/heads/other", beforeOid: base, afterOid: base, force: true },
    ]);
    expect(refused.errors).toMatchObject([{ type: "STALE_DATA" }]);
    expect(await fleet.repository.git.resolve("refs/heads/new")).toBeUndefined();
    const done = await move([
      { name: "refs/heads/new", beforeOid: zero, afterOid: base },
      { name: "refs/heads/other", beforeOid: other, afterOid: zero },
    ]);
    expect(done.errors).toBeUndefined();
    expect(await fleet.repository.git.git("for-each-ref", "--format=%(refname)", "refs/heads")).toBe(
      "refs/heads/main\nrefs/heads/new\n",
    );
  });

  it("pages through pull requests", async () => {
    for (let count = 1; count <= 5; count++) {
      await setBranch(fleet.github.world, fleet.repository, fleet.person, `b${count}`, base);
      await push(
        fleet.github.world,
        fleet.repository,
        fleet.person,
        `b${count}`,
        { "a.yaml": `a: ${count}\n` },
        "A change",
      );
      await ask(
        'mutation($id: ID!, $head: String!) { createPullRequest(input: {repositoryId: $id, baseRefName: "main", headRefName: $head, title: "T"}) { pullRequest { number } } }',
        { id: repositoryId(fleet.repository), head: `b${count}` },
      );
    }
    const page = (after: string | null) =>
      ask(
        'query($after: String) { repository(owner: "acme", name: "fleet") { pullRequests(first: 2, after: $after, states: [OPEN], orderBy: {field: CREATED_AT, direction: DESC}) { totalCount nodes { number headRefName } pageInfo { hasNextPage endCursor } } } }',
        { after },
      );
    const seen: number[] = [];
    for (let after: string | null = null; ; ) {
      const { data } = await page(after);
      const { pullRequests } = Page.parse(data).repository;
      seen.push(...pullRequests.nodes.map(({ number }) => number));
      if (!pullRequests.pageInfo.hasNextPage) break;
      after = pullRequests.pageInfo.endCursor;
    }
    expect(seen).toEqual([5, 4, 3, 2, 1]);
  });

  it("refuses an installation what it was not given", async () => {
    const { world } = fleet.github;
    token = issueInstallationToken(
      world,
      world.app,
      fleet.installation,
      { contents: "write", metadata: "read" },
      undefined,
    ).token;
    const id = repositoryId(fleet.repository);
    const { data, errors } = await ask(
      `mutation($id: ID!, $commit: CreateCommitOnBranchInput!) {
        commit: createCommitOnBranch(input: $commit) { commit { oid } }
        pull: createPullRequest(input: {repositoryId: $id, baseRefName: "main", headRefName: "main", title: "X"}) { pullRequest { number } }
      }`,
      { id, commit: commit("main", base, { additions: A }) },
    );
    expect(data).toMatchObject({ commit: { commit: {} }, pull: null });
    expect(errors).toMatchObject([{ type: "FORBIDDEN", message: "Resource not accessible by integration" }]);
  });
});
