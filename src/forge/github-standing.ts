import * as z from "zod";
import type { StandingPull } from "../domain/change.ts";
import type { Sha } from "../domain/scalars.ts";
import { ForgeError } from "./forge.ts";
import type { GitHubClient } from "./github-client.ts";
import {
  CommentNodes,
  isOnOurBranch,
  isOurs,
  PULL_FIELDS,
  PullNode,
  type Remark,
  remarksIn,
  toStandingPull,
} from "./github-pull.ts";

export interface Place {
  readonly owner: string;
  readonly name: string;
}

export interface Standing {
  readonly pulls: readonly StandingPull[];
  readonly complete: boolean;
  /** Where the branches that were asked for stand; undefined: there is no such branch. */
  readonly heads: ReadonlyMap<string, Sha | undefined>;
}

const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const PullConnection = z.object({ pageInfo: PageInfo, nodes: z.array(PullNode.nullable()).nullable() });
const OpenPage = z.object({
  viewer: z.object({ login: z.string() }),
  repository: z.object({ pullRequests: PullConnection }),
});
const ClosedBatch = z.object({
  viewer: z.object({ login: z.string() }),
  repository: z.record(z.string(), PullConnection),
});
const Heads = z.record(
  z.string(),
  z
    .object({ target: z.object({ oid: z.string() }).nullable() })
    .nullable()
    .optional(),
);
const EndedBatch = ClosedBatch.extend({ heads: Heads });

/** Branches asked for in one document. */
const BATCH = 50;
/** Closed pull requests of a branch that are looked at in the batch: forks may have one of the same name. */
const NEWEST = 5;

const OPEN = `query Open($owner: String!, $name: String!, $size: Int!, $after: String) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    pullRequests(states: [OPEN], first: $size, after: $after, orderBy: {field: CREATED_AT, direction: ASC}) {
      pageInfo { hasNextPage endCursor }
      nodes { ${PULL_FIELDS} }
    }
  }
}`;

/**
 * The open pull requests of the bot and, for each branch, its newest closed or merged one. Whatever could not be read
 * is left out, and `complete` is then false. Throws ForgeError only where nothing at all can be read.
 */
export async function readStanding(client: GitHubClient, place: Place, branches: readonly string[]): Promise<Standing> {
  const batches = chunks([...new Set(branches)], BATCH);
  const [open, ...closed] = await Promise.all([
    readOpen(client, place),
    ...batches.map((batch) => readClosed(client, place, batch)),
  ]);
  return {
    pulls: [...open.pulls, ...closed.flatMap(({ pulls }) => pulls)],
    complete: open.complete && closed.every(({ complete }) => complete),
    heads: new Map(closed.flatMap(({ heads }) => [...heads])),
  };
}

async function readOpen(client: GitHubClient, place: Place): Promise<Standing> {
  const pulls = new Map<number, StandingPull>();
  const standing = (isComplete: boolean): Standing => ({
    pulls: [...pulls.values()],
    complete: isComplete,
    heads: new Map(),
  });
  let complete = true;
  let after: string | null = null;
  let size = 100;
  for (;;) {
    const variables: Readonly<Record<string, unknown>> = { ...place, size, after };
    const page: z.infer<typeof OpenPage> | undefined = await client
      .query("read the open pull requests", OPEN, variables, OpenPage, () => {
        complete = false;
      })
      .catch((error: unknown) => retreat(error, size, pulls.size > 0));
    if (page === undefined) {
      // GitHub gives up on a page after ten seconds; a smaller one may do.
      if (size <= 10) return standing(false);
      size = Math.floor(size / 4);
      continue;
    }
    const { nodes, pageInfo } = page.repository.pullRequests;
    if (nodes === null || nodes.includes(null)) complete = false;
    for (const node of nodes ?? []) {
      if (node !== null && isOnOurBranch(node)) pulls.set(node.number, toStandingPull(node, page.viewer.login));
    }
    if (!pageInfo.hasNextPage) return standing(complete);
    if (pageInfo.endCursor === null || pageInfo.endCursor === after) return standing(false);
    after = pageInfo.endCursor;
  }
}

/** Undefined: try a smaller page, or give up with what was read. A refusal of the first page is thrown. */
function retreat(error: unknown, size: number, hasSome: boolean): undefined {
  const isPassing = error instanceof ForgeError && (error.code === "unavailable" || error.code === "rate-limited");
  if (!isPassing || (size <= 10 && !hasSome)) throw error;
  return undefined;
}

async function readClosed(client: GitHubClient, place: Place, branches: readonly string[]): Promise<Standing> {
  const parameters = branches.map((_, index) => `$b${index}: String!, $r${index}: String!`).join(", ");
  const fields = branches.map(
    (_, index) =>
      `p${index}: pullRequests(headRefName: $b${index}, ${CLOSED_ARGUMENTS}, first: ${NEWEST}) { pageInfo { hasNextPage endCursor } nodes { ${PULL_FIELDS} } }`,
  );
  const refs = branches.map((_, index) => `r${index}: ref(qualifiedName: $r${index}) { target { oid } }`);
  const where = "repository(owner: $owner, name: $name)";
  const document = `query Closed($owner: String!, $name: String!, ${parameters}) {
    viewer { login }
    ${where} { ${fields.join("\n")} }
    heads: ${where} { ${refs.join("\n")} }
  }`;
  const names = branches.flatMap((branch, index) => [
    [`b${index}`, branch],
    [`r${index}`, `refs/heads/${branch}`],
  ]);
  let complete = true;
  const answer = await client
    .query("read closed pull requests", document, { ...place, ...Object.fromEntries(names) }, EndedBatch, () => {
      complete = false;
    })
    .catch((error: unknown) => {
      if (error instanceof ForgeError && (error.code === "unavailable" || error.code === "rate-limited"))
        return undefined;
      throw error;
    });
  if (answer === undefined) return { pulls: [], complete: false, heads: new Map() };
  const pulls: StandingPull[] = [];
  for (const [index, branch] of branches.entries()) {
    const page = answer.repository[`p${index}`];
    const found = page === undefined ? undefined : await newestOf(client, place, branch, page, answer.viewer.login);
    if (found === undefined) complete = false;
    else if (found !== "none") pulls.push(found);
  }
  const heads = branches.map((branch, index) => [branch, answer.heads[`r${index}`]?.target?.oid] as const);
  return { pulls, complete, heads: new Map(complete ? heads : []) };
}

const CLOSED_ARGUMENTS = "states: [CLOSED, MERGED], orderBy: {field: CREATED_AT, direction: DESC}";
const MORE = `query MoreClosed($owner: String!, $name: String!, $branch: String!, $after: String) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    page: pullRequests(headRefName: $branch, ${CLOSED_ARGUMENTS}, first: 50, after: $after) { pageInfo { hasNextPage endCursor } nodes { ${PULL_FIELDS} } }
  }
}`;

/** Forks may have closed pull requests of the same branch name, any number of them: page on until one is ours. */
async function newestOf(
  client: GitHubClient,
  place: Place,
  branch: string,
  first: z.infer<typeof PullConnection>,
  viewer: string,
): Promise<StandingPull | "none" | undefined> {
  let page: z.infer<typeof PullConnection> | undefined = first;
  for (let pages = 0; pages < 20; pages++) {
    if (page === undefined || page.nodes === null || page.nodes.includes(null)) return undefined;
    const found = page.nodes.find((node) => node !== null && isOurs(node, viewer));
    if (found !== undefined && found !== null) return toStandingPull(found, viewer);
    if (!page.pageInfo.hasNextPage) return "none";
    const next: z.infer<typeof ClosedBatch> = await client.query(
      "read closed pull requests",
      MORE,
      { ...place, branch, after: page.pageInfo.endCursor },
      ClosedBatch,
    );
    page = next.repository.page;
  }
  return undefined;
}

const AFTER = `query After($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { state mergeCommit { oid } comments(last: 20) { nodes { viewerDidAuthor body } } } }
}`;
const Aftermath = z.object({
  repository: z.object({
    pullRequest: z.object({
      state: z.enum(["OPEN", "CLOSED", "MERGED"]),
      mergeCommit: z.object({ oid: z.string() }).nullable(),
      comments: CommentNodes,
    }),
  }),
});

export interface Aftermath {
  readonly state: "OPEN" | "CLOSED" | "MERGED";
  readonly mergeCommit: Sha | undefined;
  readonly remarks: ReadonlySet<Remark>;
}

/** What a write whose answer was lost has done to the pull request. Throws ForgeError. */
export async function readAftermath(client: GitHubClient, place: Place, number: number): Promise<Aftermath> {
  const { repository } = await client.query(`read pull request #${number}`, AFTER, { ...place, number }, Aftermath);
  const { state, mergeCommit, comments } = repository.pullRequest;
  return { state, mergeCommit: mergeCommit?.oid, remarks: remarksIn(comments) };
}

const ONE = `query Pull($owner: String!, $name: String!, $number: Int!) {
  viewer { login }
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { ${PULL_FIELDS} } }
}`;
const OnePull = z.object({ viewer: z.object({ login: z.string() }), repository: z.object({ pullRequest: PullNode }) });

/** One pull request, whoever's it is; undefined where there is none of that number. Throws ForgeError. */
export async function readPull(client: GitHubClient, place: Place, number: number): Promise<StandingPull | undefined> {
  if (!Number.isSafeInteger(number) || number < 1 || number > 0x7fffffff) return undefined;
  try {
    const { viewer, repository } = await client.query(
      `read pull request #${number}`,
      ONE,
      { ...place, number },
      OnePull,
    );
    return toStandingPull(repository.pullRequest, viewer.login);
  } catch (error) {
    if (error instanceof ForgeError && error.code === "not-found") return undefined;
    throw error;
  }
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const made: T[][] = [];
  for (let start = 0; start < items.length; start += size) made.push(items.slice(start, start + size));
  return made;
}
