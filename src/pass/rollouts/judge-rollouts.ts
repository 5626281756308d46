import { pathInRepository } from "../../compile/delivery/repository-path.ts";
import { joinedName } from "../../compile/names.ts";
import { namespaceOf } from "../../compile/namespace.ts";
import { nameOf, tenantOf } from "../../domain/agent-key.ts";
import { type AgentKey, deployDir, type Fleet } from "../../domain/fleet.ts";
import type { ClusterReading } from "../../domain/rollout/facts.ts";
import type { Rollout } from "../../domain/rollout/rollout.ts";
import { judgeRollout } from "../../rollout/judge-rollout.ts";
import type { RolloutDelivery } from "../../rollout/question.ts";
import type { CommitView } from "../../survey/source/commit-view.ts";
import { readAncestry } from "./read-ancestry.ts";
import type { WantedAgent } from "./read-wanted.ts";

/**
 * How far what is wanted has come, by what was read of the clusters of its environments; nothing for an environment whose cluster was
 * not read. Throws GitError.
 */
export async function judgeRollouts(
  { commit, fleet }: { readonly commit: CommitView; readonly fleet: Fleet },
  wanted: readonly WantedAgent[],
  clusters: ReadonlyMap<string, ClusterReading>,
): Promise<readonly Rollout[]> {
  const contains = await readAncestry(commit, [...clusters.values()]);
  return wanted.flatMap((one) => {
    const cluster = clusters.get(one.environment);
    if (cluster === undefined) return [];
    const question = {
      ...one,
      namespace: namespaceOf(tenantOf(one.agent), fleet),
      delivery: deliveryOf(fleet, one.agent, one.environment),
      contains: (other: string) => contains(other, one.wanted.commit),
    };
    return [judgeRollout(question, cluster)];
  });
}

function deliveryOf({ config }: Fleet, agent: AgentKey, environment: string): RolloutDelivery {
  const [tenant, name] = [tenantOf(agent), nameOf(agent)];
  const { delivery } = config.spec;
  switch (delivery) {
    case "flux":
      return {
        kind: "flux",
        release: joinedName(tenant, name),
        folder: pathInRepository(config, deployDir(environment, agent)),
      };
    case "argocd":
      return { kind: "argocd", application: joinedName(environment, tenant, name), root: `raos-${environment}` };
    default:
      return delivery satisfies never;
  }
}
