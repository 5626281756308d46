import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeCommit } from "./commits.ts";
import { openGitStore } from "./git-store.ts";
import { person } from "./merging.ts";
import type { Account, Installation, Level, Permissions, Repository, World, WorldEvent } from "./model.ts";
import { findRepository, newId, timestamp } from "./model.ts";
import { makeApp } from "./sign-in.ts";
import { changeTree } from "./trees.ts";

/** What the app asks for: contents and pull requests to write, metadata to read, issues for labels and comments. */
export const APP_PERMISSIONS: Permissions = {
  contents: "write",
  issues: "write",
  metadata: "read",
  pull_requests: "write",
};

/** An empty GitHub with one app, registered but not installed. */
export function createWorld(
  url: string,
  webhookSecret: string,
  slug: string,
  now: () => number,
  emit: (event: WorldEvent) => void,
): World {
  const app = makeApp(4242, slug, webhookSecret);
  const accounts = new Map([[app.bot.login.toLowerCase(), app.bot]]);
  return {
    url,
    app,
    accounts,
    installations: new Map(),
    repositories: new Map(),
    tokens: new Map(),
    now,
    nextId: 1000,
    emit,
  };
}

export function addAccount(world: World, login: string, type: "User" | "Organization"): Account {
  const known = world.accounts.get(login.toLowerCase());
  if (known !== undefined) return known;
  const id = newId(world);
  const account = { id, login, type, name: login, email: `${id}+${login}@users.noreply.github.com` };
  world.accounts.set(login.toLowerCase(), account);
  return account;
}

/** Installs the app on an account, with the app's permissions or fewer. */
export function install(world: World, account: Account, permissions: Permissions): Installation {
  const installation = { id: newId(world), account, permissions, suspendedAt: undefined, createdAt: timestamp(world) };
  world.installations.set(installation.id, installation);
  return installation;
}

export interface RepositoryOptions {
  readonly root: string;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch?: string;
  readonly isPrivate?: boolean;
  readonly fork?: Repository;
  readonly collaborators?: Readonly<Record<string, Level>>;
  readonly teams?: readonly string[];
  readonly labels?: readonly string[];
}

/** Creates an empty repository of an account that is there. */
export async function addRepository(world: World, options: RepositoryOptions): Promise<Repository> {
  const owner = world.accounts.get(options.owner.toLowerCase());
  if (owner === undefined) throw new Error(`no account ${options.owner}`);
  const defaultBranch = options.defaultBranch ?? "main";
  const folder = join(options.root, owner.login);
  await mkdir(folder, { recursive: true });
  const git = await openGitStore(join(folder, `${options.name}.git`), defaultBranch);
  const at = timestamp(world);
  const repository: Repository = {
    id: newId(world),
    owner,
    name: options.name,
    git,
    defaultBranch,
    isPrivate: options.isPrivate ?? true,
    fork: options.fork,
    deleteBranchOnMerge: false,
    createdAt: at,
    pushedAt: at,
    pulls: new Map(),
    pullsByBranch: new Map(),
    labels: new Map(
      (options.labels ?? []).map((name) => [name.toLowerCase(), { id: newId(world), name, color: "ededed" }]),
    ),
    teams: (options.teams ?? []).map((slug) => ({ id: newId(world), slug, name: slug })),
    collaborators: new Map(Object.entries(options.collaborators ?? {})),
    nextNumber: 1,
    signed: new Set(),
    queue: Promise.resolve(),
  };
  if (findRepository(world, owner.login, options.name) !== undefined)
    throw new Error(`${owner.login}/${options.name} exists`);
  world.repositories.set(`${owner.login}/${options.name}`.toLowerCase(), repository);
  return repository;
}

/** A commit by a person straight into the store, as if pushed before anyone looked: no webhook. Returns its id. */
export async function seedCommit(
  repository: Repository,
  author: Account,
  branch: string,
  files: Readonly<Record<string, string | undefined>>,
  message: string,
): Promise<string> {
  const ref = `refs/heads/${branch}`;
  const parent = await repository.git.resolve(ref);
  const base = parent === undefined ? undefined : await repository.git.resolve(`${parent}^{tree}`);
  const changes = new Map(
    Object.entries(files).map(([path, text]) => [path, text === undefined ? undefined : Buffer.from(text)]),
  );
  const tree =
    (await changeTree(repository.git, base, changes)) ?? (await repository.git.write("tree", Buffer.alloc(0)));
  const commit = await writeCommit(repository.git, {
    parents: parent === undefined ? [] : [parent],
    tree,
    message,
    author: person(author),
    committer: person(author),
  });
  await repository.git.updateRefs([{ ref, after: commit, before: parent }]);
  return commit;
}
