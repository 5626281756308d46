import { sourcesOf } from "../kinds/environment-sources.ts";
import type { Config } from "../kinds/kinds.ts";
import type { QueryBounds } from "./bind-promql.ts";

/** The series that a query about an environment may read: those with its labels, as its Prometheus has them. */
export function seriesBoundsOf(config: Config, environment: string): QueryBounds {
  const { prometheus } = sourcesOf(config, environment);
  return { labels: prometheus?.matchers ?? {}, environment, orLacking: prometheus?.isShared === false };
}
