import { branchFor } from "../../../domain/branch-name.ts";
import type { Cause } from "../../../domain/cause.ts";
import type { Pass } from "../../../pass/pass.ts";
import { stepWithoutPlan } from "../../../pass/step.ts";
import { decodeMarker } from "../../../pr/marker.ts";
import type { WordedResult } from "./worded-request.ts";

/**
 * What became of a request that was made before in the same words: its pull request is open, a person closed it, or it is merged. A
 * model is not asked again, since its answer could differ. Undefined where the request is new. Throws ForgeError.
 */
export async function knownRequest({ world }: Pass, id: string): Promise<WordedResult | undefined> {
  const cause: Cause = { kind: "request", id };
  const branch = branchFor(cause);
  const { pulls } = await world.forge.pullRequests([branch]);
  const own = pulls.filter((pull) => pull.branch === branch && pull.openedByBot);
  const pull = own.find(({ state }) => state === "open") ?? own[0];
  if (pull === undefined) return undefined;
  const agent = decodeMarker(pull.body)?.requested?.request.agent;
  const unit = { cause, agents: agent === undefined ? [] : [agent] };
  switch (pull.state) {
    case "open":
      return { kind: "known", step: stepWithoutPlan(unit, { kind: "unchanged", pull, reason: "up-to-date" }) };
    case "closed":
      // What RAOS closed, it may open again, as things are now.
      return pull.closedByBot
        ? undefined
        : { kind: "known", step: stepWithoutPlan(unit, { kind: "skip", pull, reason: "closed-by-a-person" }) };
    case "merged": {
      const message = `this was asked for before, and #${pull.number} was merged; ask for a change, or in other words`;
      return { kind: "refused", reason: "already-merged", message };
    }
    default:
      return pull.state satisfies never;
  }
}
