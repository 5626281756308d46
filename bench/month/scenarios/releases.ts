import type { Settings } from "../fleet.ts";
import { exactly, only, type Scenario, type Style } from "../incident.ts";
import { HOUR, MINUTE, replicasOf, type Signals } from "../signals.ts";

const IMAGE = "runtime.image";
const wrong = (why: string) => () => why;
/** Each release has a number of its own. */
const bump = (text: string) => text.replace(/:1\.4\.(\d+)/, (_all, patch: string) => `:1.4.${Number(patch) + 1}`);
const TRACE = "panic: runtime error: invalid memory address or nil pointer dereference";

function crashing(name: string, style: Style, delay: number, expects: "edit" | "either"): Scenario {
  return {
    name,
    make: ({ settings, start }) => ({
      hours: 48,
      expects,
      changes: [{ after: 0, style, edit: bump }],
      affect: (signals, time, now) => {
        if (now.image !== settings.image && time >= start + delay) signals.crash = { container: "agent", line: TRACE };
      },
      judge: only({ [IMAGE]: exactly(settings.image) }),
    }),
  };
}

/** A release that is well, and something else that breaks soon after it. */
function innocent(
  name: string,
  why: string,
  hours: number,
  affect: (signals: Signals, settings: Settings) => void,
): Scenario {
  return {
    name,
    make: ({ start }) => ({
      hours,
      expects: "report",
      changes: [{ after: -3 * HOUR, style: "squash", edit: bump }],
      affect: (signals, time, settings) => {
        if (time >= start) affect(signals, settings);
      },
      judge: wrong(why),
    }),
  };
}

export const RELEASES: readonly Scenario[] = [
  crashing("a release crashes (squashed)", "squash", 0, "edit"),
  crashing("a release crashes (three days in review)", "merge", 0, "edit"),
  crashing("a release crashes (Renovate)", "renovate", 0, "edit"),
  crashing("a release crashes after a day", "squash", 27 * HOUR, "either"),
  {
    name: "a health path that does not exist",
    make: ({ settings }) => ({
      hours: 30,
      expects: "edit",
      changes: [
        { after: 0, style: "squash", edit: (text) => text.replace("healthPath: /healthz", "healthPath: /health/live") },
      ],
      affect: (signals, _time, now) => {
        if (now.healthPath !== settings.healthPath) signals.unready = 100;
      },
      judge: only({ "runtime.healthPath": exactly(settings.healthPath) }),
    }),
  },
  {
    name: "an image that does not exist",
    make: ({ settings }) => ({
      hours: 30,
      expects: "edit",
      changes: [{ after: 0, style: "squash", edit: bump }],
      affect: (signals, _time, now) => {
        if (now.image === settings.image) return;
        signals.waiting = {
          reason: "ImagePullBackOff",
          message: `Failed to pull image "${now.image}": manifest unknown: not found`,
        };
      },
      judge: only({ [IMAGE]: exactly(settings.image) }),
    }),
  },
  innocent(
    "the registry is away after a release",
    "the registry is away: no image can be pulled",
    5,
    (signals, now) => {
      signals.waiting = {
        reason: "ImagePullBackOff",
        message: `Failed to pull image "${now.image}": dial tcp 10.2.0.9:443: i/o timeout`,
      };
    },
  ),
  innocent("a Secret is missing after a release", "a Secret was deleted: the release is well", 6, (signals) => {
    signals.waiting = { reason: "CreateContainerConfigError", message: 'secret "llm" not found' };
  }),
  innocent("one replica's node fails after a release", "one node is ill: the others run the release", 5, (signals) => {
    signals.unready = 1;
  }),
  innocent("what it calls fails after a release", "the database is away: the release is well", 5, (signals) => {
    signals.errors = 0.5;
    signals.lines.push('level=error msg="orders-db: connection refused"');
  }),
  {
    name: "a Dapr component broken by a change",
    make: ({ settings }) => ({
      hours: 30,
      expects: "edit",
      changes: [{ after: 0, style: "squash", edit: (text) => text.replace("redis-master.data", "redis-mastr.data") }],
      affect: (signals, _time, now) => {
        if (now.stateHost === settings.stateHost) return;
        signals.daprFailed = { component: "state.redis", name: "state" };
        signals.crash = {
          container: "daprd",
          line: "fatal: error initializing component state (state.redis/v1): dial tcp: lookup redis-mastr.data: no such host",
        };
      },
      judge: only({ "dapr.state.host": exactly(settings.stateHost) }),
    }),
  },
  innocent("a Dapr component's server fails after a release", "the server of the component is away", 5, (signals) => {
    signals.daprFailed = { component: "state.redis", name: "state" };
    signals.crash = {
      container: "daprd",
      line: "fatal: error initializing component state (state.redis/v1): dial tcp 10.0.0.7:6379: connection refused",
    };
  }),
  {
    name: "a crash without a change",
    make: () => ({
      hours: 6,
      expects: "report",
      affect: (signals) => {
        signals.crash = { container: "agent", line: "fatal: license of the embedded engine ended" };
      },
      judge: wrong("nothing was changed"),
    }),
  },
  {
    name: "a node fails",
    make: ({ start }) => ({
      hours: 4,
      expects: "report",
      affect: (signals, time, settings) => {
        if (time - start > 5 * MINUTE) signals.unready = Math.min(1, replicasOf(signals, settings));
      },
      judge: wrong("the node is ill, not the agent"),
    }),
  },
];
