import * as z from "zod";
import type { Path, Sha } from "../../../domain/values/scalars.ts";
import type { GitHubClient } from "../client/client.ts";
import type { RepositoryName } from "../context.ts";
import { PageInfo, readCursorPages } from "../cursor-pages.ts";

const CHANGED = `query Changed($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      state headRefOid
      commits(first: 1) { nodes { commit { parents(first: 2) { nodes { oid } } } } }
      files(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { path } }
    }
  }
}`;
const Parents = z.object({ nodes: z.array(z.object({ oid: z.string() }).nullable()).nullable() });
const Commits = z.object({
  nodes: z.array(z.object({ commit: z.object({ parents: Parents }) }).nullable()).nullable(),
});
const Files = z.object({ pageInfo: PageInfo, nodes: z.array(z.object({ path: z.string() }).nullable()).nullable() });
const ChangedPage = z.object({
  repository: z.object({
    pullRequest: z.object({
      state: z.enum(["OPEN", "CLOSED", "MERGED"]),
      headRefOid: z.string(),
      commits: Commits,
      files: Files.nullable(),
    }),
  }),
});

export interface PullContent {
  readonly state: "OPEN" | "CLOSED" | "MERGED";
  readonly head: Sha;
  /** The parent of its first commit; undefined where that is a merge commit, or there is none. */
  readonly start: Sha | undefined;
  /** Paths it changes; undefined where there are more than 1,000, or not all could be read. */
  readonly paths: ReadonlySet<Path> | undefined;
}

/** Most pages of 100 files. */
const MOST_PAGES = 10;

/** Reads the present content of a pull request from GitHub. Throws ForgeError. */
export async function readPullContent(
  client: GitHubClient,
  repository: RepositoryName,
  number: number,
): Promise<PullContent> {
  const paths = new Set<Path>();
  let content: Omit<PullContent, "paths"> | undefined;
  const isComplete = await readCursorPages<{ readonly path: string }>({
    most: MOST_PAGES,
    async read(after) {
      const variables = { ...repository, number, after };
      const answer = await client.query("list a pull request's files", CHANGED, variables, ChangedPage);
      const { state, headRefOid: head, commits, files } = answer.repository.pullRequest;
      const parents = commits.nodes?.[0]?.commit.parents.nodes ?? [];
      content = { state, head, start: parents.length === 1 ? parents[0]?.oid : undefined };
      return files ?? undefined;
    },
    take(nodes) {
      for (const node of nodes) if (node !== null) paths.add(node.path);
      return !nodes.includes(null);
    },
  });
  if (content === undefined) throw new RangeError("at least one page is read");
  return { ...content, paths: isComplete ? paths : undefined };
}
