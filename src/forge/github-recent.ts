import * as z from "zod";
import type { StandingPull } from "../domain/change.ts";
import type { Instant } from "../domain/scalars.ts";
import type { GitHubClient } from "./github-client.ts";
import { isBy, isOurs, PULL_FIELDS, PullNode, toStandingPull } from "./github-pull.ts";
import type { Place } from "./github-standing.ts";

const Page = z.object({
  viewer: z.object({ login: z.string() }),
  repository: z.object({
    pullRequests: z.object({
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      nodes: z.array(
        z.object({
          number: z.number(),
          createdAt: z.string(),
          headRefName: z.string(),
          isCrossRepository: z.boolean(),
          author: z.object({ login: z.string() }).nullable(),
        }),
      ),
    }),
  }),
});

const RECENT = `query Recent($owner: String!, $name: String!, $after: String) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    pullRequests(first: 100, after: $after, orderBy: {field: CREATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes { number createdAt headRefName isCrossRepository author { login } }
    }
  }
}`;

const LatestPage = z.object({
  viewer: z.object({ login: z.string() }),
  repository: z.object({
    pullRequests: z.object({
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      nodes: z.array(PullNode.extend({ updatedAt: z.string() }).nullable()).nullable(),
    }),
  }),
});

/** By their last change: what was opened or ended after a moment was changed after it. */
const LATEST = `query Latest($owner: String!, $name: String!, $after: String) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    pullRequests(first: 50, after: $after, orderBy: {field: UPDATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes { updatedAt ${PULL_FIELDS} }
    }
  }
}`;

/** Pages of whole pull requests looked at: 1,000 of them. */
const MOST_LATEST = 20;

/** The bot's pull requests opened or ended after a moment; undefined where more than 1,000 were changed since. */
export async function recentPulls(
  client: GitHubClient,
  place: Place,
  since: Instant,
): Promise<readonly StandingPull[] | undefined> {
  const found = new Map<number, StandingPull>();
  let after: string | null = null;
  for (let page = 0; page < MOST_LATEST; page += 1) {
    const variables: Readonly<Record<string, unknown>> = { ...place, after };
    const { viewer, repository }: z.infer<typeof LatestPage> = await client.query(
      "read the latest pull requests",
      LATEST,
      variables,
      LatestPage,
    );
    const { nodes, pageInfo } = repository.pullRequests;
    if (nodes === null) return undefined;
    for (const node of nodes) {
      if (node === null) return undefined;
      if (Date.parse(node.updatedAt) <= since) return [...found.values()];
      const pull = toStandingPull(node, viewer.login);
      if (isOurs(node, viewer.login) && (pull.createdAt > since || (pull.endedAt ?? 0) > since))
        found.set(pull.number, pull);
    }
    if (!pageInfo.hasNextPage) return [...found.values()];
    after = pageInfo.endCursor;
  }
  return undefined;
}

/** Pages looked at: what 5,000 pull requests do not tell is not known. */
const MOST_PAGES = 50;

/** The numbers of the bot's pull requests that were opened after a moment; undefined where there are too many to tell. */
export async function openedSince(
  client: GitHubClient,
  place: Place,
  since: Instant,
): Promise<ReadonlySet<number> | undefined> {
  const found = new Set<number>();
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const variables: Readonly<Record<string, unknown>> = { ...place, after };
    const { repository, viewer }: z.infer<typeof Page> = await client.query(
      "read the newest pull requests",
      RECENT,
      variables,
      Page,
    );
    const { nodes, pageInfo } = repository.pullRequests;
    for (const node of nodes) {
      if (Date.parse(node.createdAt) <= since) return found;
      const isOn = !node.isCrossRepository && node.headRefName.startsWith("raos/");
      if (isOn && isBy(node.author, viewer.login)) found.add(node.number);
    }
    if (!pageInfo.hasNextPage) return found;
    after = pageInfo.endCursor;
  }
  return undefined;
}
