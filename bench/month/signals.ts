import type { Environment, Settings, SimAgent } from "./fleet.ts";
import { noise } from "./random.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** What is true of one agent in one environment at one moment. Scenarios change it; everything that can be measured follows. */
export interface Signals {
  /** Bytes that a replica wants. */
  memory: number;
  /** Cores that a replica wants, and the share of its periods that are throttled whatever it uses. */
  cpu: number;
  burst: number;
  /** Calls in an hour, of all replicas. */
  calls: number;
  /** Replicas that the load needs, and how many have room: in the quota, on the nodes, by partitions. */
  needed: number;
  room: number;
  /** Replicas that are not ready though they run. */
  unready: number;
  /** Messages that wait in the topic. */
  lag: number;
  partitions: number;
  /** Messages that are processed in a second. */
  consumed: number;
  /** A container that crashes, with the last line of its log and its exit code. */
  crash: { readonly container: "agent" | "daprd"; readonly line: string } | undefined;
  /** Why containers wait. */
  waiting: { readonly reason: string; readonly message: string } | undefined;
  evicted: "memory" | "disk" | undefined;
  /** Share of the model's calls that fail, that are refused by a rate limit, and that are too long; by the present model. */
  modelErrors: number;
  rateLimited: number;
  tooLong: number;
  /** Share of calls of the agent that fail, of its tools and of its peer. */
  errors: number;
  toolErrors: number;
  peerErrors: number;
  /** 95th percentile, in seconds. */
  latency: number;
  tokensPerHour: number;
  /** In the day before. */
  tokensPerDay: number;
  /** Messages that ended in the dead letter topic so far. */
  deadLetters: number;
  daprFailed: { readonly component: string; readonly name: string } | undefined;
  /** Free share of its volume; undefined: it has none. */
  volumeFree: number | undefined;
  /** Used share of the namespace's quota of pods. */
  quotaUsed: number;
  /** False: nothing can be measured of it just now. */
  isMeasured: boolean;
  /** Lines of its log in this hour. */
  readonly lines: string[];
}

/** An agent that is well: its traffic follows the hour and the weekday. */
export function wellSignals(agent: SimAgent, environment: Environment, time: number, settings: Settings): Signals {
  const traffic = trafficAt(time) * (environment === "staging" ? 0.1 : 1);
  const some = noise(agent.key, Math.floor(time / MINUTE));
  // What it needs depends on what its people measured, never on what runs: RAOS may change that.
  const usual = environment === "staging" ? 100 * 2 ** 20 : usualMemory(agent);
  return {
    memory: usual * (0.8 + 0.15 * traffic + 0.05 * some),
    cpu: 0.02 + 0.12 * traffic + 0.02 * some,
    burst: 0.01,
    calls: Math.round(40 + 600 * traffic),
    needed: Math.max(settings.min, Math.min(settings.max - 1, Math.ceil(settings.max * 0.6 * traffic))),
    room: 1000,
    unready: 0,
    lag: Math.round(settings.kafkaLag * settings.min * 0.5),
    partitions: 12,
    consumed: 20,
    crash: undefined,
    waiting: undefined,
    evicted: undefined,
    modelErrors: 0.001,
    rateLimited: 0.001,
    tooLong: 0,
    errors: 0.001,
    toolErrors: 0.002,
    peerErrors: 0.002,
    latency: 1 + 0.5 * traffic,
    tokensPerHour: 20_000 + 200_000 * traffic,
    tokensPerDay: 2_000_000,
    deadLetters: 0,
    daprFailed: undefined,
    volumeFree: undefined,
    quotaUsed: 0.4,
    isMeasured: true,
    lines: [],
  };
}

/** The memory that an agent's people measured before the month: half its first limit. */
export function usualMemory({ text }: SimAgent): number {
  return (Number(/limits: \{cpu: "1", memory: (\d+)Mi/.exec(text)?.[1] ?? 512) / 2) * 2 ** 20;
}

/** 0 to 1: little at night, less on Saturday and Sunday. */
export function trafficAt(time: number): number {
  const hour = (time % DAY) / HOUR;
  const day = new Date(time).getUTCDay();
  const byHour = 0.15 + 0.85 * Math.max(0, Math.sin(((hour - 6) / 14) * Math.PI)) * (hour > 6 && hour < 20 ? 1 : 0);
  return byHour * (day === 0 || day === 6 ? 0.3 : 1);
}

/** What follows from the wish and from what runs. */
export function isKilled({ memory }: Signals, { memoryLimit }: Settings): boolean {
  return memory > memoryLimit;
}

export function replicasOf({ needed, room }: Signals, { min, max }: Settings): number {
  return Math.max(0, Math.min(Math.max(min, needed), max, room));
}

export function throttledOf({ cpu, burst }: Signals, { cpuLimit }: Settings): number {
  return Math.min(0.95, burst + (cpu > cpuLimit ? 1 - cpuLimit / cpu : 0));
}

/** Replicas that are ready. */
export function readyOf(signals: Signals, settings: Settings): number {
  // A container that is killed is back within a minute; one that crashes as it starts is never ready.
  const isDown = signals.crash !== undefined || signals.waiting !== undefined;
  return isDown ? 0 : Math.max(0, replicasOf(signals, settings) - signals.unready);
}
