import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { joinedName } from "../../compile/names.ts";
import { nameOf, tenantOf } from "../../domain/agent-key.ts";
import { valuesDigest } from "../../domain/deployed/values-digest.ts";
import { type AgentKey, deployDir } from "../../domain/fleet.ts";
import type { ClusterReading, Condition, ReleaseFacts, WorkloadFacts } from "../../domain/rollout/facts.ts";
import type { Instant, Sha } from "../../domain/values/scalars.ts";

/** A cluster for each environment, made up in this process: it shows of some agents what Flux has made of them. */
export interface DemoCluster {
  /** Flux applies a commit, which is checked out. The pods of one agent may not start. */
  apply(commit: Sha, failing?: AgentKey): Promise<void>;
  read(environment: string): ClusterReading;
}

/** How many replicas each agent has. */
const REPLICAS = 2;

export function createDemoCluster(root: string, agents: readonly AgentKey[], now: () => Instant): DemoCluster {
  const environments = new Map<string, ClusterReading>();
  return {
    async apply(commit, failing) {
      for (const environment of ["staging", "production"])
        environments.set(environment, await clusterAt(root, environment, { agents, commit, failing, at: now() }));
    },
    read: (environment) =>
      environments.get(environment) ?? { kind: "closed", words: "this environment is not simulated" },
  };
}

interface Applied {
  readonly agents: readonly AgentKey[];
  readonly commit: Sha;
  readonly failing: AgentKey | undefined;
  readonly at: Instant;
}

async function clusterAt(root: string, environment: string, applied: Applied): Promise<ClusterReading> {
  const { agents, commit, at } = applied;
  const flux = {
    isObserved: true,
    isSuspended: false,
    conditions: [conditionAt(at, "Ready", "True", "Succeeded", "")],
  };
  const deployed = await Promise.all(agents.map((agent) => deployedAgent(root, environment, agent, applied)));
  const source = "flux-system/flux-system";
  return {
    kind: "read",
    facts: {
      sources: { kind: "listed", items: new Map([[source, { ...flux, name: source, fetched: commit }]]) },
      kustomizations: {
        kind: "listed",
        items: [
          { ...flux, name: `flux-system/raos-${environment}`, path: `deploy/${environment}`, source, applied: commit },
        ],
      },
      releases: { kind: "listed", items: new Map(deployed.map(({ release }) => [release.name.slice(12), release])) },
      applications: { kind: "absent" },
      workloads: { kind: "listed", items: new Map(deployed.map(({ agent, workload }) => [agent, [workload]])) },
    },
  };
}

async function deployedAgent(root: string, environment: string, agent: AgentKey, { failing, at }: Applied) {
  const folder = join(root, deployDir(environment, agent));
  const [values, objects] = await Promise.all(
    ["values.yaml", "release.yaml"].map((file) => readFile(join(folder, file), "utf8")),
  );
  const digest = valuesDigest(values ?? "");
  const isFailing = agent === failing;
  const release: ReleaseFacts = {
    ...{
      name: `flux-system/${joinedName(tenantOf(agent), nameOf(agent))}`,
      isObserved: true,
      isSuspended: false,
      digest,
    },
    deployedAt: at,
    conditions: isFailing ? failedConditions(at) : [conditionAt(at, "Ready", "True", "UpgradeSucceeded", "")],
  };
  const workload: WorkloadFacts = {
    ...{ kind: "StatefulSet", name: nameOf(agent), digest, isObserved: true, conditions: [] },
    namespace: /^ {2}targetNamespace: (.*)$/m.exec(objects ?? "")?.[1] ?? "",
    replicas: {
      wanted: REPLICAS,
      total: REPLICAS,
      updated: isFailing ? 1 : REPLICAS,
      available: isFailing ? 1 : REPLICAS,
    },
    trouble: isFailing ? { text: `pod ${nameOf(agent)}-1: ImagePullBackOff: there is no such image` } : undefined,
  };
  return { agent, release, workload };
}

function failedConditions(at: Instant): readonly Condition[] {
  const words = "Helm upgrade failed: timed out waiting for the condition";
  return [
    conditionAt(at, "Ready", "False", "UpgradeFailed", words),
    conditionAt(at, "Stalled", "True", "RetriesExceeded", ""),
  ];
}

function conditionAt(
  since: Instant,
  type: string,
  status: Condition["status"],
  reason: string,
  text: string,
): Condition {
  return { type, status, reason, words: { text }, since };
}
