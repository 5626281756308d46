import { isWholeTenant, tenantOf } from "../../domain/agent-key.ts";
import type { Spent } from "../../domain/alert/spent.ts";
import { causeOf } from "../../domain/branch-name.ts";
import { type Cause, isRemedyCause } from "../../domain/cause.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { Marker } from "../../domain/proposal.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import { type RolloutReason, reasonOfReport } from "../../domain/rollout/report.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import { decodeMarker } from "../marker.ts";
import { readRolloutText } from "../rollout/rollout-text.ts";

/** What became of one of the bot's pull requests. */
export interface ChangeRecord {
  readonly number: number;
  readonly openedAt: Instant;
  /** "refused": a person closed it. "withdrawn": the bot did, since its cause was gone or another one took its place. */
  readonly result: "open" | "merged" | "refused" | "withdrawn";
  /** When it was merged or closed; undefined while it is open, or where the forge does not know. */
  readonly endedAt: Instant | undefined;
  /** What asked for it: a remedy's name, or the kind of its cause. */
  readonly source: string;
  readonly isAlert: boolean;
  readonly tenant: string;
  /** The agent that it is about; undefined where it is about a whole tenant, or where only its cause is known. */
  readonly agent: AgentKey | undefined;
  /** What became of it once it ran; undefined: not known, or not judged yet. */
  readonly became: RolloutReason | undefined;
  /** The number of the pull request that it takes back. */
  readonly takesBack: number | undefined;
  readonly spent: Spent | undefined;
}

/**
 * The record of one of the bot's pull requests; undefined where the bot did not open it, or where it changes no agent (the pull request
 * that introduces RAOS). Its branch says what it was for; its marker counts only where nobody else wrote its text.
 */
export function recordOf(pull: PullRequest): ChangeRecord | undefined {
  const cause = pull.openedByBot ? causeOf(pull.branch) : undefined;
  if (cause === undefined || cause.kind === "onboarding") return undefined;
  const marker = pull.textByBot ? decodeMarker(pull.body) : undefined;
  const { number, createdAt: openedAt, endedAt } = pull;
  return {
    ...{ number, openedAt, result: resultOf(pull), endedAt, isAlert: cause.kind === "alert" },
    ...{ source: sourceOf(cause), ...subjectOf(cause, marker) },
    became: becameOf(pull),
    takesBack: cause.kind === "regression" ? cause.pull : undefined,
    spent: marker?.spent,
  };
}

/** Who a cause's change is counted for: the remedy, by its name, else the kind of the cause. */
export function sourceOf(cause: Cause): string {
  return isRemedyCause(cause) ? cause.remedy : cause.kind;
}

function becameOf({ state, rollout }: PullRequest): RolloutReason | undefined {
  const report = state === "merged" && rollout !== undefined ? readRolloutText(rollout) : undefined;
  return report === undefined ? undefined : reasonOfReport(report);
}

function resultOf({ state, closedByBot }: PullRequest): ChangeRecord["result"] {
  if (state === "closed") return closedByBot ? "withdrawn" : "refused";
  return state;
}

/** Whom a cause is about; where its branch does not say, the first edit in its marker does. */
function subjectOf(cause: Cause, marker: Marker | undefined): Pick<ChangeRecord, "tenant" | "agent"> {
  if (cause.kind === "drift" && cause.scope.kind === "tenant") return { tenant: cause.scope.tenant, agent: undefined };
  const named = "agent" in cause ? cause.agent : (marker?.requested?.request.agent ?? marker?.edits[0]?.agent);
  const agent = cause.kind === "drift" && cause.scope.kind === "agent" ? cause.scope.agent : named;
  return {
    tenant: agent === undefined ? "" : tenantOf(agent),
    agent: agent === undefined || isWholeTenant(agent) ? undefined : agent,
  };
}
