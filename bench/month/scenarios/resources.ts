import { MI } from "../fleet.ts";
import { only, type Scenario, within } from "../incident.ts";
import { DAY, HOUR, isKilled, MINUTE, trafficAt } from "../signals.ts";

const LIMIT = "runtime.resources.limits.memory";
const REQUEST = "runtime.resources.requests.memory";
const CPU = "runtime.resources.limits.cpu";
const CPU_REQUEST = "runtime.resources.requests.cpu";
const wrong = (why: string) => () => why;

/** A limit that becomes at least the need, or a quarter more than it was; never twice the need. */
function memoryJudge(need: number, limit: number, times = 3) {
  return only({
    [LIMIT]: within(Math.min(need, limit * 1.2), need * 1.9, times),
    [REQUEST]: within(need * 0.4, need * 1.3, times),
  });
}

export const RESOURCES: readonly Scenario[] = [
  {
    name: "memory grew over the limit",
    make({ settings, chance }) {
      const need = settings.memoryLimit * chance.between(1.02, 1.5);
      return {
        hours: 48,
        expects: "edit",
        affect: (signals, time) => {
          signals.memory = need * (0.9 + 0.1 * trafficAt(time));
          if (signals.memory > settings.memoryLimit) signals.lines.push('level=warn msg="allocated large context"');
        },
        judge: memoryJudge(need, settings.memoryLimit),
      };
    },
  },
  {
    name: "memory close to the limit",
    make({ settings, chance }) {
      const need = settings.memoryLimit * chance.between(0.92, 0.98);
      return {
        hours: 48,
        expects: "edit",
        affect: (signals) => {
          signals.memory = need;
        },
        judge: memoryJudge(need, settings.memoryLimit, 1),
      };
    },
  },
  {
    name: "memory leak",
    make({ settings, start, chance }) {
      const fill = chance.between(8, 16) * HOUR;
      return {
        hours: 72,
        // One raise buys time; after it only the code helps.
        expects: "either",
        affect: (signals, time, now) => {
          const since = (time - start) % fill;
          signals.memory = now.memoryLimit * Math.min(1.05, 0.4 + (0.7 * since) / fill);
          if (since > fill * 0.9) signals.lines.push('level=warn msg="session cache holds 48211 entries"');
        },
        judge: only({
          [LIMIT]: within(settings.memoryLimit, settings.memoryLimit * 1.6, 1),
          [REQUEST]: within(0, settings.memoryLimit * 1.3, 1),
        }),
      };
    },
  },
  {
    name: "spikes between two scrapes",
    make({ settings, start }) {
      const peak = settings.memoryLimit * 1.15;
      // Three minutes in six hours; between them little.
      return {
        hours: 36,
        expects: "edit",
        affect: (signals, time) => {
          if ((time - start) % (6 * HOUR) < 3 * MINUTE) signals.memory = peak;
        },
        judge: memoryJudge(peak, settings.memoryLimit),
      };
    },
  },
  {
    name: "load test in staging",
    make({ chance }) {
      const need = 256 * MI * chance.between(1.3, 3);
      return {
        environment: "staging",
        hours: 6,
        expects: "either",
        affect: (signals, time) => {
          signals.memory = need;
          signals.cpu = 0.6;
          signals.calls = 4000 + (time % 7);
        },
        judge: memoryJudge(need, 256 * MI),
      };
    },
  },
  {
    name: "weekly batch",
    make({ settings, start, chance }) {
      const need = settings.memoryLimit * chance.between(1.05, 1.3);
      return {
        hours: 15 * 24,
        expects: "edit",
        affect: (signals, time) => {
          if ((time - start) % (7 * DAY) < 2 * HOUR) {
            signals.memory = need;
            signals.cpu = 0.7;
          }
        },
        judge: memoryJudge(need, settings.memoryLimit),
      };
    },
  },
  {
    name: "CPU limit too low",
    work: "queue",
    make({ settings, chance }) {
      const need = settings.cpuLimit * chance.between(1.5, 2);
      return {
        hours: 48,
        expects: "edit",
        affect: (signals, time, now) => {
          signals.cpu = need * (0.95 + 0.05 * trafficAt(time));
          signals.latency = signals.cpu > now.cpuLimit ? 4 : 1;
        },
        judge: only({
          [CPU]: within(settings.cpuLimit * 1.2, need * 2),
          [CPU_REQUEST]: within(settings.cpuRequest, need * 1.2),
        }),
      };
    },
  },
  {
    name: "throttled in bursts at little use",
    make: ({ settings }) => ({
      hours: 72,
      expects: "either",
      // Many threads wake at once: a limit does not change it much.
      affect: (signals) => {
        signals.burst = 0.35;
        signals.cpu = 0.02;
      },
      judge: only({ [CPU]: within(settings.cpuLimit, settings.cpuLimit * 2, 1) }),
    }),
  },
  {
    name: "evicted: a node ran short of memory",
    make({ settings, start }) {
      const need = Math.min(settings.memoryLimit * 0.85, settings.memoryRequest * 1.6);
      return {
        hours: 24,
        expects: "edit",
        affect: (signals, time, now) => {
          signals.memory = need;
          if (now.memoryRequest < need && (time - start) % (6 * HOUR) < 40 * MINUTE) signals.evicted = "memory";
        },
        judge: only({ [REQUEST]: within(need * 0.95, need * 1.4) }),
      };
    },
  },
  {
    name: "evicted: a node's disk was full",
    make: ({ start, settings }) => ({
      hours: 8,
      expects: "report",
      affect: (signals, time) => {
        signals.memory = settings.memoryRequest * 1.2;
        if ((time - start) % (3 * HOUR) < 40 * MINUTE) signals.evicted = "disk";
      },
      judge: wrong("the node's disk was full: memory changes nothing"),
    }),
  },
  {
    name: "delivery stuck",
    make({ settings, start, chance }) {
      const need = settings.memoryLimit * 1.15;
      return {
        hours: 48,
        expects: "edit",
        stuckUntil: start + chance.between(10, 26) * HOUR,
        affect: (signals) => {
          signals.memory = need;
        },
        judge: memoryJudge(need, settings.memoryLimit, 1),
      };
    },
  },
  {
    name: "a person fixed it just before",
    make({ settings, chance }) {
      const need = settings.memoryLimit * 1.2;
      // Merged before the alert and not rolled out yet, or merged between the alert and the pass.
      const after = chance.pick([-20 * MINUTE, -10 * MINUTE, 0]);
      return {
        hours: 24,
        expects: "nothing",
        changes: [
          {
            after,
            style: "squash",
            edit: (text) =>
              text.replace(/(limits: \{cpu: [^,]*, memory: )([^}]*)\}/, `$1${Math.round((need * 1.3) / MI)}Mi}`),
          },
        ],
        affect: (signals) => {
          signals.memory = need;
        },
        judge: wrong("a person has fixed it already"),
      };
    },
  },
  {
    name: "the sidecar runs out of memory",
    make: () => ({
      hours: 10,
      expects: "report",
      affect: (signals) => {
        signals.crash = { container: "daprd", line: "fatal: runtime: out of memory" };
      },
      judge: wrong("daprd was killed, not the agent"),
    }),
  },
  {
    name: "killed and near the limit after a release",
    make({ settings, start }) {
      const need = settings.memoryLimit * 1.3;
      return {
        hours: 36,
        expects: "edit",
        changes: [
          {
            after: -40 * MINUTE,
            style: "renovate",
            edit: (text) => text.replace(/:1\.4\.(\d+)/, (_all, patch: string) => `:1.4.${Number(patch) + 1}`),
          },
        ],
        affect: (signals, time, now) => {
          if (time > start && now.image !== settings.image) signals.memory = need;
          if (isKilled(signals, now)) signals.lines.push('level=info msg="loading embeddings"');
        },
        judge: only({
          [LIMIT]: within(settings.memoryLimit * 1.2, need * 1.9),
          [REQUEST]: within(0, need * 1.3),
          "runtime.image": ({ to }) => (to === settings.image ? undefined : "only the image before helps"),
        }),
      };
    },
  },
];
