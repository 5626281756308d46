import { countBetween } from "../git/commits.ts";
import { actorOf, demand } from "../model/access.ts";
import {
  type Account,
  type Caller,
  inTurn,
  newId,
  type Pull,
  type Repository,
  timestamp,
  type World,
} from "../model/model.ts";
import { Refusal } from "../model/refusal.ts";
import { askCodeOwners } from "../rules/code-owners.ts";
import { closePull, keepHead } from "./pull-follow.ts";

export const BODY_LIMIT = 65_536;

export interface NewPull {
  readonly title: string;
  readonly body: string;
  readonly baseRef: string;
  /** `branch`, or `owner:branch` for one in a fork. */
  readonly headRef: string;
  readonly headRepository?: Repository | undefined;
  readonly draft: boolean;
}

/** Opens a pull request, or refuses as GitHub does: a second for the same branches, nothing to merge, missing branches. */
export async function createPull(world: World, caller: Caller, repository: Repository, wanted: NewPull): Promise<Pull> {
  const { headRepository, branch } = findHead(world, repository, wanted);
  // Whoever may read may propose what lies in a fork of their own.
  const isOwnFork = caller.kind === "user" && headRepository.owner === caller.user;
  demand(world, caller, repository, "pull_requests", isOwnFork ? "read" : "write");
  checkText(wanted.title, wanted.body);
  return inTurn(repository, async () => {
    const baseOid = await repository.git.resolve(`refs/heads/${wanted.baseRef}`);
    const head = await headRepository.git.resolve(`refs/heads/${branch}`);
    if (baseOid === undefined)
      throw invalid(
        "base",
        head === undefined
          ? "Head sha can't be blank, Base sha can't be blank, Head ref must be a branch"
          : "Base ref must be a branch",
      );
    if (head === undefined)
      throw invalid(
        "head",
        `Head sha can't be blank, No commits between ${wanted.baseRef} and ${wanted.headRef}, Head ref must be a branch`,
      );
    for (const number of repository.pullsByBranch.get(branch) ?? []) {
      const other = repository.pulls.get(number);
      if (other?.state === "OPEN" && other.headRepository === headRepository && other.baseRef === wanted.baseRef) {
        throw new Refusal(
          "UNPROCESSABLE",
          `A pull request already exists for ${headRepository.owner.login}:${branch}.`,
          [
            {
              resource: "PullRequest",
              code: "custom",
              message: `A pull request already exists for ${headRepository.owner.login}:${branch}.`,
            },
          ],
        );
      }
    }
    const pull = makePull(world, actorOf(caller), repository, headRepository, branch, head, baseOid, wanted);
    await keepHead(pull);
    if ((await countBetween(repository.git, baseOid, head)) === 0) {
      const message = `No commits between ${wanted.baseRef} and ${wanted.headRef}`;
      // The number is free again, unless an issue took the next one meanwhile.
      if (repository.nextNumber === pull.number + 1) repository.nextNumber--;
      throw new Refusal("UNPROCESSABLE", message, [{ resource: "PullRequest", code: "custom", message }]);
    }
    repository.pulls.set(pull.number, pull);
    repository.pullsByBranch.set(branch, [...(repository.pullsByBranch.get(branch) ?? []), pull.number]);
    world.emit({ kind: "pull_request", action: "opened", pull, actor: pull.author });
    await askCodeOwners(world, pull);
    return pull;
  });
}

function invalid(field: string, message: string): Refusal {
  return new Refusal("UNPROCESSABLE", message, [{ resource: "PullRequest", field, code: "invalid" }]);
}

/** Refuses a title that is blank or longer than 256 characters, and a body that is too long. */
export function checkText(title: string | undefined, body: string | undefined): void {
  if (title !== undefined && title.trim() === "")
    throw new Refusal("UNPROCESSABLE", "Title can't be blank", [
      { resource: "PullRequest", code: "missing_field", field: "title" },
    ]);
  if (title !== undefined && title.length > 256)
    throw new Refusal("UNPROCESSABLE", "Title is too long (maximum is 256 characters)", [
      {
        resource: "PullRequest",
        code: "custom",
        field: "title",
        message: "title is too long (maximum is 256 characters)",
      },
    ]);
  checkBody(body);
}

/** Refuses a body of more than 65,536 characters. */
export function checkBody(body: string | undefined): void {
  if (body === undefined || [...body].length <= BODY_LIMIT) return;
  throw new Refusal("UNPROCESSABLE", `Body is too long (maximum is ${BODY_LIMIT} characters)`, [
    {
      resource: "Issue",
      code: "custom",
      field: "body",
      message: `body is too long (maximum is ${BODY_LIMIT} characters)`,
    },
  ]);
}

function findHead(
  world: World,
  repository: Repository,
  wanted: NewPull,
): { readonly headRepository: Repository; readonly branch: string } {
  const colon = wanted.headRef.indexOf(":");
  const branch = (colon < 0 ? wanted.headRef : wanted.headRef.slice(colon + 1)).replace(/^refs\/heads\//, "");
  if (wanted.headRepository !== undefined) return { headRepository: wanted.headRepository, branch };
  if (colon < 0) return { headRepository: repository, branch };
  const owner = wanted.headRef.slice(0, colon).toLowerCase();
  for (const other of world.repositories.values()) {
    if (other.owner.login.toLowerCase() === owner && (other === repository || other.fork === repository))
      return { headRepository: other, branch };
  }
  throw invalid("head", "Head repository can't be blank");
}

function makePull(
  world: World,
  author: Account,
  repository: Repository,
  headRepository: Repository,
  headRef: string,
  head: string,
  baseOid: string,
  wanted: NewPull,
): Pull {
  const at = timestamp(world);
  return {
    id: newId(world),
    number: repository.nextNumber++,
    repository,
    headRepository,
    author,
    headRef,
    baseRef: wanted.baseRef,
    title: wanted.title,
    body: wanted.body,
    lastEdit: undefined,
    draft: wanted.draft,
    state: "OPEN",
    head,
    baseOid,
    reopenable: true,
    mergeCommit: undefined,
    mergedAt: undefined,
    mergedBy: undefined,
    closings: [],
    comments: [],
    labels: [],
    reviewers: [],
    teams: [],
    reviews: new Map(),
    autoMergeBy: undefined,
    isQueued: false,
    createdAt: at,
    updatedAt: at,
    mergeable: undefined,
  };
}

export interface PullChange {
  readonly title?: string | undefined;
  readonly body?: string | undefined;
  readonly baseRef?: string | undefined;
  readonly state?: "OPEN" | "CLOSED" | undefined;
}

/** Changes title, body, base or state. A pull request whose branch is gone or was rewritten does not open again. */
export async function updatePull(world: World, caller: Caller, pull: Pull, change: PullChange): Promise<void> {
  demand(world, caller, pull.repository, "pull_requests", "write");
  checkText(change.title, change.body);
  const actor = actorOf(caller);
  await inTurn(pull.repository, async () => {
    if (change.baseRef !== undefined && change.baseRef !== pull.baseRef) {
      const oid = await pull.repository.git.resolve(`refs/heads/${change.baseRef}`);
      if (oid === undefined) throw invalid("base", "Proposed base branch does not exist");
      pull.baseRef = change.baseRef;
      pull.baseOid = oid;
    }
    if (change.state === "CLOSED" && pull.state === "OPEN") closePull(world, pull, actor);
    if (change.state === "OPEN") await reopen(world, pull, actor);
    const edited =
      (change.title !== undefined && change.title !== pull.title) ||
      (change.body !== undefined && change.body !== pull.body);
    if (change.body !== undefined && change.body !== pull.body) pull.lastEdit = { editor: actor, at: timestamp(world) };
    pull.title = change.title ?? pull.title;
    pull.body = change.body ?? pull.body;
    if (!edited) return;
    pull.updatedAt = timestamp(world);
    world.emit({ kind: "pull_request", action: "edited", pull, actor });
  });
}

async function reopen(world: World, pull: Pull, actor: Account): Promise<void> {
  if (pull.state === "OPEN") return;
  if (pull.state === "MERGED") throw invalid("state", "Merged pull requests cannot be reopened");
  const head = await pull.headRepository.git.resolve(`refs/heads/${pull.headRef}`);
  if (head === undefined) throw invalid("state", `The ${pull.headRef} branch has been deleted.`);
  if (!pull.reopenable) throw invalid("state", `The ${pull.headRef} branch was force-pushed or recreated.`);
  pull.state = "OPEN";
  pull.head = head;
  pull.updatedAt = timestamp(world);
  world.emit({ kind: "pull_request", action: "reopened", pull, actor });
}
