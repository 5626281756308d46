import * as z from "zod";
import type { PullRequest } from "../../../domain/pull-request.ts";
import { type CommentKind, isRolloutComment, markedComment } from "../../comment-markers.ts";
import { type GiteaContext, GiteaUser } from "../context.ts";

/** Comments on a pull request or an issue, with the marker that says what the comment is. Throws ForgeError. */
export function writeMarkedComment(
  context: Pick<GiteaContext, "client" | "path">,
  number: number,
  kind: CommentKind,
  sentence: string,
): Promise<void> {
  return writeComment(context, number, markedComment(kind, sentence));
}

/** Comments on a pull request or an issue. Throws ForgeError. */
export async function writeComment(
  { client, path }: Pick<GiteaContext, "client" | "path">,
  number: number,
  body: string,
): Promise<void> {
  const request = { method: "POST" as const, path: `${path}/issues/${number}/comments`, body: { body } };
  const written = await client.write(`comment on #${number}`, request, z.unknown());
  if (written.kind !== "done") throw written.error;
}

const Comment = z.object({ id: z.int().positive(), body: z.string(), user: GiteaUser.nullish() });

/** Writes, or replaces, the bot's comment on what became of a merged pull request. Throws ForgeError. */
export async function showGiteaRollout(context: GiteaContext, { number }: PullRequest, text: string): Promise<void> {
  const { client, path } = context;
  const body = markedComment("rollout", text);
  const { id } = await context.account();
  const all = await client.get(
    `read the comments of #${number}`,
    `${path}/issues/${number}/comments`,
    z.array(Comment),
  );
  const present = all?.find((one) => one.user?.id === id && isRolloutComment(one.body));
  if (present?.body.trimEnd() === body) return;
  if (present === undefined) return writeComment(context, number, body);
  const request = { method: "PATCH" as const, path: `${path}/issues/comments/${present.id}`, body: { body } };
  const written = await client.write(`comment on #${number}`, request, z.unknown());
  if (written.kind !== "done") throw written.error;
}
