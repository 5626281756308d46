import * as z from "zod";
import type { Issue } from "../../../domain/alert/incident.ts";
import { decodeIssueMarker } from "../../../domain/alert/issue-marker.ts";
import { GiteaUser } from "../context.ts";
import type { PullContext } from "../pulls/read.ts";

/** An issue as a Gitea answers it: `Issue` in modules/structs/issue.go. */
export const GiteaIssue = z.object({
  number: z.int().positive(),
  html_url: z.string(),
  title: z.string(),
  body: z.string(),
  state: z.enum(["open", "closed"]),
  comments: z.int(),
  user: GiteaUser.nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  closed_at: z.string().nullish(),
  pull_request: z.unknown().optional(),
});
export type GiteaIssue = z.infer<typeof GiteaIssue>;

/** An issue of the bot; undefined where somebody else opened it, its marker is missing, or it is a pull request. Throws ForgeError. */
export async function toBotIssue(context: PullContext, issue: GiteaIssue): Promise<Issue | undefined> {
  const { id } = await context.account();
  const isIssue = issue.pull_request === null || issue.pull_request === undefined;
  const key = isIssue && issue.user?.id === id ? decodeIssueMarker(issue.body)?.key : undefined;
  if (key === undefined) return undefined;
  const { number, state, comments } = issue;
  const stamp = { number, updatedAt: issue.updated_at, state, comments };
  const activity = state === "closed" && comments > 0 ? await context.readActivity(context, stamp) : undefined;
  return {
    number,
    id: String(number),
    url: issue.html_url,
    key,
    title: issue.title,
    body: issue.body,
    state,
    closedByBot: activity?.closedByAccount === true && activity.comments.has("closed"),
    createdAt: Date.parse(issue.created_at),
    endedAt: state === "open" || issue.closed_at == null ? undefined : Date.parse(issue.closed_at),
  };
}
