import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/core";
import * as z from "zod";
import { ForgeError } from "./forge.ts";
import { toForgeError } from "./github-error.ts";
import { sameOriginFetch } from "./same-origin-fetch.ts";

/** A repository that a GitHub App was given. */
export interface InstalledRepository {
  /** `owner/name`. */
  readonly repo: string;
  readonly installation: number;
}

const Installations = z.array(z.object({ id: z.number(), suspended_at: z.string().nullish() }));
const Repositories = z.object({
  repositories: z.array(
    z.object({ full_name: z.string(), archived: z.boolean().optional(), disabled: z.boolean().optional() }),
  ),
});
const PAGE = 100;
/** Most pages of a listing: 10,000 installations, or repositories of one. */
const MOST_PAGES = 100;

/** Every repository of every installation that is not suspended; archived ones take no pull requests. Throws ForgeError. */
export async function installedRepositories(app: {
  readonly appId: number;
  readonly privateKey: string;
  readonly baseUrl: string;
}): Promise<readonly InstalledRepository[]> {
  try {
    const octokit = new Octokit({
      baseUrl: app.baseUrl,
      authStrategy: createAppAuth,
      auth: { appId: app.appId, privateKey: app.privateKey },
      request: { fetch: sameOriginFetch },
    });
    const found: InstalledRepository[] = [];
    for await (const page of pages(octokit, "GET /app/installations")) {
      for (const { id, suspended_at } of Installations.parse(page)) {
        if (suspended_at === null || suspended_at === undefined) found.push(...(await repositoriesOf(app, id)));
      }
    }
    return found;
  } catch (error) {
    throw error instanceof ForgeError ? error : toForgeError(error, "list the App's repositories");
  }
}

async function repositoriesOf(
  app: Parameters<typeof installedRepositories>[0],
  installation: number,
): Promise<readonly InstalledRepository[]> {
  const auth = { appId: app.appId, privateKey: app.privateKey, installationId: installation };
  const request = { fetch: sameOriginFetch };
  const octokit = new Octokit({ baseUrl: app.baseUrl, authStrategy: createAppAuth, auth, request });
  const found: InstalledRepository[] = [];
  for await (const page of pages(octokit, "GET /installation/repositories")) {
    const { repositories } = Repositories.parse(page);
    const alive = repositories.filter((repository) => repository.archived !== true && repository.disabled !== true);
    found.push(...alive.map((repository) => ({ repo: repository.full_name, installation })));
  }
  return found;
}

async function* pages(octokit: Octokit, route: string): AsyncGenerator<unknown> {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { data, headers } = await octokit.request(route, { per_page: PAGE, page });
    yield data;
    if (!(headers.link ?? "").includes('rel="next"')) return;
  }
}
