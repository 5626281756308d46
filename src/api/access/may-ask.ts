import type { AgentKey } from "../../domain/fleet.ts";
import { refuseCall } from "../tool.ts";
import { standingIn } from "./find-principal.ts";
import type { Visit } from "./visit.ts";

/**
 * Why somebody may ask for no change; undefined where they may. People need to be allowed to push, as the forge says now. An agent may ask
 * for edits of agents that it sees, within the bounds of any model's edits; without a grant it may ask for no agents and for no end of
 * one. Throws ForgeError.
 */
export async function refuseAsker(
  here: Visit,
  wants: "create" | "change" | "retire",
  agent: AgentKey,
): Promise<ReturnType<typeof refuseCall> | undefined> {
  const { principal, world } = here;
  if (principal.kind === "person") {
    const standing = await standingIn(world, principal.login);
    return standing === "may-push"
      ? undefined
      : refuseCall("not-permitted", `${principal.login} may read this repository, and not push to it`);
  }
  if (wants !== "change")
    return refuseCall("no-grant", `${principal.agent} may not ask to ${wants} agents; a person who may push can`);
  if (agent === principal.agent)
    return refuseCall("own-spec", "an agent asks for no change of itself; a person, or another agent, does");
  return undefined;
}
