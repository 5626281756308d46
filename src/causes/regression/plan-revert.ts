import { isDeepStrictEqual } from "node:util";
import { isRevert } from "../../domain/alert/revert.ts";
import { branchFor, causeOf } from "../../domain/branch-name.ts";
import type { Cause } from "../../domain/cause.ts";
import type { Marker } from "../../domain/proposal.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import { limitsOf, type Pass } from "../../pass/pass.ts";
import { pathsOfAgents } from "../../pass/paths-of-agents.ts";
import { prepare } from "../../pass/prepare.ts";
import type { Step } from "../../pass/step.ts";
import type { NoRevert } from "../../pr/command/no-revert.ts";
import { decide } from "../../pr/decide.ts";
import { decodeMarker } from "../../pr/marker.ts";
import { findMergedChange, foldersOfPull } from "./merged-change.ts";
import { type AskedBy, restoreSpecs } from "./restore-specs.ts";

/** The step that opens the pull request, or why there is none. */
export type RevertPlan =
  | { readonly kind: "step"; readonly step: Step }
  | { readonly kind: "none"; readonly why: NoRevert };

/**
 * Plans the pull request that takes back what a merged one of RAOS changed: at most one for each, never for one that takes back
 * something itself, and never over what somebody changed since. Whoever asks, a person or what is found out after a roll-out, it is
 * the same cause, so that both lead to the same branch. Throws GitError or ForgeError.
 */
export async function planRevert(pass: Pass, pull: PullRequest, asked: AskedBy): Promise<RevertPlan> {
  const origin = originOf(pull, asked);
  if ("why" in origin) return { kind: "none", why: origin.why };
  const cause: Cause = { kind: "regression", pull: pull.number };
  const { pulls, complete } = await pass.world.forge.pullRequests([branchFor(cause)]);
  const last = pass.forge.open.get(branchFor(cause)) ?? pulls.findLast(({ branch }) => branch === branchFor(cause));
  const earlier = earlierRevert(last, complete);
  if (earlier !== undefined) return { kind: "none", why: earlier };
  const merged = await findMergedChange(pass, origin.marker, foldersOfPull(pass, origin.marker));
  if (merged === undefined) return { kind: "none", why: { kind: "merge-not-found" } };
  const restored = await restoreSpecs(pass, merged, asked);
  if (restored.kind !== "edits") return { kind: "none", why: restored };
  const { agents, edits } = restored;
  const snapshot = await pass.commit.slice(pathsOfAgents(agents, pass));
  const prepared = await prepare(pass, { cause, agents, tenants: [], edits }, snapshot);
  // Who asks now is not held up by limits and schedules of what RAOS does by itself.
  const limits = { ...limitsOf(pass, complete && pass.forge.complete), full: undefined };
  const wanted = prepared.verdict.kind === "deny" ? "denied" : prepared.proposal;
  return { kind: "step", step: { ...prepared, decision: decide(cause, last, wanted, limits) } };
}

interface Origin {
  readonly cause: Cause;
  readonly marker: Marker;
}

/**
 * What a pull request was for. Its marker only says in which commit to look for its changes. Somebody may have written it; where a
 * person asks, a person reads what comes of it.
 */
function originOf(pull: PullRequest, { by }: AskedBy): Origin | { readonly why: NoRevert } {
  const cause = causeOf(pull.branch);
  if (cause === undefined || !pull.openedByBot) return { why: { kind: "not-of-raos" } };
  if (pull.state !== "merged") return { why: { kind: "not-merged" } };
  if (cause.kind === "regression" || (cause.kind === "alert" && isRevert(cause)))
    return { why: { kind: "is-a-revert" } };
  const marker = decodeMarker(pull.body);
  const isBelieved = by === "person" || pull.textByBot;
  if (!isBelieved || marker === undefined || !isDeepStrictEqual(marker.cause, cause))
    return { why: { kind: "text-changed" } };
  return { cause, marker };
}

/** Why there is no second one; undefined where there is none yet, or RAOS itself closed it. */
function earlierRevert(last: PullRequest | undefined, isComplete: boolean): NoRevert | undefined {
  if (last === undefined) return isComplete ? undefined : { kind: "incomplete-read" };
  if (last.state === "closed" && last.closedByBot) return undefined;
  return { kind: "exists", number: last.number, state: last.state };
}
