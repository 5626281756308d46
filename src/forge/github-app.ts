import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/core";
import { retry } from "@octokit/plugin-retry";
import * as z from "zod";
import type { RepoKey } from "../domain/trigger.ts";
import { ForgeError } from "./forge.ts";
import { toForgeError } from "./github-error.ts";

export interface AppOptions {
  readonly appId: number;
  readonly privateKey: string;
  readonly baseUrl?: string | undefined;
}

export interface InstalledRepository {
  readonly repo: RepoKey;
  readonly installation: number;
  /** HTTPS address for Git, without credentials. */
  readonly cloneUrl: string;
}

const Installation = z.object({ id: z.number(), suspended_at: z.string().nullable().optional() });
const RepositoryPage = z.object({
  total_count: z.number(),
  repositories: z.array(z.object({ full_name: z.string(), clone_url: z.string(), archived: z.boolean() })),
});

/** Every repository the app is installed on, less suspended installations and archived repositories. Throws ForgeError. */
export async function installedRepositories(options: AppOptions): Promise<readonly InstalledRepository[]> {
  const doing = "list the app's repositories";
  const baseUrl = (options.baseUrl ?? "https://api.github.com").replace(/\/+$/, "");
  const settings = {
    baseUrl,
    userAgent: "raos",
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  };
  const Client = Octokit.plugin(retry);
  const credentials = { appId: options.appId, privateKey: options.privateKey };
  const app = new Client({ ...settings, authStrategy: createAppAuth, auth: credentials });
  const found: InstalledRepository[] = [];
  try {
    const installations = await pages(async (page) =>
      z.array(Installation).parse((await app.request("GET /app/installations", { per_page: 100, page })).data),
    );
    for (const { id, suspended_at } of installations) {
      if (typeof suspended_at === "string") continue;
      const client = new Client({
        ...settings,
        authStrategy: createAppAuth,
        auth: { ...credentials, installationId: id },
      });
      const repositories = await pages(
        async (page) =>
          RepositoryPage.parse((await client.request("GET /installation/repositories", { per_page: 100, page })).data)
            .repositories,
      );
      for (const { full_name: repo, clone_url: cloneUrl, archived } of repositories)
        if (!archived) found.push({ repo, installation: id, cloneUrl });
    }
    return found;
  } catch (error) {
    if (error instanceof z.ZodError)
      throw new ForgeError("unavailable", `${doing}: GitHub's answer was cut off or of another shape`);
    throw toForgeError(error, doing);
  }
}

async function pages<T>(read: (page: number) => Promise<readonly T[]>): Promise<readonly T[]> {
  const all: T[] = [];
  for (let page = 1; page <= 1000; page++) {
    const items = await read(page);
    all.push(...items);
    if (items.length < 100) break;
  }
  return all;
}
