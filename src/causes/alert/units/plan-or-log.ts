import { branchFor } from "../../../domain/branch-name.ts";
import { ForgeError } from "../../../forge/forge.ts";
import { GitError } from "../../../git/git-error.ts";
import type { Step } from "../../../pass/step.ts";
import type { IncidentUnit } from "../../../remedy/incident-units.ts";
import type { IncidentContext } from "../incident-context.ts";

/** Plans a unit. A bug in RAOS is logged and stops no other unit: then returns undefined. Throws GitError or ForgeError. */
export async function planOrLog(
  context: IncidentContext,
  unit: IncidentUnit,
  plan: (context: IncidentContext, unit: IncidentUnit) => Promise<Step>,
): Promise<Step | undefined> {
  try {
    return await plan(context, unit);
  } catch (error) {
    if (error instanceof ForgeError || error instanceof GitError) throw error;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    context.pass.world.log.error({ branch: branchFor(unit.cause), error: text }, "an incident cannot be planned");
    return undefined;
  }
}
