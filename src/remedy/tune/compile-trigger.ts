import { type PolicyDocument, problem } from "../../domain/kinds/policy-document.ts";
import type { Remedy } from "../../domain/kinds/remedy.ts";
import type { Problem } from "../../domain/problem.ts";
import { millisecondsOf } from "../../domain/values/duration.ts";
import type { FleetQuery, RemedyTrigger } from "../compiled-remedy.ts";
import { fleetQueryFault } from "./fleet-query.ts";
import { scheduleFault, timezoneFault } from "./schedule.ts";

/** Where no alert fires, an agent is changed at most once in this time: a week, in milliseconds. */
export const LEAST_TUNE_COOLDOWN = 7 * 86_400_000;

type On = Remedy["spec"]["on"];

/** When a remedy is applied, checked; its Problems are added to `problems`. */
export function compileTrigger(on: On, document: PolicyDocument, problems: Problem[]): RemedyTrigger {
  const say = (field: keyof On, message: string | undefined) => {
    if (message !== undefined) problems.push(problem(document, ["spec", "on", field], message));
  };
  const { schedule: cron, timezone = "UTC" } = on;
  const query = queryOf(on);
  if (query !== undefined) say("query", fleetQueryFault(query.promql));
  if (cron !== undefined) {
    say("schedule", scheduleFault(cron));
    say("timezone", timezoneFault(timezone));
    return { kind: "schedule", cron, timezone, query };
  }
  return query === undefined ? { kind: "alerts" } : { kind: "query", query };
}

function queryOf({ query, for: span }: On): FleetQuery | undefined {
  return query === undefined ? undefined : { promql: query, forMs: span === undefined ? 0 : millisecondsOf(span) };
}
