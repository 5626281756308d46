import type { Issue } from "../model/model.ts";
import { issueId, nodeId } from "../model/node-ids.ts";
import { listed } from "../model/replica.ts";
import { connection, type PageArguments } from "./connection.ts";
import { commentShape } from "./pull.ts";
import {
  actorShape,
  editShape,
  labelShape,
  type RequestContext,
  repositoryShape,
  type Shape,
  viewerAccount,
} from "./types.ts";

export function issueShape(asking: RequestContext, issue: Issue): Shape {
  const { repository } = issue;
  return {
    __typename: "Issue",
    id: issueId(issue),
    databaseId: issue.id,
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    closed: issue.state === "CLOSED",
    url: `${asking.world.url}/${repository.owner.login}/${repository.name}/issues/${issue.number}`,
    author: () => actorShape(asking, issue.author),
    ...editShape(asking, issue.lastEdit),
    userContentEdits: (page: PageArguments) =>
      connection(issue.edits.length < 2 ? [] : issue.edits.toReversed(), page, ({ editor, at }) => ({
        __typename: "UserContentEdit",
        id: nodeId(
          "UCE",
          issue.id,
          issue.edits.findIndex((one) => one.at === at),
        ),
        createdAt: at,
        updatedAt: at,
        editedAt: at,
        editor: actorShape(asking, editor),
      })),
    viewerDidAuthor: viewerAccount(asking.caller)?.id === issue.author.id,
    createdAt: issue.createdAt,
    updatedAt: issue.updatedAt,
    closedAt: issue.closedAt ?? null,
    labels: (page: PageArguments) => connection(issue.labels, page, labelShape),
    comments: (page: PageArguments) =>
      connection(listed(asking.world, issue, asking.view)?.comments ?? [], page, (comment) =>
        commentShape(asking, issue, comment),
      ),
    repository: () => repositoryShape(asking, repository),
  };
}

export interface IssuePage extends PageArguments {
  readonly states?: readonly string[] | null;
  readonly filterBy?: { readonly since?: string | null } | null;
  readonly orderBy?: { readonly field: string; readonly direction: "ASC" | "DESC" } | null;
}

/** The issues that a page asks for, in its order. */
export function listIssues(
  issues: ReadonlyMap<number, Issue>,
  { states, filterBy, orderBy }: IssuePage,
): readonly Issue[] {
  const since = Date.parse(filterBy?.since ?? "1970-01-01T00:00:00Z");
  const found = [...issues.values()].filter(
    (issue) => (states?.includes(issue.state) ?? true) && Date.parse(issue.updatedAt) >= since,
  );
  found.sort((a, b) =>
    orderBy?.field === "UPDATED_AT"
      ? a.updatedAt.localeCompare(b.updatedAt) || a.number - b.number
      : a.number - b.number,
  );
  return orderBy?.direction === "DESC" ? found.reverse() : found;
}
