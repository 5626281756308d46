import { podPattern } from "../domain/agent/pod-names.ts";
import { type Bound, confinePromql, type QueryBounds } from "../domain/query/bind-promql.ts";

/** Longest query a model may write, in characters. */
const LONGEST = 2000;

/**
 * A PromQL query limited to one namespace, and to the labels of one environment: every selector without them gets
 * `namespace="…"` and the others. A query is refused where a selector names another namespace or another value of these labels,
 * matches one other than by `=`, or cannot be parsed, and where it calls `info()`.
 */
export function scopePromql(query: string, namespace: string, bounds: QueryBounds = { labels: {} }): Bound {
  if (query.length > LONGEST) return { problem: `the query is longer than ${LONGEST} characters` };
  return confinePromql(query, { ...bounds, labels: { ...bounds.labels, namespace } });
}

/**
 * LogQL for the log lines of one agent's pods (of its Deployment or StatefulSet) that match an RE2 pattern. The pod is filtered
 * behind the stream selector, where it may be a label or structured metadata (grafana/k8s-monitoring-helm#639). Every part is
 * escaped as a string literal.
 */
export function logSelector(namespace: string, agent: string, pattern: string): string {
  const pods = podPattern(agent, "any");
  const filter = pattern === "" ? "" : ` |~ ${JSON.stringify(pattern.slice(0, 500).toWellFormed())}`;
  return `{namespace=${JSON.stringify(namespace)}} | pod=~${JSON.stringify(pods)}${filter}`;
}
