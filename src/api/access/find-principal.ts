import type { AgentKey } from "../../domain/fleet.ts";
import type { Principal } from "../../domain/request/principal.ts";
import type { Standing } from "../../forge/forge.ts";
import { type Caller, type IdentityRefusal, type ProvenWorkload, refuseCaller } from "../../identity/caller.ts";
import type { World } from "../../pass/world.ts";
import { refuseCall } from "../tool.ts";
import type { ReadRepository } from "./read-repository.ts";
import { rememberFor } from "./remember.ts";

/** Milliseconds for which the forge is not asked again what a person may do. */
const STANDING_FOR = 30_000;

const standings = rememberFor<Standing>(STANDING_FOR);

/** Who a caller is in a repository, or why they are nobody there. Throws ForgeError. */
export async function findPrincipal(
  caller: Caller,
  world: World,
  read: ReadRepository,
): Promise<
  { readonly kind: "known"; readonly principal: Principal } | IdentityRefusal | ReturnType<typeof refuseCall>
> {
  if (caller.kind === "workload") return ofWorkload(caller, world, read);
  const { principal, trusted } = caller;
  if (principal.kind === "agent") {
    const isThere = runsIn(principal.agent, principal.environment, read);
    return isThere ? { kind: "known", principal } : unknownAgent(`${principal.agent} in ${principal.environment}`);
  }
  if (world.forge.conversation === undefined && !trusted)
    return refuseCall("not-permitted", "its forge does not say what people may do; name the person in API_TOKENS");
  const standing = await standingIn(world, principal.login);
  return standing === "none"
    ? refuseCall("not-permitted", `${principal.login} may not read this repository`)
    : { kind: "known", principal };
}

/** What a person may do in a repository; where its forge does not say it, the operator has. Throws ForgeError. */
export async function standingIn(world: World, login: string): Promise<Standing> {
  const { conversation } = world.forge;
  return conversation === undefined ? "may-push" : standings.read(world, login, () => conversation.standingOf(login));
}

function ofWorkload(workload: ProvenWorkload, world: World, read: ReadRepository) {
  const { environment, namespace, serviceAccount, chain } = workload;
  const keys = world.store.agents
    .keysOfAppId(namespace, serviceAccount)
    .filter((key) => runsIn(key, environment, read));
  const [agent] = keys;
  // Two agents of one name in one namespace are a Problem, and neither of them is proven.
  if (agent === undefined || keys.length > 1)
    return unknownAgent(`the ServiceAccount ${namespace}/${serviceAccount} of ${environment}`);
  return { kind: "known", principal: { kind: "agent", agent, environment, chain } } as const;
}

function runsIn(agent: AgentKey, environment: string, { survey }: ReadRepository): boolean {
  return survey.fleet.facts.get(agent)?.environments.includes(environment) === true;
}

function unknownAgent(whom: string): IdentityRefusal {
  return refuseCaller("unknown-agent", `no agent on the default branch is ${whom}; was it deleted?`, 403);
}
