import { branchFor } from "../../domain/branch-name.ts";
import type { Cause } from "../../domain/cause.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import { limitsOf, type Pass } from "../../pass/pass.ts";
import { stepOfPrepared } from "../../pass/prepare.ts";
import type { Step } from "../../pass/step.ts";
import { decodeMarker } from "../../pr/marker.ts";
import { prepareRequest, type RequestedEdits } from "./prepare-request.ts";

/**
 * The step that opens, or updates, the pull request of a request that somebody makes now. The same request leads to the same branch,
 * and so to the same pull request, however often it is made. What a person asks for is not held up by the limits of what RAOS does by
 * itself; agents are. Throws GitError or ForgeError.
 */
export async function planRequest(pass: Pass, asked: RequestedEdits): Promise<Step> {
  const { request } = asked.requested;
  const cause: Cause = { kind: "request", id: request.id };
  const branch = branchFor(cause);
  const { pulls, complete } = await pass.world.forge.pullRequests([branch]);
  const last =
    pulls.find((pull) => pull.branch === branch && pull.state === "open") ??
    pulls.find((pull) => pull.branch === branch);
  const prepared = await prepareRequest(pass, asFirstMeasured(asked, last));
  const limits = limitsOf(pass, complete);
  return stepOfPrepared(prepared, last, request.from.kind === "person" ? { ...limits, full: undefined } : limits);
}

/** Who asks again while the pull request is open changes nothing of it: it keeps what was measured when it was opened. */
function asFirstMeasured(asked: RequestedEdits, pull: PullRequest | undefined): RequestedEdits {
  const { requested } = asked;
  const first = pull?.state === "open" && pull.textByBot ? decodeMarker(pull.body)?.requested?.request : undefined;
  if (first?.measured === undefined) return asked;
  return { ...asked, requested: { ...requested, request: { ...requested.request, measured: first.measured } } };
}
