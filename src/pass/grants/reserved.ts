import { branchFor } from "../../domain/branch-name.ts";
import type { Cause } from "../../domain/cause.ts";
import type { Fleet } from "../../domain/fleet.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import type { LineageMember, LineageView } from "../../grants/lineage-view.ts";
import { decodeMarker } from "../../pr/marker.ts";
import { readAgent } from "../../spec/read/read-agent.ts";
import { onceInAPass } from "../once-in-a-pass.ts";
import type { Pass } from "../pass.ts";

/** What pull requests of other requests would add, and when agents asked. Undefined: it could not be read. */
export interface OpenRequests {
  readonly members: readonly LineageMember[];
  readonly requests: LineageView["requests"];
}

const DAY = 86_400_000;
const REQUESTS = "raos/request/";

/**
 * The agents that open pull requests of other requests would add. Of two open ones the one that was opened first keeps its place, so
 * that the later one gives way. Requests of the last two days count for the rate, whatever became of them.
 */
export async function readOpenRequests(pass: Pass, cause: Cause, fleet: Fleet): Promise<OpenRequests | undefined> {
  if (cause.kind !== "request") return { members: [], requests: [] };
  const recent = await readRecent(pass);
  if (!pass.forge.complete || recent === undefined) return undefined;
  const own = branchFor(cause);
  const number = pass.forge.open.get(own)?.number ?? Number.POSITIVE_INFINITY;
  const open = [...pass.forge.open.values()].filter((pull) => pull.number < number && pull.branch !== own);
  return countRequests(open, [...recent, ...pass.forge.open.values()], fleet);
}

/** What requests take for which `open` pull requests are open, and when those of `recent` were made. */
export function countRequests(
  open: readonly PullRequest[],
  recent: readonly PullRequest[],
  fleet: Fleet,
): OpenRequests {
  const all = new Map(recent.filter(isRequest).map((pull) => [pull.number, pull]));
  return {
    members: open.filter(isRequest).flatMap((pull) => membersOf(pull, fleet)),
    requests: [...all.values()].flatMap(requestOf),
  };
}

/** Since when requests count, whatever became of them. */
export function countedSince(now: Instant): Instant {
  return now - 2 * DAY;
}

/** The agents that open pull requests of requests would add, each with its pull request. `fleet`: that of the default branch. */
export function reservedAgents(
  open: readonly PullRequest[],
  fleet: Fleet,
): readonly { readonly member: LineageMember; readonly pull: PullRequest }[] {
  const requests = open.filter((pull) => pull.state === "open" && isRequest(pull));
  return requests.flatMap((pull) => membersOf(pull, fleet).map((member) => ({ member, pull })));
}

/**
 * When a request was made: now, or where it has an open pull request already, the time that is in it, so that a request that is made
 * again changes nothing.
 */
export function askedAt({ forge, survey, world }: Pass, request: string): Instant {
  const pull = forge.open.get(branchFor({ kind: "request", id: request }));
  const members = pull === undefined || !isRequest(pull) ? [] : membersOf(pull, survey.fleet);
  return members.find(({ lineage }) => lineage.request === request)?.lineage.createdAt ?? world.now();
}

const readRecent = onceInAPass<readonly PullRequest[]>(
  ({ world }) => world.forge.recentPulls(countedSince(world.now())),
  "the requests of the last days cannot be read",
);

function isRequest({ branch, openedByBot, textByBot }: PullRequest): boolean {
  return branch.startsWith(REQUESTS) && openedByBot && textByBot;
}

function requestOf(pull: PullRequest): LineageView["requests"] {
  const request = decodeMarker(pull.body)?.requested?.request;
  if (request?.wants !== "create" || request.from.kind !== "agent") return [];
  return [{ id: request.id, asker: request.from.agent, at: pull.createdAt }];
}

function membersOf(pull: PullRequest, fleet: Fleet): readonly LineageMember[] {
  const written = decodeMarker(pull.body)?.requested?.written ?? [];
  return written.flatMap(({ file, text }): readonly LineageMember[] => {
    // What a prompt says is not asked here, only that there is one.
    const { agent } = readAgent(file, "", Buffer.from(text ?? ""), fleet, () => Buffer.from("-"));
    if (agent?.facts.lineage === undefined) return [];
    return [{ agent: agent.key, ...agent.facts.lineage, state: "reserved" }];
  });
}
