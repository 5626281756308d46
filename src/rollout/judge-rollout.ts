import type { ClusterFacts, ClusterReading, Listed, WorkloadFacts } from "../domain/rollout/facts.ts";
import type { Rollout } from "../domain/rollout/rollout.ts";
import { judgeArgocd } from "./argocd.ts";
import { judgeFlux } from "./flux.ts";
import type { FoundRollout, RolloutQuestion } from "./question.ts";

/**
 * How far the wanted values of an agent have come, from what was read of its cluster. What cannot be told is "unknown", with why;
 * nothing is guessed. "running" says that the wanted values run.
 */
export function judgeRollout(question: RolloutQuestion, cluster: ClusterReading): Rollout {
  const { agent, environment, wanted } = question;
  const found = cluster.kind === "read" ? judgeFacts(question, cluster.facts) : unknown(cluster.words);
  return { agent, environment, wanted, ...found };
}

function judgeFacts(question: RolloutQuestion, facts: ClusterFacts): FoundRollout {
  const workload = workloadOf(question, facts.workloads);
  switch (question.delivery.kind) {
    case "flux":
      return judgeFlux(question, question.delivery, facts, workload);
    case "argocd":
      return judgeArgocd(question, question.delivery, facts, workload);
    default:
      return question.delivery satisfies never;
  }
}

/** What the agent runs as: the one with the wanted values, where its kind was changed and both are there. */
function workloadOf(
  { agent, namespace, wanted }: RolloutQuestion,
  workloads: ClusterFacts["workloads"],
): Listed<WorkloadFacts | undefined> {
  if (workloads.kind !== "listed") return workloads;
  const own = (workloads.items.get(agent) ?? []).filter((one) => one.namespace === namespace);
  return { kind: "listed", items: own.find(({ digest }) => digest === wanted.digest) ?? own[0] };
}

function unknown(reason: string): FoundRollout {
  return { phase: "unknown", running: undefined, reason, since: undefined };
}
