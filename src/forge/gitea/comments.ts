import * as z from "zod";
import { type CommentKind, markedComment } from "../comment-markers.ts";
import type { GiteaContext } from "./context.ts";

/** Comments on a pull request or an issue, with the marker that says what the comment is. Throws ForgeError. */
export async function writeMarkedComment(
  { client, path }: Pick<GiteaContext, "client" | "path">,
  number: number,
  kind: CommentKind,
  sentence: string,
): Promise<void> {
  const request = {
    method: "POST" as const,
    path: `${path}/issues/${number}/comments`,
    body: { body: markedComment(kind, sentence) },
  };
  const written = await client.write(`comment on #${number}`, request, z.unknown());
  if (written.kind !== "done") throw written.error;
}
