import * as z from "zod";
import { createGate } from "../../deadline/gate.ts";
import type { Warn } from "../../domain/warn.ts";
import { createGiteaClient } from "./client/client.ts";
import { type GiteaList, listPages } from "./client/pages.ts";
import { refuseAbsent } from "./context.ts";

/** Where an account's repositories are listed. */
export interface GiteaRepositoriesOptions {
  readonly url: string;
  readonly token: string;
  readonly warn: Warn;
  readonly fetch: typeof fetch;
}

const Listed = z.object({
  full_name: z.string().regex(/^[\w-][\w.-]{0,99}\/[\w.-]{1,100}$/),
  archived: z.boolean(),
  mirror: z.boolean(),
  empty: z.boolean(),
  has_pull_requests: z.boolean(),
  permissions: z.object({ push: z.boolean() }),
});

/** Most pages: 10,000 repositories. */
const MOST_PAGES = 200;
const TIMEOUT = 30_000;

/**
 * The repositories, `owner/name`, that the token's account owns or was given (by name, or by a team) and may push to. Those that
 * nothing can be proposed in are left out: archived or empty ones, mirrors, and those without pull requests. Throws ForgeError.
 */
export async function listGiteaRepositories(options: GiteaRepositoriesOptions): Promise<GiteaList<string>> {
  const client = createGiteaClient({
    ...options,
    timeout: TIMEOUT,
    gate: createGate(1),
    retryBase: 1000,
    patience: 60,
  });
  const listed = await listPages(client, {
    doing: "list the repositories",
    path: "/user/repos",
    query: {},
    shape: Listed,
    most: MOST_PAGES,
    absent: () => refuseAbsent(`Gitea at ${options.url}`),
  });
  const fit = listed.items.filter(
    ({ archived, mirror, empty, has_pull_requests: hasPulls, permissions }) =>
      permissions.push && hasPulls && !archived && !mirror && !empty,
  );
  return { ...listed, items: [...new Set(fit.map(({ full_name: name }) => name))] };
}
