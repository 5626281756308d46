import { tenantOf } from "../agent-key.ts";
import type { Sha } from "../values/scalars.ts";
import type { RolloutReport, RolloutRow } from "./report.ts";

/** How far a deployment is, in the words that forges have for it. */
export type DeploymentState = "queued" | "in_progress" | "success" | "failure" | "inactive";

/** What a forge shows of a merged pull request in one of its environments. */
export interface ShownDeployment {
  /** `production/acme/triage`: with one name for each agent, what happens to one never hides another. */
  readonly environment: string;
  readonly sha: Sha;
  readonly state: DeploymentState;
  /** At most 140 characters. */
  readonly description: string;
}

/** Agents and environments of one pull request that are shown one by one; more of them are shown by tenant. */
const MOST = 24;
const LONGEST_DESCRIPTION = 140;
/** The worst first: a tenant's deployment is as far as the one that is least far. */
const WORST_FIRST: readonly DeploymentState[] = ["failure", "in_progress", "queued", "success", "inactive"];

/** The deployments of what a merged pull request brought with the commit `sha`. */
export function deploymentsOf({ rows }: RolloutReport, sha: Sha): readonly ShownDeployment[] {
  const name = rows.length <= MOST ? nameOfAgent : nameOfTenant;
  return [...Map.groupBy(rows, name)].map(([environment, list]) => {
    const states = list.map(stateOf);
    const state = WORST_FIRST.find((one) => states.includes(one)) ?? "in_progress";
    const worst = list[states.indexOf(state)];
    const description = worst === undefined ? "" : descriptionOf(worst);
    const of = list.length === 1 ? "" : `${states.filter((one) => one === state).length} of ${list.length} agents: `;
    return { environment, sha, state, description: shorten(`${of}${description}`) };
  });
}

function nameOfAgent({ environment, agent }: RolloutRow): string {
  return `${environment}/${agent}`;
}

function nameOfTenant({ environment, agent }: RolloutRow): string {
  return `${environment}/${tenantOf(agent)}`;
}

function stateOf({ state, outlook }: RolloutRow): DeploymentState {
  if (outlook !== undefined) return outlook === "worse" ? "failure" : "success";
  switch (state) {
    case "pending":
    case "held-up":
      return "queued";
    case "rolling":
    case "running":
    case "unknown":
      return "in_progress";
    case "failed":
    case "rolled-back":
      return "failure";
    case "replaced":
    case "removed":
      return "inactive";
    default:
      return state satisfies never;
  }
}

function descriptionOf({ state, reason, outlook }: RolloutRow): string {
  if (outlook === "better" || outlook === "same") return "verified";
  if (outlook === "cannot-tell") return "runs; nothing shows whether it is better or worse";
  if (outlook === "worse") return reason === undefined ? "worse than before" : `worse: ${reason}`;
  return reason === undefined ? SAYS[state] : `${SAYS[state]}: ${reason}`;
}

const SAYS: Readonly<Record<RolloutRow["state"], string>> = {
  pending: "waits to be deployed",
  "held-up": "is held up",
  rolling: "is rolling out",
  running: "runs, and is watched",
  unknown: "merged; the cluster does not show it yet",
  failed: "failed",
  "rolled-back": "was rolled back",
  replaced: "a later change took its place",
  removed: "is not wanted any more",
};

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= LONGEST_DESCRIPTION
    ? line
    : `${line.slice(0, LONGEST_DESCRIPTION - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
