import { only, type Scenario, within } from "../incident.ts";
import { DAY, HOUR, MINUTE, replicasOf, trafficAt } from "../signals.ts";

const MAX = "scaling.max";
const MIN = "scaling.min";
const wrong = (why: string) => () => why;
const TIMEOUTS = 'level=error msg="call to orders-db: context deadline exceeded (timeout 20s)"';

export const SCALING: readonly Scenario[] = [
  {
    name: "more traffic than replicas",
    work: "http",
    make({ settings, chance }) {
      const needed = Math.ceil(settings.max * chance.between(1.2, 1.8));
      return {
        hours: 72,
        expects: "edit",
        affect: (signals, time) => {
          signals.needed = Math.ceil(needed * (0.85 + 0.15 * trafficAt(time)));
          signals.cpu = 0.18;
        },
        judge: only({ [MAX]: within(settings.max * 1.2, needed * 2) }),
      };
    },
  },
  {
    name: "at the maximum, and the quota is full",
    work: "http",
    make: ({ settings }) => ({
      hours: 20,
      expects: "report",
      affect: (signals) => {
        signals.needed = settings.max * 2;
        signals.room = settings.max;
        signals.quotaUsed = 1;
      },
      judge: wrong("the quota has no room for another replica"),
    }),
  },
  {
    name: "quota nearly full",
    make: () => ({
      hours: 12,
      expects: "report",
      affect: (signals) => {
        signals.quotaUsed = 0.96;
      },
    }),
  },
  {
    name: "more messages than replicas",
    work: "queue",
    make({ settings }) {
      const needed = Math.min(12, settings.max + 2);
      return {
        hours: 72,
        expects: "edit",
        affect: (signals, _time, now) => {
          signals.needed = needed;
          signals.lag = now.kafkaLag * needed;
        },
        judge: only({ [MAX]: within(needed, 15) }),
      };
    },
  },
  {
    name: "queue: what the consumers call is slow",
    work: "queue",
    make: ({ settings, start }) => ({
      hours: 30,
      expects: "report",
      affect: (signals, time) => {
        signals.needed = settings.max * 3;
        signals.lag = settings.kafkaLag * 5 * Math.min(40, 2 + (time - start) / HOUR);
        signals.latency = 25;
        signals.lines.push(TIMEOUTS);
      },
      judge: wrong("the consumers wait for a database: more of them do not help"),
    }),
  },
  {
    name: "queue: as many replicas as partitions",
    work: "queue",
    make: ({ settings, start }) => ({
      hours: 30,
      expects: "report",
      affect: (signals, time) => {
        signals.needed = settings.max;
        signals.room = 6;
        signals.partitions = 6;
        // KEDA reports no more than partitions times the threshold.
        signals.lag = settings.kafkaLag * 20 * Math.min(40, 1 + (time - start) / HOUR);
      },
      judge: wrong("the topic has six partitions, and six replicas run"),
    }),
  },
  {
    name: "queue: replicas cannot be scheduled",
    work: "queue",
    make: ({ settings }) => ({
      hours: 12,
      expects: "report",
      affect: (signals) => {
        signals.needed = settings.max;
        signals.room = 4;
        signals.lag = settings.kafkaLag * settings.max * 3;
        signals.unready = 0;
      },
      judge: wrong("no node has room for another replica"),
    }),
  },
  {
    name: "idle for a week",
    work: "http",
    make: ({ start }) => ({
      hours: 240,
      expects: "edit",
      affect: (signals, time) => {
        if (time > start) {
          signals.calls = 0;
          signals.needed = 1;
          signals.cpu = 0.005;
        }
      },
      judge: only({ [MIN]: ({ to }) => (to === 1 ? undefined : "one replica has to remain") }),
    }),
  },
  {
    name: "idle but for a weekly batch",
    work: "http",
    make: ({ start }) => ({
      hours: 240,
      expects: "nothing",
      affect: (signals, time) => {
        const isBatch = (time - start) % (7 * DAY) > 7 * DAY - 2 * HOUR;
        signals.calls = isBatch ? 900 : 0;
        signals.needed = isBatch ? 4 : 1;
      },
      judge: wrong("its batch needs the replicas every week"),
    }),
  },
  {
    name: "partial data: looks idle",
    work: "http",
    make: () => ({
      hours: 6,
      expects: "either",
      isPartial: true,
      // Last week's calls are in a store that is away; since then it is a quiet night.
      hidesPast: true,
      affect: (signals) => {
        signals.calls = 0;
        signals.needed = 1;
      },
      judge: wrong("a store of the Prometheus is away: nothing is known of the week"),
    }),
  },
  {
    name: "slow: its own CPU is busy",
    work: "queue",
    make: ({ settings }) => ({
      hours: 30,
      expects: "edit",
      affect: (signals, _time, now) => {
        const isEnough = now.min > settings.min;
        signals.cpu = isEnough ? 0.15 : 0.19;
        signals.latency = isEnough ? 2 : 9;
        signals.needed = now.min;
      },
      judge: only({ [MIN]: within(settings.min + 1, settings.max), "runtime.resources.requests.cpu": within(0, 0.4) }),
    }),
  },
  {
    name: "slow: it waits for its model",
    make: () => ({
      hours: 8,
      expects: "report",
      affect: (signals) => {
        signals.latency = 14;
        signals.lines.push('level=warn msg="slow completion" seconds=13.2');
      },
      judge: wrong("the model is slow: nothing of the agent's helps"),
    }),
  },
  {
    name: "kube-state-metrics away",
    make: ({ start }) => ({
      hours: 5,
      expects: "report",
      isPartial: true,
      affect: (signals, time, settings) => {
        signals.isMeasured = false;
        // What the rules still see: half of the replicas.
        signals.unready = (time - start) % HOUR < 30 * MINUTE ? Math.ceil(replicasOf(signals, settings) / 2) : 0;
      },
      judge: wrong("nothing is wrong: half of the series are missing"),
    }),
  },
];
