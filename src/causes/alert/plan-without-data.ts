import { branchFor } from "../../domain/branch-name.ts";
import type { EvidenceReader } from "../../observe/evidence-reader.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import { type IncidentState, unitWith } from "../../remedy/incident-state.ts";
import type { IncidentUnit } from "../../remedy/incident-units.ts";
import { redactIncident } from "./evidence/redact-incident.ts";
import type { IncidentContext } from "./incident-context.ts";
import { issueStep, updateOpenIssue } from "./issue-steps.ts";

/** How long a rule may read no data before an issue reports it: one hour, in milliseconds. */
const REPORT_AFTER = 3_600_000;

type StateWithoutData = Extract<IncidentState, { readonly kind: "firing-without-data" | "ended-without-data" }>;

/**
 * The step for a unit without an open pull request of which nothing was measured: no evidence is read, no edit is planned and
 * no model is asked. The first paragraph of an open issue says so. `wait` gives the step of an incident that has to wait.
 */
export async function planWithoutData(
  context: IncidentContext,
  unit: IncidentUnit,
  state: StateWithoutData,
  wait: () => Step | undefined,
): Promise<Step> {
  const issue = context.issues.get(branchFor(unit.cause));
  const isEnded = state.kind === "ended-without-data";
  const isShort = !isEnded && context.pass.world.now() - state.since < REPORT_AFTER;
  if (issue?.state === "open" && isShort)
    return stepWithoutPlan(unit, { kind: "keep-issue", issue, reason: "up-to-date" });
  const present = isEnded ? unit : unitWith(unit, (alert) => alert.status === "firing");
  if (issue?.state === "open") return updateOpenIssue(present, issue, readerOf(context, unit));
  if (isEnded) return stepWithoutPlan(unit, { kind: "unchanged", pull: undefined, reason: "nothing-to-do" });
  if (isShort) return stepWithoutPlan(unit, { kind: "skip", reason: "no-data", pull: undefined });
  return wait() ?? (await reportNoData(context, present));
}

/** The issue that says that nothing was measured, and why. Throws RangeError for a unit without a firing alert (a bug). */
async function reportNoData(context: IncidentContext, firing: IncidentUnit): Promise<Step> {
  const [incident] = firing.incidents;
  if (incident === undefined) throw new RangeError("a unit without a firing alert");
  const alerts = firing.incidents.flatMap((one) => one.alerts);
  const details = {
    incident: await redactIncident({ ...incident, alerts }, readerOf(context, firing)),
    agents: firing.agents,
    remedy: { name: firing.cause.remedy, description: "" },
    evidence: [],
    dropped: [],
    finding: undefined,
    verify: undefined,
    resolvedAt: undefined,
  };
  // Evidence was not read, so the step remembers nothing: once data is measured, evidence is read at once.
  return issueStep(context, firing, details, "report", []);
}

function readerOf({ pass }: IncidentContext, { cause }: IncidentUnit): EvidenceReader {
  return pass.world.evidenceReader(pass.survey.fleet.config, cause.environment);
}
