import { type EnvironmentSources, sourcesOf } from "../../../domain/kinds/environment-sources.ts";
import { bindLogql } from "../../../domain/query/bind-logql.ts";
import { type Bound, bindPromql, type QueryBounds } from "../../../domain/query/bind-promql.ts";
import { seriesBoundsOf } from "../../../domain/query/series-bounds.ts";
import { fillQuery } from "../../../remedy/fill-query.ts";
import { queryVariables } from "./query-variables.ts";
import type { Subject } from "./subject.ts";

type Observed = Pick<Subject, "shared" | "environment">;

/** The series that a subject's queries may read: those with its environment's labels. */
export function seriesBounds(subject: Observed): QueryBounds {
  return seriesBoundsOf(subject.shared.config, subject.environment);
}

/** A PromQL query of a remedy, limited to the subject's environment. */
function promqlIn(subject: Observed, query: string): Bound {
  return bindPromql(query, seriesBounds(subject));
}

/** The PromQL of a remedy, filled in for a subject and limited to its environment. */
export function filledPromql(template: string, subject: Subject): Bound {
  const filled = fillQuery(template, queryVariables(subject));
  return typeof filled === "string" ? promqlIn(subject, filled) : filled;
}

/** The LogQL of a remedy, filled in for a subject and limited to its environment. */
export function filledLogql(template: string, subject: Subject): Bound {
  const filled = fillQuery(template, queryVariables(subject));
  return typeof filled === "string" ? logqlIn(subject, filled) : filled;
}

/** A LogQL query of a remedy or a tool, limited to the subject's environment, with labels as its Loki names them. */
export function logqlIn(subject: Observed, query: string): Bound {
  const { loki } = sourcesIn(subject);
  const orLacking = loki?.isShared === false;
  return bindLogql(query, { labels: loki?.matchers ?? {}, names: loki?.labels ?? {}, orLacking });
}

function sourcesIn({ shared, environment }: Observed): EnvironmentSources {
  return sourcesOf(shared.config, environment);
}
