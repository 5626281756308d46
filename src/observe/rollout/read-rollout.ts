import type { Config } from "../../domain/kinds/kinds.ts";
import { bindPromql } from "../../domain/query/bind-promql.ts";
import { withBool } from "../../domain/query/bool-comparison.ts";
import { withRenamedLabels } from "../../domain/query/renamed-labels.ts";
import { type MeasuredAgent, rolloutQueries } from "../../domain/query/rollout-queries.ts";
import { seriesBoundsOf } from "../../domain/query/series-bounds.ts";
import type { RolloutReadings, SeriesReading } from "../../domain/rollout-verdict/readings.ts";
import { HISTORY, momentOfLook, POINT_STEP, POINTS } from "../../domain/rollout-verdict/timing.ts";
import type { EvidenceReader, RangeRequest } from "../evidence-reader.ts";

/** A roll-out to look at; what is known of it from elsewhere than Prometheus. */
export interface ObservedRollout
  extends Pick<RolloutReadings, "times" | "objectives" | "confounders" | "changesScaling"> {
  readonly config: Config;
  readonly agent: MeasuredAgent;
  /** The `verify` query of the remedy, filled in; undefined where the change is not a remedy's. */
  readonly verify: string | undefined;
}

/**
 * Reads all that a verdict rests on: one range query for each metric over the week before the roll-out, all at once, limited to the
 * series of the agent's environment. Ask at `momentOfLook`; the reader has to be that of the environment. Never throws.
 */
export async function readRollout(reader: EvidenceReader, rollout: ObservedRollout): Promise<RolloutReadings> {
  const { config, agent, times, objectives, confounders, changesScaling, verify } = rollout;
  const queries = rolloutQueries(agent);
  const end = momentOfLook(times);
  const ask = (query: string, start: number) => readBound(reader, { query, start, end }, config, agent.environment);
  const week = (query: string) => ask(query, times.changeAt - HISTORY);
  const near = times.changeAt - POINTS * POINT_STEP;
  const [calls, failed, latency, tokens, restarts, ready, wanted, drained, alerts, verified] = await Promise.all([
    ...([week(queries.calls), week(queries.failed), week(queries.latency), week(queries.tokens)] as const),
    ...([week(queries.restarts), week(queries.ready), week(queries.wanted)] as const),
    ...([ask(queries.drained, near), week(queries.alerts)] as const),
    verify === undefined ? undefined : ask(withBool(verify), near),
  ] as const);
  return {
    ...{ times, objectives, calls, failed, latency, tokens, restarts, ready, wanted, drained, alerts },
    ...{ verify: verified, confounders, changesScaling },
  };
}

/** A query limited to an environment, by the labels that an exporter gives; where there is nothing, by those that Prometheus renamed. */
async function readBound(
  reader: EvidenceReader,
  request: RangeRequest,
  config: Config,
  environment: string,
): Promise<SeriesReading> {
  const bound = bindPromql(request.query, seriesBoundsOf(config, environment));
  if (typeof bound !== "string") return { kind: "not-read", query: request.query, message: bound.problem };
  if (reader.readRange === undefined) return { kind: "not-read", query: bound, message: "no Prometheus is configured" };
  const found = await reader.readRange({ ...request, query: bound });
  const renamed = found.kind === "empty" ? withRenamedLabels(bound) : undefined;
  if (renamed === undefined) return found;
  const other = await reader.readRange({ ...request, query: renamed });
  return other.kind === "read" ? other : found;
}
