import type { AgentSpec } from "../../domain/agent/agent.ts";
import { sourcesOf } from "../../domain/kinds/environment-sources.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import { bindPromql } from "../../domain/query/bind-promql.ts";
import type { Section } from "../section.ts";

/** How an agent is scaled; the chart renders exactly one of these. */
export type ScalingMode =
  | { readonly kind: "fixed"; readonly replicas: number }
  | {
      readonly kind: "hpa";
      readonly min: number;
      readonly max: number;
      readonly cpu: number | undefined;
      readonly memory: number | undefined;
    }
  | {
      readonly kind: "keda";
      readonly min: number;
      readonly max: number;
      readonly trigger: { readonly query: string; readonly threshold: number } | { readonly kafkaLag: number };
    };

const MOST_WHERE_UNSAID = 10;
const CPU_WHERE_UNSAID = 80;

/**
 * Which of fixed replicas, HorizontalPodAutoscaler and KEDA the spec asks for. A KEDA trigger that lacks a part scales
 * nothing and counts as absent; without a trigger there are `min` replicas. An HPA keeps at least one, KEDA may keep none.
 */
export function scalingMode(spec: AgentSpec): ScalingMode {
  const { min, max, hpa, keda } = spec.scaling;
  const most = Math.max(max ?? MOST_WHERE_UNSAID, min ?? 1, 1);
  if (keda?.kafkaLag !== undefined && readsKafka(spec)) {
    return { kind: "keda", min: min ?? 1, max: most, trigger: { kafkaLag: keda.kafkaLag } };
  }
  if (keda?.query !== undefined && keda.threshold !== undefined) {
    return { kind: "keda", min: min ?? 1, max: most, trigger: { query: keda.query, threshold: keda.threshold } };
  }
  const least = Math.max(min ?? 1, 1);
  if (hpa !== undefined && most > least) {
    const unsaid = hpa.cpu === undefined && hpa.memory === undefined;
    return { kind: "hpa", min: least, max: most, cpu: unsaid ? CPU_WHERE_UNSAID : hpa.cpu, memory: hpa.memory };
  }
  return { kind: "fixed", replicas: min ?? 1 };
}

/**
 * The mode with a query that reads its own environment's series alone, where one Prometheus holds several. A query that cannot
 * be parsed stays as it is: KEDA's own error names it.
 */
export function boundTo(config: Config, environment: string, mode: ScalingMode): ScalingMode {
  if (mode.kind !== "keda" || !("query" in mode.trigger)) return mode;
  const labels = sourcesOf(config, environment).prometheus?.matchers ?? {};
  const query = bindPromql(mode.trigger.query, { labels, orLacking: true });
  return typeof query === "string" ? { ...mode, trigger: { ...mode.trigger, query } } : mode;
}

/** Only a consumer has a lag: without a subscription to Kafka there is none. */
function readsKafka({ dapr }: AgentSpec): boolean {
  return dapr.enabled && dapr.pubsub?.type === "pubsub.kafka" && (dapr.subscriptions ?? []).length > 0;
}

/** Whether something other than the release sets the number of replicas. */
export function isAutoscaled(mode: ScalingMode): boolean {
  return mode.kind !== "fixed";
}

/** The values of the mode; the chart renders the objects for it. */
export function scaling(mode: ScalingMode): Section {
  switch (mode.kind) {
    case "fixed":
      return { replicas: mode.replicas };
    case "hpa":
      return {
        min: mode.min,
        max: mode.max,
        hpa: {
          ...(mode.cpu === undefined ? {} : { cpu: mode.cpu }),
          ...(mode.memory === undefined ? {} : { memory: mode.memory }),
        },
      };
    case "keda":
      return { min: mode.min, max: mode.max, keda: mode.trigger };
    default:
      return mode satisfies never;
  }
}
