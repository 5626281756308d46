import { type Firing, firingAlerts } from "./alerts.ts";
import { ENVIRONMENTS, type Environment, type Settings, type SimAgent, settingsOf } from "./fleet.ts";
import type { Incident } from "./incident.ts";
import type { Moment } from "./metrics.ts";
import type { Served } from "./server.ts";
import { HOUR, MINUTE, wellSignals } from "./signals.ts";

/** The simulated world: what runs, what is wrong, and what can be seen of it. */
export interface SimWorld extends Served {
  readonly clock: { now: number };
  begin(incident: Incident): void;
  /** Incidents about an agent that are not over; some are over for those who look, though their cause is only held down. */
  openOf(agent: SimAgent): readonly Incident[];
  /** Rolls a spec out at a moment, in every environment. */
  rollOut(agent: SimAgent, text: string, at: number): void;
  settings(agent: SimAgent, environment: Environment): Settings;
  /** The alerts that fire now, about agents of which something is or was wrong. */
  firing(): readonly Firing[];
}

export function createWorld(agents: readonly SimAgent[], start: number): SimWorld {
  const clock = { now: start };
  const incidents = new Map<SimAgent, Incident[]>(agents.map((agent) => [agent, []]));
  const runs = new Map<string, { readonly since: number; readonly settings: Settings }[]>();
  for (const agent of agents)
    for (const one of ENVIRONMENTS)
      runs.set(`${agent.key} ${one}`, [{ since: start, settings: settingsOf(agent.text, one) }]);
  const known = new Map<string, Map<number, Moment>>();
  let remembered = 0;

  function runAt(agent: SimAgent, environment: Environment, time: number): Pick<Moment, "since" | "settings"> {
    const list = runs.get(`${agent.key} ${environment}`) ?? [];
    const found = list.findLast(({ since }) => since <= time) ?? list[0];
    if (found === undefined) throw new Error(`${agent.key} runs nothing`);
    return found;
  }

  function at(agent: SimAgent, environment: Environment, time: number): Moment {
    const minute = Math.floor(time / MINUTE) * MINUTE;
    const key = environment === "production" ? agent.key : `${agent.key} ${environment}`;
    const moments = known.get(key) ?? new Map<number, Moment>();
    known.set(key, moments);
    const one = moments.get(minute);
    if (one !== undefined) return one;
    const { settings, since } = runAt(agent, environment, minute);
    const signals = wellSignals(agent, environment, minute, settings);
    for (const incident of incidents.get(agent) ?? [])
      if (incident.environment === environment && incident.start <= minute && minute < incident.end)
        incident.affect(signals, minute, settings);
    const moment = { signals, settings, since };
    moments.set(minute, moment);
    remembered += 1;
    return moment;
  }

  function isReadable(agent: SimAgent, time: number): boolean {
    return (incidents.get(agent) ?? []).every(
      (one) => !one.hidesPast || time >= one.start || clock.now < one.start || clock.now >= one.end,
    );
  }

  function forget(agent: SimAgent): void {
    for (const key of [agent.key, `${agent.key} staging`]) known.delete(key);
  }

  return {
    clock,
    agents,
    at,
    now: () => clock.now,
    isReadable,
    isPartial: () =>
      [...incidents.values()].flat().some((one) => one.isPartial && one.start <= clock.now && clock.now < one.end),
    begin(incident) {
      incidents.get(incident.agent)?.push(incident);
      forget(incident.agent);
    },
    openOf: (agent) =>
      (incidents.get(agent) ?? []).filter((one) => one.start - 4 * HOUR <= clock.now && clock.now < one.end + HOUR),
    rollOut(agent, text, when) {
      for (const one of ENVIRONMENTS) {
        const list = runs.get(`${agent.key} ${one}`);
        list?.push({ since: when, settings: settingsOf(text, one) });
        list?.sort((a, b) => a.since - b.since);
      }
      forget(agent);
    },
    settings: (agent, environment) => runAt(agent, environment, clock.now).settings,
    firing() {
      if (remembered > 1_000_000) {
        known.clear();
        remembered = 0;
      }
      return agents.flatMap((agent) =>
        ENVIRONMENTS.flatMap((environment) => {
          const about = (incidents.get(agent) ?? []).filter(
            (one) => one.environment === environment && one.start <= clock.now,
          );
          if (about.length === 0) return [];
          const present = about.filter((one) => clock.now < one.end);
          const seen = (time: number) => {
            const moment = at(agent, environment, time);
            return isReadable(agent, time) ? moment : { ...moment, signals: { ...moment.signals, isMeasured: false } };
          };
          return firingAlerts(agent, environment, present, seen, clock.now);
        }),
      );
    },
  };
}
