import { nameOf, tenantOf } from "../../domain/agent-key.ts";
import type { Alert } from "../../domain/alert/alert.ts";
import { fingerprintOf } from "../../domain/alert/alert-payload.ts";
import type { Series } from "../../domain/alert/evidence.ts";
import type { Incident } from "../../domain/alert/incident.ts";
import { momentOf, type Occasion } from "../../domain/alert/occasion.ts";
import { sourcesOf } from "../../domain/kinds/environment-sources.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import { bindPromql } from "../../domain/query/bind-promql.ts";
import { withRenamedLabels } from "../../domain/query/renamed-labels.ts";
import { seriesBoundsOf } from "../../domain/query/series-bounds.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import type { EvidenceReader, FleetSeriesReading, FleetSeriesRequest } from "../../observe/evidence-reader.ts";
import type { Pass } from "../../pass/pass.ts";
import { type FleetDirectory, findAlertOwner } from "../../remedy/alert-owner.ts";
import type { CompiledRemedy, FleetQuery } from "../../remedy/compiled-remedy.ts";
import { createFleetDirectory } from "../../remedy/fleet-directory.ts";
import { isAnswering } from "../../remedy/incidents.ts";
import { inEnvironment } from "../../remedy/tune/fleet-query.ts";
import { lastScheduled } from "../../remedy/tune/schedule.ts";

/** A remedy whose time has come, or whose query was asked, in an environment. */
export interface OccasionReading {
  readonly remedy: CompiledRemedy;
  readonly environment: string;
  /** One for each agent that it is about, sorted by agent. */
  readonly incidents: readonly Incident[];
  /** Whether there are no others: an agent that is not among them is well, as far as this remedy tells. */
  readonly isWhole: boolean;
}

/** How late a scheduled time is caught up, in milliseconds: a week; then the next one is not far. */
const MOST_LATE = 7 * 86_400_000;

/**
 * Finds which remedies apply now, and to which agents, although no alert fires. A query is asked once for each environment, whatever
 * the number of agents; one that cannot be asked is logged, and nothing comes of it.
 */
export async function readOccasions(pass: Pass): Promise<readonly OccasionReading[]> {
  const { survey, policies, world } = pass;
  const directory = createFleetDirectory(survey.fleet);
  const now = world.now();
  const due = policies.remedies.flatMap((remedy) => {
    const occasion = remedy.isEnabled ? occasionOf(remedy, now) : undefined;
    return occasion === undefined ? [] : [{ remedy, occasion }];
  });
  const { environments } = survey.fleet.config.spec;
  const read = await Promise.all(
    environments.map(async ({ name: environment }) => {
      const found: OccasionReading[] = [];
      let isAway = false;
      // One after another: these are large answers, and Prometheus has others to serve. One that does not answer is asked once.
      for (const { remedy, occasion } of due) {
        if (isAway && hasQuery(remedy)) continue;
        const reading = await readOccasion(pass, directory, { remedy, occasion, environment });
        if (reading === "unavailable") isAway = true;
        else found.push({ remedy, environment, ...reading });
      }
      return found;
    }),
  );
  return read.flat();
}

function hasQuery({ trigger }: CompiledRemedy): boolean {
  return trigger.kind !== "alerts" && trigger.query !== undefined;
}

function occasionOf({ trigger }: CompiledRemedy, now: Instant): Occasion | undefined {
  switch (trigger.kind) {
    case "alerts":
      return undefined;
    case "schedule": {
      const { cron, timezone } = trigger;
      const at = lastScheduled(trigger, now, MOST_LATE);
      return at === undefined ? undefined : { kind: "schedule", cron, timezone, at };
    }
    case "query":
      return { kind: "query", forMs: trigger.query.forMs };
    default:
      return trigger satisfies never;
  }
}

interface DueRemedy {
  readonly remedy: CompiledRemedy;
  readonly occasion: Occasion;
  readonly environment: string;
}

/** The incidents of a due remedy in an environment; "unavailable" where its query could not be asked. */
async function readOccasion(
  pass: Pass,
  directory: FleetDirectory,
  due: DueRemedy,
): Promise<Pick<OccasionReading, "incidents" | "isWhole"> | "unavailable"> {
  const { remedy, occasion, environment } = due;
  const { world, survey } = pass;
  const { trigger } = remedy;
  const now = world.now();
  if (trigger.kind === "alerts" || trigger.query === undefined) {
    const agents = world.store.agents
      .keys()
      .filter((key) => survey.fleet.facts.get(key)?.environments.includes(environment) === true);
    const alerts = agents.map((key) => alertOf(due, now, { raos_tenant: tenantOf(key), raos_agent: nameOf(key) }));
    return { incidents: incidentsOf(alerts, due, directory), isWhole: true };
  }
  const reader = world.evidenceReader(survey.fleet.config, environment);
  const read = await askFleet(reader, survey.fleet.config, environment, trigger.query, momentOf(occasion, now));
  if (read.kind === "not-configured") return "unavailable";
  if (read.kind === "not-read") {
    world.log.info({ remedy: remedy.name, environment, reason: read.message }, "a remedy's query cannot be asked");
    return "unavailable";
  }
  const isShared = isSharedByEnvironments(survey.fleet.config, environment);
  const own = read.series.filter(({ labels }) =>
    labels.raos_environment === undefined ? !isShared : labels.raos_environment === environment,
  );
  const alerts = own.map((one) => alertOf(due, now, one.labels, one));
  return { incidents: incidentsOf(alerts, due, directory), isWhole: read.isWhole };
}

async function askFleet(
  reader: EvidenceReader,
  config: Config,
  environment: string,
  { promql, forMs }: FleetQuery,
  at: Instant,
): Promise<FleetSeriesReading> {
  if (reader.readFleetSeries === undefined) return { kind: "not-configured" };
  const query = bindPromql(inEnvironment(promql, environment), seriesBoundsOf(config, environment));
  if (typeof query !== "string") return { kind: "not-read", message: query.problem };
  const ask: FleetSeriesRequest = { query, at, forMs };
  const read = await reader.readFleetSeries(ask);
  const renamed = withRenamedLabels(query);
  if (read.kind !== "read" || read.series.length > 0 || renamed === undefined) return read;
  // Where nothing has these labels, Prometheus may have renamed them.
  const other = await reader.readFleetSeries({ ...ask, query: renamed });
  return other.kind === "read" ? other : read;
}

/** Whether the environment's Prometheus holds others' series too, and nothing in raos.yaml tells them apart. */
function isSharedByEnvironments(config: Config, environment: string): boolean {
  const { prometheus } = sourcesOf(config, environment);
  return prometheus?.isShared === true && Object.keys(prometheus.matchers).length === 0;
}

/** What stands for an alert, so that whose it is, conditions and queries are as with any other. */
function alertOf(
  { remedy, occasion, environment }: DueRemedy,
  now: Instant,
  about: Readonly<Record<string, string>>,
  series?: Series,
): Alert {
  const labels = { ...about, alertname: remedy.name, raos_environment: environment };
  const value = series?.points.at(-1)?.[1];
  const isQuery = occasion.kind === "query";
  return {
    name: remedy.name,
    labels,
    annotations: value === undefined ? {} : { value: String(value) },
    status: "firing",
    startsAt: isQuery ? now - occasion.forMs : occasion.at,
    endsAt: undefined,
    generatorURL: undefined,
    fingerprint: fingerprintOf(labels),
    sender: "file",
    ...(isQuery ? { isStartUnknown: true } : {}),
  };
}

function incidentsOf(
  alerts: readonly Alert[],
  { remedy, occasion, environment }: DueRemedy,
  directory: FleetDirectory,
): readonly Incident[] {
  const owned = alerts
    .filter((alert) => isAnswering(remedy, alert))
    .flatMap((alert) => {
      const owner = findAlertOwner(alert, directory);
      const isAgents = owner.kind === "agent" && owner.environment === environment && !owner.isTenantWide;
      return isAgents ? [{ agent: owner.agent, alert }] : [];
    });
  return [...Map.groupBy(owned, ({ agent }) => agent)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([agent, list]) => ({
      agent,
      environment,
      remedy: remedy.name,
      occasion,
      alerts: list.map(({ alert }) => alert),
    }));
}
