import { branchFor, causeOf } from "../../domain/branch-name.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import { principalText } from "../../domain/request/principal.ts";
import type { RolloutReport } from "../../domain/rollout/report.ts";
import { decodeMarker } from "../../pr/marker.ts";
import { readRolloutText } from "../../pr/rollout/rollout-text.ts";
import type { ToolContext } from "../context.ts";
import type { ToolResult } from "../tool.ts";
import { rememberFor } from "./remember.ts";
import { type Visit, visit } from "./visit.ts";

/** A pull request that a request led to. */
export interface RequestedPull {
  /** As callers name it. */
  readonly repository: string;
  /** The id of the request. */
  readonly request: string;
  readonly pull: PullRequest;
  /** What its comment says of what became of it. */
  readonly report: RolloutReport | undefined;
  /** Whether the caller asked for it. */
  readonly isOwn: boolean;
  /** Whether a cluster is read, so that somebody watches what runs. */
  readonly isWatched: boolean;
}

const FRESH = 3000;
const MONTH = 31 * 86_400_000;
const MOST = 100;

const newest = rememberFor<PullRequest | undefined>(FRESH);
const lists = rememberFor<readonly PullRequest[]>(FRESH);

/** The pull request of a request; undefined where there is none, or the caller did not make it. Throws GitError, ForgeError, ToolBusy. */
export async function findRequested(
  repository: string,
  request: string,
  context: ToolContext,
): Promise<RequestedPull | undefined> {
  if (!/^[0-9a-f]{16}$/.test(request)) return undefined;
  const branch = branchFor({ kind: "request", id: request });
  const result = await visit<RequestedPull | undefined>(context, repository, async (here) => {
    const { forge } = here.world;
    const pull = await newest.read(here.world, branch, async () => {
      const { pulls } = await forge.pullRequests([branch]);
      const own = pulls.filter((one) => one.branch === branch);
      return own.find(({ state }) => state === "open") ?? own[0];
    });
    return { kind: "done", value: pull === undefined ? undefined : ownOf(pull, request, here) };
  });
  return result.kind === "done" ? result.value : undefined;
}

/** The requests of the last month that the caller made, or may see as a person; the newest first. Throws as `findRequested`. */
export async function requestedPulls(repository: string, context: ToolContext): Promise<readonly RequestedPull[]> {
  const result = await lookAtRequests(repository, context);
  return result.kind === "done" ? result.value : [];
}

/** As `requestedPulls`; a refusal where the caller is nobody in the repository, or it cannot be read. */
export async function lookAtRequests(
  repository: string,
  context: ToolContext,
): Promise<ToolResult<readonly RequestedPull[]>> {
  return visit<readonly RequestedPull[]>(context, repository, async (here) => {
    const { forge, now } = here.world;
    const pulls = await lists.read(here.world, "", async () => (await forge.recentPulls(now() - MONTH)) ?? []);
    const found = pulls
      .toSorted((a, b) => b.number - a.number)
      .flatMap((pull) => {
        const cause = causeOf(pull.branch);
        const own = cause?.kind === "request" ? ownOf(pull, cause.id, here) : undefined;
        return own === undefined ? [] : [own];
      });
    return { kind: "done", value: found.slice(0, MOST) };
  });
}

/** Forgets what was read of the pull request of a branch, since it is another one now. */
export function forgetRequested({ world }: Visit, branch: string): void {
  newest.forget(world, branch);
  lists.forget(world, "");
}

/** Only RAOS's own text says who asked. An agent sees what it asked for itself; a person who may read the repository, all. */
function ownOf(pull: PullRequest, request: string, { repository, principal, read, world }: Visit) {
  const from = pull.openedByBot && pull.textByBot ? decodeMarker(pull.body)?.requested?.request.from : undefined;
  const isOwn = from !== undefined && principalText(from) === principalText(principal);
  if (!pull.openedByBot || (principal.kind === "agent" && !isOwn)) return undefined;
  const { config } = read.survey.fleet;
  const isWatched = config.spec.environments.some(({ name }) => world.hasCluster(config, name));
  const report = pull.rollout === undefined ? undefined : readRolloutText(pull.rollout);
  return { repository, request, pull, report, isOwn, isWatched };
}

/**
 * Withdraws an open pull request that the caller asked for, and that nobody else has committed to. Returns whether it was closed. Throws
 * as `findRequested`.
 */
export async function withdrawRequested(
  { repository, pull, isOwn }: RequestedPull,
  context: ToolContext,
): Promise<boolean> {
  if (!isOwn || pull.state !== "open" || pull.botOnly !== true || pull.handsOff) return false;
  const result = await visit<boolean>(context, repository, async (here) => {
    const { world, principal } = here;
    await world.forge.close(pull, `Withdrawn by ${principalText(principal)}, who asked for it.`);
    forgetRequested(here, pull.branch);
    return { kind: "done", value: true };
  });
  return result.kind === "done" && result.value;
}
