import * as z from "zod";
import { type CommentKind, markedComment } from "../../comment-markers.ts";
import type { GiteaContext } from "../context.ts";

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
