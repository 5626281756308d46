import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openGitStore } from "../git/git-store.ts";
import type { Account, Installation, Level, Permissions, Repository, World, WorldEvent } from "./model.ts";
import { findRepository, newId, timestamp } from "./model.ts";
import { createHistory } from "./replica.ts";
import { makeApp } from "./sign-in.ts";

/** What the app asks for; `members` to find the teams that review, `checks` to show its own, `statuses` to merge what a policy accepts. */
export const APP_PERMISSIONS: Permissions = {
  checks: "write",
  contents: "write",
  deployments: "write",
  issues: "write",
  members: "read",
  merge_queues: "read",
  metadata: "read",
  pull_requests: "write",
  statuses: "read",
};

/** The events that it subscribes to. */
const APP_EVENTS = [
  ...["check_run", "check_suite", "issue_comment", "issues"],
  ...["merge_group", "pull_request", "push", "repository"],
];

/** An empty GitHub with one app, registered but not installed. */
export function createWorld(
  url: string,
  webhookSecret: string,
  slug: string,
  now: () => number,
  emit: (event: WorldEvent) => void,
): World {
  const app = makeApp(4242, slug, webhookSecret, {
    owner: undefined,
    permissions: APP_PERMISSIONS,
    events: APP_EVENTS,
  });
  const accounts = new Map([[app.bot.login.toLowerCase(), app.bot]]);
  return {
    url,
    app,
    registrations: new Map(),
    accounts,
    installations: new Map(),
    repositories: new Map(),
    moved: new Map(),
    tokens: new Map(),
    now,
    nextId: 1000,
    history: createHistory(),
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
  const installation: Installation = {
    id: newId(world),
    account,
    permissions,
    events: world.app.events,
    suspendedAt: undefined,
    createdAt: timestamp(world),
  };
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
    mergeRefusal: undefined,
    isArchived: false,
    topics: [],
    branchRules: new Map(),
    createdAt: at,
    pushedAt: at,
    pulls: new Map(),
    issues: new Map(),
    hasIssues: true,
    pullsByBranch: new Map(),
    labels: new Map(
      (options.labels ?? []).map((name) => [name.toLowerCase(), { id: newId(world), name, color: "ededed" }]),
    ),
    teams: (options.teams ?? []).map((slug) => ({ id: newId(world), slug, name: slug })),
    collaborators: new Map(Object.entries(options.collaborators ?? {})),
    nextNumber: 1,
    checks: new Map(),
    checkRuns: [],
    deployments: [],
    queue: Promise.resolve(),
  };
  if (findRepository(world, owner.login, options.name) !== undefined)
    throw new Error(`${owner.login}/${options.name} exists`);
  world.repositories.set(`${owner.login}/${options.name}`.toLowerCase(), repository);
  return repository;
}
