import type { Environment, Settings, SimAgent } from "./fleet.ts";
import type { Chance } from "./random.ts";
import type { Signals } from "./signals.ts";

/** One value of a spec in effect, before and after a pull request, in the environment of an incident. */
export interface Change {
  /** Such as `runtime.resources.limits.memory`. */
  readonly path: string;
  readonly from: number | string | undefined;
  readonly to: number | string | undefined;
}

/** How people bring a change to the default branch. */
export type Style = "direct" | "squash" | "merge" | "renovate";

/** A change that people make, so long after the incident began. */
export interface PersonsChange {
  readonly after: number;
  readonly style: Style;
  edit(text: string): string;
}

/** What a good engineer does about an incident: edits the spec, tells a person, either, or nothing at all. */
export type Expected = "edit" | "report" | "either" | "nothing";

/** The truth about something that is wrong, or only looks wrong. */
export interface Incident {
  readonly scenario: string;
  readonly agent: SimAgent;
  readonly environment: Environment;
  readonly start: number;
  /** When it ends by itself: a person mends it, an outage is over. */
  readonly end: number;
  readonly expects: Expected;
  readonly changes: readonly PersonsChange[];
  /** Nothing that is merged is rolled out until then. */
  readonly stuckUntil: number;
  /** A stuck rule of Grafana: its alert has no data behind it. */
  readonly noData: string | undefined;
  /** The Prometheus answers only with a part of what it has, and says so. */
  readonly isPartial: boolean;
  /** What is so in the world while it lasts, given what runs. */
  affect(signals: Signals, time: number, settings: Settings): void;
  /** What was measured before it began cannot be read while it lasts. */
  readonly hidesPast: boolean;
  /**
   * Why a change is wrong; undefined: it is right. `tries`: pull requests about this incident before this one; `all`: every change
   * of the pull request in the incident's environment.
   */
  judge(change: Change, tries: number, all: readonly Change[]): string | undefined;
}

/** What a scenario is made for. */
export interface Setting {
  readonly agent: SimAgent;
  readonly start: number;
  readonly chance: Chance;
  /** What production runs as it begins. */
  readonly settings: Settings;
}

/** The parts of an incident that differ from most. */
export type Parts = Partial<Omit<Incident, "scenario" | "agent" | "start" | "end">> & {
  readonly hours: number;
  readonly expects: Expected;
};

export interface Scenario {
  readonly name: string;
  /** Which agents it may happen to; left out: all. */
  readonly work?: SimAgent["work"];
  make(setting: Setting): Parts;
}

const HOUR = 3_600_000;

export function incidentOf(scenario: Scenario, setting: Setting): Incident {
  const { agent, start } = setting;
  const { hours, ...parts } = scenario.make(setting);
  return {
    environment: "production",
    changes: [],
    stuckUntil: 0,
    noData: undefined,
    isPartial: false,
    hidesPast: false,
    affect: () => {},
    judge: () => "no change of the spec can help",
    ...parts,
    scenario: scenario.name,
    agent,
    start,
    end: start + hours * HOUR,
  };
}

type Judge = Incident["judge"];

/** A judge for several paths; a change of any other path is wrong. */
export function only(judges: Readonly<Record<string, Judge>>): Judge {
  return (change, tries, all) => {
    const judge = judges[change.path];
    return judge === undefined ? "this value has nothing to do with the cause" : judge(change, tries, all);
  };
}

/** A number may become at least `least` and at most `most`. */
export function within(least: number, most: number, times = 3): Judge {
  return ({ to }, tries) => {
    if (tries >= times) return "it repeats what did not help";
    if (typeof to !== "number" || to < least * 0.999) return "it is too little to help";
    return to > most * 1.001 ? "it is far more than is needed" : undefined;
  };
}

/** The value may become exactly this. */
export function exactly(wanted: string): Judge {
  return ({ to }) => (to === wanted ? undefined : `${wanted} is right`);
}
