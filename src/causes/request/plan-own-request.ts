import { branchFor } from "../../domain/branch-name.ts";
import type { RequestedChange } from "../../domain/request/agent-request.ts";
import type { Pass } from "../../pass/pass.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import { planRequest } from "./plan-request.ts";

/**
 * The step of a request that follows from what grants say, and that nobody makes; undefined where its pull request is open, since that
 * one is kept up to date with the others. One that a person closed is neither planned nor asked for again while the default branch is
 * at the same commit. Throws GitError or ForgeError.
 */
export async function planOwnRequest(pass: Pass, requested: RequestedChange): Promise<Step | undefined> {
  const { id, agent } = requested.request;
  const cause = { kind: "request", id } as const;
  const branch = branchFor(cause);
  if (pass.forge.open.has(branch)) return undefined;
  if (pass.world.unchangedPulls.get(branch) === pass.commit.sha) {
    const decision = { kind: "skip", reason: "closed-by-a-person", pull: undefined } as const;
    return stepWithoutPlan({ cause, agents: [agent] }, decision);
  }
  const step = await planRequest(pass, { requested, edits: [] });
  const isClosed = step.decision.kind === "skip" && step.decision.reason === "closed-by-a-person";
  return isClosed ? { ...step, remember: { kind: "unchanged-pull", branch, stamp: pass.commit.sha } } : step;
}
