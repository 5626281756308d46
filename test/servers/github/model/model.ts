import type { KeyObject } from "node:crypto";
import type { Commit } from "../git/commits.ts";
import type { GitStore } from "../git/git-store.ts";
import type { History } from "./replica.ts";

/** What the test GitHub remembers. Branches and commits are in Git; this is the rest. */

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Organization" | "Bot";
  readonly name: string;
  readonly email: string;
}

export type Level = "read" | "write" | "admin";
/** GitHub's names: `contents`, `pull_requests`, `issues`, `metadata`, `workflows`. */
export type Permissions = Readonly<Record<string, Level>>;

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly bot: Account;
  readonly publicKey: KeyObject;
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** Who registered it; undefined: whoever was there first. */
  readonly owner: Account | undefined;
  /** What it asks for. An installation has it once an owner accepted it. */
  permissions: Permissions;
  events: readonly string[];
}

export interface Installation {
  readonly id: number;
  readonly account: Account;
  permissions: Permissions;
  events: readonly string[];
  suspendedAt: string | undefined;
  readonly createdAt: string;
}

/** Who asks: an app by its JWT, an installation or a person by a token. */
export type Caller =
  | { readonly kind: "anonymous" }
  | { readonly kind: "app"; readonly app: App }
  | {
      readonly kind: "installation";
      readonly app: App;
      readonly installation: Installation;
      readonly permissions: Permissions;
      readonly repositoryIds: readonly number[] | undefined;
      readonly token: string;
    }
  | {
      readonly kind: "user";
      readonly user: Account;
      readonly token: string;
      /** Of a classic token, as the header `X-OAuth-Scopes` lists them; left out: it is a fine-grained one, or of a GitHub App. */
      readonly scopes?: string | undefined;
    };

export interface Label {
  readonly id: number;
  readonly name: string;
  readonly color: string;
}

export interface Comment {
  readonly id: number;
  readonly author: Account;
  body: string;
  readonly createdAt: string;
  lastEdit: Edit | undefined;
  /** Who reacted, and how, such as `eyes`. */
  readonly reactions?: Map<string, Set<Account>>;
}

/** Who changed a text after it was written: anybody with write access may change anybody's. */
export interface Edit {
  readonly editor: Account;
  readonly at: string;
}

export interface Closing {
  readonly actor: Account;
  readonly at: string;
}

export interface Pull {
  readonly id: number;
  readonly number: number;
  readonly repository: Repository;
  readonly headRepository: Repository;
  readonly author: Account;
  readonly headRef: string;
  baseRef: string;
  title: string;
  body: string;
  /** The last change of the body. */
  lastEdit: Edit | undefined;
  draft: boolean;
  state: "OPEN" | "CLOSED" | "MERGED";
  /** Head commit: the branch's while open, its last one afterwards. */
  head: string;
  /** What the base branch held when the pull request was opened or its base last changed. */
  baseOid: string;
  /** Set where the head branch was deleted or rewritten after closing: it cannot be opened again. */
  reopenable: boolean;
  mergeCommit: string | undefined;
  mergedAt: string | undefined;
  mergedBy: Account | undefined;
  closings: Closing[];
  comments: Comment[];
  labels: Label[];
  reviewers: Account[];
  teams: Team[];
  /** The last review of each person that decides something. */
  readonly reviews: Map<string, "APPROVED" | "CHANGES_REQUESTED">;
  /** Who turned on auto-merge. */
  autoMergeBy: Account | undefined;
  isQueued: boolean;
  readonly createdAt: string;
  updatedAt: string;
  /** What the lazy computation last found, and for which head and base. */
  mergeable: { readonly key: string; readonly value: "MERGEABLE" | "CONFLICTING" } | undefined;
}

export interface Issue {
  readonly kind: "issue";
  readonly id: number;
  readonly number: number;
  readonly repository: Repository;
  readonly author: Account;
  title: string;
  body: string;
  lastEdit: Edit | undefined;
  /** Every change of the body, the oldest first; the first is its creation, once there is another. */
  readonly edits: Edit[];
  state: "OPEN" | "CLOSED";
  closedAt: string | undefined;
  comments: Comment[];
  labels: Label[];
  readonly createdAt: string;
  updatedAt: string;
}

/** A check run of the app. */
export interface CheckRun {
  readonly id: number;
  readonly headSha: string;
  name: string;
  externalId: string;
  status: string;
  conclusion: string | undefined;
  title: string | undefined;
  summary: string | undefined;
  text: string | undefined;
  readonly annotations: unknown[];
  readonly startedAt: string;
  completedAt: string | undefined;
}

export interface Team {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
}

/** A deployment, with its statuses, oldest first. */
export interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly environment: string;
  readonly description: string;
  readonly isProduction: boolean;
  readonly creator: Caller;
  readonly createdAt: string;
  readonly statuses: DeploymentStatus[];
}

export interface DeploymentStatus {
  readonly id: number;
  readonly state: string;
  readonly description: string;
  readonly createdAt: string;
}

export interface Repository {
  readonly id: number;
  readonly owner: Account;
  name: string;
  readonly git: GitStore;
  defaultBranch: string;
  readonly isPrivate: boolean;
  readonly fork: Repository | undefined;
  deleteBranchOnMerge: boolean;
  /** What a merge is refused with, as rules of the base branch have it; undefined: there is no rule, or it is met. */
  mergeRefusal: string | undefined;
  isArchived: boolean;
  topics: readonly string[];
  /** Rules of rulesets, as REST shows them, by the beginning of the branches that they hold for. */
  readonly branchRules: Map<string, readonly Readonly<Record<string, unknown>>[]>;
  readonly createdAt: string;
  pushedAt: string;
  readonly pulls: Map<number, Pull>;
  /** Issues that are no pull requests; both take their numbers from one sequence. */
  readonly issues: Map<number, Issue>;
  hasIssues: boolean;
  /** Numbers of the pull requests into this repository, by the name of their head branch (here or in a fork). */
  readonly pullsByBranch: Map<string, number[]>;
  readonly labels: Map<string, Label>;
  readonly teams: Team[];
  readonly collaborators: Map<string, Level>;
  nextNumber: number;
  /** Checks and statuses of a commit, rolled up; of most there is none. */
  readonly checks: Map<string, "SUCCESS" | "PENDING" | "EXPECTED" | "FAILURE" | "ERROR">;
  /** The app's check runs, oldest first. */
  readonly checkRuns: CheckRun[];
  /** Oldest first. */
  readonly deployments: Deployment[];
  /** Writes to refs wait for one another, as on GitHub. */
  queue: Promise<unknown>;
}

/** An App that was registered from a manifest, until its code is exchanged. */
export interface Registration {
  readonly app: App;
  readonly name: string;
  readonly hookUrl: string | undefined;
  readonly at: number;
}

export interface World {
  readonly url: string;
  /** The App of this GitHub; another one, once one is registered and its code exchanged. */
  app: App;
  /** By the code that the browser was given. */
  readonly registrations: Map<string, Registration>;
  readonly accounts: Map<string, Account>;
  readonly installations: Map<number, Installation>;
  readonly repositories: Map<string, Repository>;
  /** Repositories by the names that they had. */
  readonly moved: Map<string, Repository>;
  readonly tokens: Map<string, { readonly caller: Caller; readonly expiresAt: number }>;
  readonly now: () => number;
  nextId: number;
  /** What replicas that lag still show. */
  readonly history: History;
  /** Events for webhooks, in order. */
  readonly emit: (event: WorldEvent) => void;
}

export type WorldEvent =
  | {
      readonly kind: "push";
      readonly repository: Repository;
      readonly ref: string;
      readonly before: string;
      readonly after: string;
      readonly forced: boolean;
      readonly actor: Account;
    }
  | {
      readonly kind: "pull_request";
      readonly action: string;
      readonly pull: Pull;
      readonly actor: Account;
      readonly before?: string;
    }
  | {
      readonly kind: "check_run";
      readonly action: "rerequested" | "requested_action";
      /** Of the button that was pressed. */
      readonly identifier?: string;
      readonly repository: Repository;
      readonly run: CheckRun;
      readonly actor: Account;
    }
  | {
      readonly kind: "merge_group";
      readonly action: "checks_requested";
      readonly pull: Pull;
      readonly ref: string;
      readonly base: string;
      readonly commit: Commit;
      readonly actor: Account;
    }
  | {
      readonly kind: "repository";
      readonly action: "renamed" | "deleted" | "archived" | "unarchived";
      readonly repository: Repository;
      readonly from?: string;
      readonly actor: Account;
    }
  | { readonly kind: "issues"; readonly action: "edited"; readonly issue: Issue; readonly actor: Account }
  | { readonly kind: "issue_comment"; readonly pull: Pull; readonly comment: Comment; readonly actor: Account }
  | {
      readonly kind: "installation";
      readonly action: "created" | "deleted" | "suspend" | "unsuspend";
      readonly installation: Installation;
      readonly actor: Account;
    };

export function timestamp(world: World): string {
  return `${new Date(world.now()).toISOString().slice(0, 19)}Z`;
}

export function newId(world: World): number {
  return world.nextId++;
}

/** The repository `owner/name`, whatever the case of the letters. */
export function findRepository(world: World, owner: string, name: string): Repository | undefined {
  const key = `${owner}/${name}`.toLowerCase();
  return world.repositories.get(key) ?? world.moved.get(key);
}

/** The repository that had this name, until another one gets it. */
export function movedFrom(world: World, owner: string, name: string): Repository | undefined {
  const key = `${owner}/${name}`.toLowerCase();
  return world.repositories.has(key) ? undefined : world.moved.get(key);
}

/** Runs `work` after every earlier write to this repository. */
export function inTurn<T>(repository: Repository, work: () => Promise<T>): Promise<T> {
  const turn = repository.queue.then(work);
  repository.queue = turn.catch(() => {});
  return turn;
}

export function findRepositoryById(world: World, id: number): Repository | undefined {
  for (const repository of world.repositories.values()) if (repository.id === id) return repository;
  return undefined;
}
