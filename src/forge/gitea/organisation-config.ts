import * as z from "zod";
import { ForgeError, type OwnersConfig } from "../forge.ts";
import type { GiteaClient } from "./client/client.ts";

const Content = z.object({ type: z.literal("file"), encoding: z.string().nullable(), content: z.string().nullable() });

/**
 * The raos.yaml of the owner's `.github` repository, as on GitHub; undefined where there is none, or the bot's account may not see it,
 * and for that repository itself. Throws ForgeError.
 */
export async function readGiteaOrganisationConfig(
  client: GiteaClient,
  owner: string,
  name: string,
): Promise<OwnersConfig | undefined> {
  if (name.toLowerCase() === ".github") return undefined;
  const doing = "read the organisation's raos.yaml";
  const path = `/repos/${encodeURIComponent(owner)}/.github/contents/raos.yaml`;
  const found = await client.get(doing, path, Content);
  if (found === undefined) return undefined;
  if (found.encoding !== "base64" || found.content === null)
    throw new ForgeError("invalid", `${doing}: it is too large, or no regular file`);
  return { owner, text: Buffer.from(found.content, "base64").toString("utf8") };
}
