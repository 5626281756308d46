import type { AgentSpec } from "../../domain/agent/agent.ts";
import type { Json } from "../../domain/values/scalars.ts";
import { filled, type Section, section, sorted, unless } from "../section.ts";
import { component } from "./component.ts";
import { plainJson } from "./pod.ts";

type Subscription = NonNullable<AgentSpec["dapr"]["subscriptions"]>[number];

/** Dapr's building blocks. Without a sidecar the chart renders none of them, so none is written. */
export function dapr(spec: AgentSpec, agent: string): Section {
  const { enabled, state, pubsub, components, subscriptions, resiliency, sidecar } = spec.dapr;
  if (!enabled) return { enabled: false };
  return {
    state:
      state === undefined
        ? undefined
        : section({ ...component(state, agent), actor: state.actor === true ? true : undefined }),
    pubsub: pubsub === undefined ? undefined : section(component(pubsub, agent)),
    components: filled(
      components?.map(({ name, type, version, metadata }) =>
        plainJson({ name, type, version: unless("v1", version), metadata: sorted(metadata) }),
      ),
    ),
    subscriptions: pubsub === undefined ? undefined : filled(subscriptions?.map(subscription)),
    resiliency:
      resiliency === undefined
        ? undefined
        : section({
            timeout: resiliency.timeout,
            retries: resiliency.retries,
            circuitBreaker: resiliency.circuitBreaker === true ? true : undefined,
          }),
    sidecar: sidecar === undefined ? undefined : section({ ...sidecar }),
  };
}

function subscription(own: Subscription): Json {
  return (
    section({
      topic: own.topic,
      route: own.route,
      deadLetter: own.deadLetter,
      bulk:
        own.bulk === undefined
          ? undefined
          : section({
              maxMessages: own.bulk.maxMessages,
              maxAwaitMs: own.bulk.maxAwait === undefined ? undefined : milliseconds(own.bulk.maxAwait),
            }),
    }) ?? {}
  );
}

const units: { readonly [unit: string]: number } = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A Go duration in whole milliseconds, which is how Dapr's Subscription wants it. */
export function milliseconds(duration: string): number {
  let total = 0;
  for (const [, amount, unit] of duration.matchAll(/(\d{1,32}(?:\.\d{1,32})?)(ms|s|m|h)/g))
    total += Number(amount) * (units[unit ?? ""] ?? 0);
  return Math.round(total);
}
