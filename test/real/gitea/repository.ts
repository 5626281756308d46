import { join } from "node:path";
import * as z from "zod";
import { createGiteaForge, type GiteaForge, type GiteaForgeOptions } from "../../../src/forge/gitea/forge.ts";
import { openRepository } from "../../../src/git/repository.ts";
import { openWorkshop, type Workshop } from "../../support/git/repository.ts";
import { waitUntil } from "../../support/wait.ts";
import { askGitea, type GiteaAccount } from "./account.ts";

/** A repository on a Gitea, and what its owner does to it with Git and the API. */
export interface GiteaRepository {
  readonly owner: GiteaAccount;
  readonly bot: GiteaAccount;
  /** `owner/name`. */
  readonly name: string;
  readonly address: string;
  /** A forge of the bot, as another process would have one; closed at the end. */
  forge(options?: Partial<GiteaForgeOptions>): Promise<GiteaForge>;
  /** A request as the owner, below `/repos/owner/name`. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
  /** The owner merges a pull request, as soon as the Gitea has found out whether it merges cleanly. */
  merge(number: number): Promise<void>;
  /** A commit by the owner; `undefined` deletes a file. */
  commit(branch: string, files: Readonly<Record<string, string | undefined>>): Promise<string>;
  /** The owner sets a branch to a commit, by force, or deletes it. */
  setBranch(branch: string, to: string | undefined): Promise<void>;
  branchHead(branch: string): Promise<string | undefined>;
  /** A person's copy, with every branch fetched. */
  fetched(): Promise<Workshop>;
  end(): Promise<void>;
}

let count = 0;

/** Makes a repository that `owner` owns and `bot` may write to; with files, `main` holds them. `called`: its name; left out, a new one. */
export async function createGiteaRepository(
  owner: GiteaAccount,
  bot: GiteaAccount,
  files: Readonly<Record<string, string>> | undefined,
  called?: string,
): Promise<GiteaRepository> {
  count += 1;
  const short = called ?? `fleet-${count}`;
  const name = `${owner.login}/${short}`;
  const address = `${owner.url}/${name}`;
  await askGitea(owner, "POST", "/user/repos", { name: short, default_branch: "main" });
  await askGitea(owner, "PUT", `/repos/${name}/collaborators/${bot.login}`, { permission: "write" });
  const copy = await openWorkshop("bare");
  const secret = Buffer.from(`${owner.login}:${owner.token}`).toString("base64");
  const git = (...args: readonly string[]) =>
    copy.git("-c", `http.extraHeader=Authorization: Basic ${secret}`, ...args);
  const fetched = async () => {
    await git("fetch", "--quiet", "--prune", address, "+refs/heads/*:refs/heads/*");
    return copy;
  };
  const push = (spec: string) => git("push", "--quiet", "--force", address, spec);
  const commit = async (branch: string, changed: Readonly<Record<string, string | undefined>>) => {
    await fetched();
    const sha = await copy.commit(branch, changed);
    await push(`refs/heads/${branch}:refs/heads/${branch}`);
    return sha;
  };
  if (files !== undefined) {
    await commit("main", files);
    // Gitea notices the first push a moment later.
    const Facts = z.object({ empty: z.boolean() });
    await waitUntil(async () => !Facts.parse(await askGitea(owner, "GET", `/repos/${name}`)).empty, 20);
  }
  const ends: (() => Promise<void>)[] = [];
  return {
    owner,
    bot,
    name,
    address,
    async forge(options = {}) {
      const credential = async () => options.token ?? bot.token;
      const cache = join(copy.root, `cache-${ends.length}`);
      const repository = await openRepository(address, { env: process.env, cache, credential });
      const where = { url: owner.url, owner: owner.login, name: short };
      const forge = createGiteaForge({ ...where, token: bot.token, repository, retryBase: 1, ...options });
      ends.push(async () => {
        await forge.dispose();
        await repository.close();
      });
      return forge;
    },
    ask: (method, path, body) => askGitea(owner, method, `/repos/${name}${path}`, body),
    merge: (number) =>
      waitUntil(async () => {
        try {
          await askGitea(owner, "POST", `/repos/${name}/pulls/${number}/merge`, { Do: "merge" });
          return true;
        } catch (error) {
          if (error instanceof Error && error.message.includes("try again later")) return false;
          throw error;
        }
      }, 100),
    commit,
    async setBranch(branch, to) {
      await fetched();
      await push(`${to ?? ""}:refs/heads/${branch}`);
    },
    async branchHead(branch) {
      const line = await git("ls-remote", address, `refs/heads/${branch}`);
      return line === "" ? undefined : line.split("\t")[0];
    },
    fetched,
    async end() {
      for (const end of ends) await end();
      await copy.remove();
    },
  };
}
