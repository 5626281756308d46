import * as z from "zod";
import { ForgeError, type OwnersConfig } from "../forge.ts";
import type { GitHubClient } from "./client/client.ts";
import type { RepositoryName } from "./context.ts";

const Content = z.object({ type: z.literal("file"), encoding: z.string(), content: z.string() });

/** Where an owner keeps what holds for all its repositories, as GitHub's own defaults do. */
const REPOSITORY = ".github";
const PATH = "raos.yaml";

/**
 * The raos.yaml of the owner's `.github` repository; undefined where there is none, or the App may not see it, and for that repository
 * itself. A conditional read. Throws ForgeError; also where the file is too large for GitHub to show it (1 MB).
 */
export async function readOrganisationConfig(
  client: GitHubClient,
  { owner, name }: RepositoryName,
): Promise<OwnersConfig | undefined> {
  if (name.toLowerCase() === REPOSITORY) return undefined;
  const doing = "read the organisation's raos.yaml";
  const where = { owner, repo: REPOSITORY, path: PATH };
  const found = await client.get(doing, where, (octokit, asked) => octokit.rest.repos.getContent(asked), Content);
  if (found === undefined) return undefined;
  if (found.encoding !== "base64") throw new ForgeError("invalid", `${doing}: the file is too large`);
  return { owner, text: Buffer.from(found.content, "base64").toString("utf8") };
}
