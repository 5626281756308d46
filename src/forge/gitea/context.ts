import * as z from "zod";
import type { Sha } from "../../domain/values/scalars.ts";
import type { Warn } from "../../domain/warn.ts";
import type { ObjectReader } from "../../git/objects/object-reader.ts";
import type { Repository } from "../../git/repository.ts";
import { ForgeError } from "../forge.ts";
import type { PushQueue } from "./branches/push-queue.ts";
import type { GiteaClient } from "./client/client.ts";
import type { Proof } from "./proof.ts";

/** What every operation on one repository needs. */
export interface GiteaContext {
  readonly client: GiteaClient;
  /** `/repos/<owner>/<name>`, below `/api/v1`. */
  readonly path: string;
  /** The mirror. */
  readonly repository: Repository;
  readonly objects: ObjectReader;
  readonly proof: Proof;
  readonly push: PushQueue;
  readonly warn: Warn;
  /** The ids of labels by their names; each is looked up once. */
  readonly labelIds: Map<string, Promise<number | undefined>>;
  /** Whom the token belongs to; asked once. */
  account(): Promise<GiteaUser>;
  /**
   * Fetches the branches into the mirror, and the head of a pull request where one is given, so that it has the commit; false
   * where the remote has none of that id there. Throws ForgeError.
   */
  fetch(commit: Sha, pull?: number): Promise<boolean>;
}

/** An account as a Gitea shows it. A deleted one has the id -1. */
export const GiteaUser = z.object({ id: z.int(), login: z.string().max(256) });
export type GiteaUser = z.infer<typeof GiteaUser>;

const RepositoryFacts = z.object({
  full_name: z.string(),
  default_branch: z.string(),
  fork: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  empty: z.boolean(),
  has_pull_requests: z.boolean(),
  topics: z.array(z.string()).nullish(),
});

/** What a Gitea says about a repository. */
export type GiteaRepositoryFacts = z.infer<typeof RepositoryFacts>;

/** Reads what a Gitea says about the repository. Throws ForgeError "not-found" where there is none, or the token may not see it. */
export async function readRepositoryFacts({
  client,
  path,
}: Pick<GiteaContext, "client" | "path">): Promise<GiteaRepositoryFacts> {
  const found = await client.get("read the repository", path, RepositoryFacts);
  if (found !== undefined) return found;
  throw new ForgeError(
    "not-found",
    `there is no repository ${path.slice("/repos/".length)}, or this token may not see it`,
  );
}

/** A segment of a path for each segment of a branch. */
export function branchPath(branch: string): string {
  return branch.split("/").map(encodeURIComponent).join("/");
}

/** Why a repository has no list of pull requests. Returns where it is empty; throws ForgeError where they are turned off. */
export async function explainNoPulls(context: Pick<GiteaContext, "client" | "path">): Promise<void> {
  const { empty, has_pull_requests: hasPulls, full_name: name } = await readRepositoryFacts(context);
  if (empty && hasPulls) return;
  throw new ForgeError("forbidden", `${name} has no pull requests: turn them on in the settings of the repository`);
}

/** Throws ForgeError where there is no such pull request or issue, whose timeline was asked for. */
export async function refuseAbsent(what: string): Promise<void> {
  throw new ForgeError("not-found", `there is no ${what}, or this token may not see it`);
}
