import * as z from "zod";
import type { Issue } from "../../domain/alert/incident.ts";
import { decodeIssueMarker } from "../../domain/alert/issue-marker.ts";
import { CommentNodes, commentKindsIn } from "./pulls/pull.ts";

/** The fields of an issue that `toIssue` needs. */
export const ISSUE_FIELDS = `id number url title body state createdAt closedAt viewerDidAuthor
  comments(last: 20) { nodes { viewerDidAuthor body } }`;

export const IssueNode = z.object({
  id: z.string(),
  number: z.number(),
  url: z.string(),
  title: z.string(),
  body: z.string(),
  state: z.enum(["OPEN", "CLOSED"]),
  createdAt: z.string(),
  closedAt: z.string().nullable(),
  viewerDidAuthor: z.boolean(),
  comments: CommentNodes,
});
export type IssueNode = z.infer<typeof IssueNode>;

/** An issue of the bot; undefined where somebody else opened it, or its marker is missing. */
export function toIssue(node: IssueNode): Issue | undefined {
  const key = node.viewerDidAuthor ? decodeIssueMarker(node.body)?.key : undefined;
  if (key === undefined) return undefined;
  return {
    number: node.number,
    id: node.id,
    url: node.url,
    key,
    title: node.title,
    body: node.body,
    state: node.state === "OPEN" ? "open" : "closed",
    closedByBot: node.state === "CLOSED" && commentKindsIn(node.comments).has("closed"),
    createdAt: Date.parse(node.createdAt),
    endedAt: node.closedAt === null ? undefined : Date.parse(node.closedAt),
  };
}
