import type { Edit } from "../../domain/change-set.ts";
import type { SkipReason } from "../../domain/decision.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { Step } from "../../pass/step.ts";
import { isSameChange } from "../../pr/same-change.ts";
import { isOpposite } from "../../remedy/bounds/earlier-changes.ts";
import type { IncidentContext } from "./incident-context.ts";

/**
 * Skips a step whose change, or a change of the same value, another remedy or another environment's alert asks for already, and
 * one that works against the change of an open pull request.
 */
export function unlessWanted(step: Step, wanted: readonly (readonly Edit[])[]): Step {
  const edits = step.proposal?.marker.edits ?? [];
  if (step.decision.kind !== "open") return step;
  const others = wanted.flat();
  const isSame =
    wanted.some((one) => isSameChange(one, edits)) || others.some((one) => edits.some((own) => isSamePlace(own, one)));
  if (isSame) return skipped(step, "same-change-is-open");
  const opposes = others.some((one) => edits.some((own) => own.agent === one.agent && isOpposite(own, one)));
  return opposes ? skipped(step, "opposes-open-change") : step;
}

function isSamePlace(one: Edit, other: Edit): boolean {
  return one.file === other.file && one.at === other.at;
}

/** Skips a step after this pass has opened as many pull requests about one of its agents as may be opened today. */
export function unlessTooMany(step: Step, { changesLeft }: IncidentContext, opened: readonly AgentKey[]): Step {
  const isOver = (agent: AgentKey) =>
    opened.filter((one) => one === agent).length >= (changesLeft.get(agent) ?? Number.POSITIVE_INFINITY);
  return step.decision.kind === "open" && step.agents.some(isOver) ? skipped(step, "max-changes-per-day") : step;
}

function skipped(step: Step, reason: SkipReason): Step {
  return { ...step, decision: { kind: "skip", reason, pull: undefined } };
}
