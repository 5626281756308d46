import { refuseCall } from "../tool.ts";
import { standingIn } from "./find-principal.ts";
import type { Visit } from "./visit.ts";

/**
 * Why a person may ask for no change; undefined where they may: they need to be allowed to push, as the forge says now. What an agent may
 * ask for, its grant says, where the change is judged. Throws ForgeError.
 */
export async function refuseAsker({ principal, world }: Visit): Promise<ReturnType<typeof refuseCall> | undefined> {
  if (principal.kind === "agent") return undefined;
  const standing = await standingIn(world, principal.login);
  return standing === "may-push"
    ? undefined
    : refuseCall("not-permitted", `${principal.login} may read this repository, and not push to it`);
}
