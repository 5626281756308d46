import { isDeepStrictEqual } from "node:util";
import { causeOf } from "../../domain/branch-name.ts";
import type { Cause } from "../../domain/cause.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { Marker } from "../../domain/proposal.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import { limitsOf, type Pass } from "../../pass/pass.ts";
import { pathsOfAgents } from "../../pass/paths-of-agents.ts";
import { prepare, stepOfPrepared } from "../../pass/prepare.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import { decide } from "../../pr/decide.ts";
import { decodeMarker } from "../../pr/marker.ts";
import { isEditOfPresent } from "../../spec/edit/is-edit-of-present.ts";

type Regression = Extract<Cause, { readonly kind: "regression" }>;

/**
 * Keeps the open pull requests up to date that take back another one: the edits in the marker are planned and judged again on the
 * present commit, and one is closed where somebody has changed a value since that it changes. None is opened here: who asks for it
 * does (`planRevert`). Throws GitError or ForgeError.
 */
export async function* planRegressions(pass: Pass): AsyncGenerator<Step> {
  for (const pull of pass.forge.open.values()) {
    const cause = causeOf(pull.branch);
    if (cause?.kind === "regression") yield await replan(pass, cause, pull);
  }
}

async function replan(pass: Pass, cause: Regression, pull: PullRequest): Promise<Step> {
  const limits = limitsOf(pass, pass.forge.complete);
  const marker = decodeMarker(pull.body);
  const unit = { cause, agents: agentsOf(marker) };
  // Decided without a proposal: it is somebody else's.
  if (!pull.openedByBot || pull.botOnly !== true || pull.handsOff)
    return stepWithoutPlan(unit, decide(cause, pull, undefined, limits));
  if (!pull.textByBot || marker === undefined || !isDeepStrictEqual(marker.cause, cause))
    return stepWithoutPlan(unit, { kind: "skip", reason: "person-edited-the-text", pull });
  const snapshot = await pass.commit.slice(pathsOfAgents(unit.agents, pass));
  const files = new Set(unit.agents.map((agent) => pass.survey.pathOf(agent)));
  if (!marker.edits.every((edit) => files.has(edit.file) && isEditOfPresent(edit, snapshot.read(edit.file))))
    return stepWithoutPlan(unit, decide(cause, pull, "changed-since", limits));
  const prepared = await prepare(pass, { ...unit, tenants: [], edits: marker.edits }, snapshot);
  return stepOfPrepared(prepared, pull, limits);
}

function agentsOf(marker: Marker | undefined): readonly AgentKey[] {
  return [...new Set((marker?.edits ?? []).map(({ agent }) => agent))].sort();
}
