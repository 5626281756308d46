import { branchFor } from "../../domain/branch-name.ts";
import type { Pass } from "../../pass/pass.ts";
import { readIssues } from "../../pass/people/read-issues.ts";
import { readRecentPulls } from "../../pass/people/recent-pulls.ts";
import type { IncidentUnit } from "../../remedy/incident-units.ts";
import type { IncidentContext } from "../alert/incident-context.ts";
import { issuesByKey } from "../alert/issue-steps.ts";

/** The pass with its issues and recent pull requests, which it has read only where there are alerts; undefined: the forge refuses. */
export async function withHistory(pass: Pass): Promise<Pass | undefined> {
  const [issues, recent] = await Promise.all([readIssues(pass), readRecentPulls(pass)]);
  if (issues === undefined || recent === undefined) return undefined;
  return { ...pass, forge: { ...pass.forge, issues, recent } };
}

/** What planning these units needs of the forge. Throws ForgeError. */
export async function tuneContext(pass: Pass, units: readonly IncidentUnit[]): Promise<IncidentContext> {
  const { forge, world } = pass;
  const unopened = units.map((unit) => branchFor(unit.cause)).filter((branch) => !forge.open.has(branch));
  const ended = unopened.length === 0 ? { pulls: [], complete: true } : await world.forge.pullRequests(unopened);
  return {
    pass,
    ended: new Map(ended.pulls.map((pull) => [pull.branch, pull])),
    issues: issuesByKey(forge.issues.issues).byKey,
    changesLeft: new Map(),
    complete: forge.complete && ended.complete && forge.issues.complete,
  };
}
