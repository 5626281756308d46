import type { EditDropReason, IncidentDetails } from "../../domain/alert/incident.ts";
import { branchFor } from "../../domain/branch-name.ts";
import type { SkipReason } from "../../domain/decision.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import { type Remember, type Step, stepWithoutPlan } from "../../pass/step.ts";
import { type IncidentUnit, tuneCauseOf } from "../../remedy/incident-units.ts";

/** Why an edit is not made now, and the word for it in an outcome; the first that fits counts. */
const WAITING: readonly (readonly [EditDropReason, SkipReason])[] = [
  ["changed-lately", "changed-lately"],
  ["changed-since-alert", "changed-lately"],
  ["not-rolled-out", "changed-lately"],
  ["too-little-history", "too-little-history"],
  ["refused-by-a-person", "closed-by-a-person"],
  ["outside-allowed-paths", "outside-allowed-paths"],
];

/**
 * The step of a remedy that no alert asked for and that makes no edit: it waits where it is too soon, and is silent where the remedy is;
 * undefined where an issue or a model is next, as for an alert. Evidence that was read is not read again.
 */
export function stepOfTuned(unit: IncidentUnit, { dropped, evidence }: IncidentDetails): Step | undefined {
  const { cause, remedy } = unit;
  if (cause.kind !== "tune") return undefined;
  const [, reason] = WAITING.find(([why]) => dropped.some((edit) => edit.reason === why)) ?? [];
  const isSilent = remedy?.otherwise === "none";
  if (!isSilent && (reason === undefined || reason === "outside-allowed-paths")) return undefined;
  const step =
    reason === undefined
      ? stepWithoutPlan(unit, { kind: "unchanged", pull: undefined, reason: "nothing-to-do" })
      : stepWithoutPlan(unit, { kind: "skip", reason, pull: undefined });
  // A source that is away for a moment must not cost the agent its week.
  const wasRead = evidence.every((one) => one.kind !== "missing" || LASTING.has(one.reason));
  return wasRead ? { ...step, remember: nothingFound(unit, []) } : step;
}

/** What is remembered of the agents of a unit but those that change; each by itself, since a tenant's others are looked at later. */
export function nothingFound({ incidents }: IncidentUnit, changed: readonly AgentKey[]): Remember {
  const others = incidents.filter(({ agent }) => !changed.includes(agent));
  return { kind: "nothing-found", keys: others.map((one) => branchFor(tuneCauseOf(one, one.agent))) };
}

const LASTING: ReadonlySet<string> = new Set(["empty", "not-configured"]);
