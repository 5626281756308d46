import { branchFor, causeOf } from "../../domain/branch-name.ts";
import { isRemedyCause } from "../../domain/cause.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import { inOrder } from "../../pass/in-order.ts";
import type { Pass } from "../../pass/pass.ts";
import type { Step } from "../../pass/step.ts";
import { decodeMarker } from "../../pr/marker.ts";
import { type IncidentContext, incidentContextOf } from "../alert/incident-context.ts";
import { closeDuplicateIssue, closeSupersededIssue, issuesByKey } from "../alert/issue-steps.ts";
import { unlessTooMany, unlessWanted } from "../alert/limit-step.ts";
import { planOrLog } from "../alert/units/plan-or-log.ts";
import { planEndedOccasions } from "./plan-ended-occasions.ts";
import { planTunedUnit } from "./plan-tuned-unit.ts";
import { type OccasionReading, readOccasions } from "./read-occasions.ts";
import { withoutSettled } from "./settled-incidents.ts";
import { tuneUnits } from "./tune-units.ts";
import { tunedLately } from "./tuned-lately.ts";
import { withHistory } from "./with-history.ts";

/** Units worked on at a time, as for alerts. */
const AT_A_TIME = 8;

/**
 * Plans what remedies do whose time has come or whose query holds, and what becomes of their earlier pull requests and issues. The
 * forge's history is read only where one of them applies. `raos plan` and checks ask no source: they show only what is open. Throws
 * GitError or ForgeError.
 */
export async function* planTune(pass: Pass): AsyncGenerator<Step> {
  if (pass.isPreview) return;
  const readings = pass.isUnlimited ? [] : await readOccasions(pass);
  const isOpen = [...pass.forge.open.keys()].some((branch) => causeOf(branch)?.kind === "tune");
  const mayHaveIssues = readings.length > 0;
  if (!isOpen && !mayHaveIssues) return;
  const known = await withHistory(pass);
  if (known === undefined) return;
  yield* planKnown(known, readings);
}

async function* planKnown(pass: Pass, readings: readonly OccasionReading[]): AsyncGenerator<Step> {
  const { forge, world } = pass;
  const { fresh, waiting } = tunedLately(pass, withoutSettled(readings, world));
  yield* waiting;
  const units = tuneUnits(pass, fresh);
  const { byKey, duplicates } = issuesByKey(forge.issues.issues);
  const context = await incidentContextOf(pass, units, byKey);
  yield* planUnits(context, units);
  for (const issue of duplicates) yield* closeDuplicateIssue(issue, "tune");
  yield* planEndedOccasions(context, readings, new Set(units.map((unit) => branchFor(unit.cause))));
}

async function* planUnits(context: IncidentContext, units: ReturnType<typeof tuneUnits>): AsyncGenerator<Step> {
  const { forge, budget } = context.pass;
  const wanted = [...forge.open.values()]
    .filter((pull) => pull.openedByBot && isRemedyCause(causeOf(pull.branch)))
    .map((pull) => decodeMarker(pull.body)?.edits ?? []);
  const opened: AgentKey[] = [];
  for await (const [unit, planned] of inOrder(units, AT_A_TIME, (one) => planOrLog(context, one, planTunedUnit))) {
    if (planned === undefined) continue;
    const step = unlessTooMany(unlessWanted(planned, wanted), context, opened);
    if (step.decision.kind === "open" && budget.full() === undefined) {
      wanted.push(step.proposal?.marker.edits ?? []);
      opened.push(...step.agents);
    }
    yield step;
    const issue = context.issues.get(branchFor(unit.cause));
    if (forge.open.has(branchFor(unit.cause)) && issue?.state === "open") yield closeSupersededIssue(unit, issue);
  }
}
