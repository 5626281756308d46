import { isDeepStrictEqual } from "node:util";
import { causeOf } from "../../domain/branch-name.ts";
import type { Cause } from "../../domain/cause.ts";
import type { Snapshot } from "../../domain/fleet.ts";
import type { Marker } from "../../domain/proposal.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { WrittenSpec } from "../../domain/request/agent-request.ts";
import { limitsOf, type Pass } from "../../pass/pass.ts";
import { pathsOfAgents } from "../../pass/paths-of-agents.ts";
import { stepOfPrepared } from "../../pass/prepare.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import { decide } from "../../pr/decide.ts";
import { decodeMarker } from "../../pr/marker.ts";
import { isEditOfPresent } from "../../spec/edit/is-edit-of-present.ts";
import { planExpired } from "./plan-expired.ts";
import { planOrphans } from "./plan-orphans.ts";
import { prepareRequest } from "./prepare-request.ts";
import { planEndedRefusals } from "./refusals/plan-ended-refusals.ts";

type RequestCause = Extract<Cause, { readonly kind: "request" }>;

/**
 * Keeps the open pull requests of requests up to date: what their markers hold is planned and judged again on the present commit, and
 * one is closed where somebody has written the same files since. Opened are only those that retire agents whose time is over, and those
 * about agents that a deleted one left; who asks for others opens them (`planRequest`). Throws GitError or ForgeError.
 */
export async function* planRequests(pass: Pass): AsyncGenerator<Step> {
  for (const pull of pass.forge.open.values()) {
    const cause = causeOf(pull.branch) ?? hashedRequest(pull);
    if (cause?.kind === "request") yield await replan(pass, cause, pull);
  }
  yield* planExpired(pass);
  yield* planOrphans(pass);
  yield* planEndedRefusals(pass);
}

/** A request whose id is too long for a branch: the marker says it. */
function hashedRequest(pull: PullRequest): Cause | undefined {
  return pull.branch.startsWith("raos/request/") && pull.textByBot ? decodeMarker(pull.body)?.cause : undefined;
}

async function replan(pass: Pass, cause: RequestCause, pull: PullRequest): Promise<Step> {
  const limits = limitsOf(pass, pass.forge.complete);
  const marker = decodeMarker(pull.body);
  const agent = marker?.requested?.request.agent;
  const unit = { cause, agents: agent === undefined ? [] : [agent] };
  // Decided without a proposal: it is somebody else's.
  if (!pull.openedByBot || pull.botOnly !== true || pull.handsOff)
    return stepWithoutPlan(unit, decide(cause, pull, undefined, limits));
  if (!pull.textByBot || marker?.requested === undefined || !isDeepStrictEqual(marker.cause, cause))
    return stepWithoutPlan(unit, { kind: "skip", reason: "person-edited-the-text", pull });
  const { requested, edits } = marker;
  const files = requested.written.map(({ file }) => file);
  const snapshot = await pass.commit.slice([...pathsOfAgents(unit.agents, pass), ...files]);
  if (!isStillApplicable(marker, requested.written, snapshot, pass))
    return stepWithoutPlan(unit, decide(cause, pull, "changed-since", limits));
  const prepared = await prepareRequest(pass, { requested, edits });
  return stepOfPrepared(prepared, pull, limits);
}

/** Whether what it creates is not there yet, what it deletes still is, and what it changes is as it was. */
function isStillApplicable(
  { edits }: Marker,
  written: readonly WrittenSpec[],
  snapshot: Snapshot,
  { survey }: Pass,
): boolean {
  return (
    written.every(({ file, text }) => (snapshot.oid(file) === undefined) === (text !== undefined)) &&
    edits.every((edit) => survey.pathOf(edit.agent) === edit.file && isEditOfPresent(edit, snapshot.read(edit.file)))
  );
}
