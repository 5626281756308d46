import { setTimeout as sleep } from "node:timers/promises";
import type { Task } from "@a2a-js/sdk";
import { V1PushNotificationSerializer } from "@a2a-js/sdk/server";
import type { Warn } from "../../domain/warn.ts";
import { isEnded } from "../task-of-pull.ts";
import { type PushConfig, type PushConfigs, stateKey } from "./push-configs.ts";
import { type ResolveHost, sendPush } from "./send-push.ts";

/** What became of a state that was to be pushed. */
export type PushOutcome = "delivered" | "not-delivered";

/** Tells receivers of tasks. */
export interface PushDelivery {
  /** Queues the task for a receiver where its state is another one than the last; the last state of a task ends its notification. */
  tell(config: PushConfig, task: Task): boolean;
  /** Remembers the state that the receiver's owner has seen already. */
  seen(config: PushConfig, task: Task): void;
  /** What tells the last state apart from others. */
  lastOf(config: PushConfig): string;
}

interface DeliveryOptions {
  readonly configs: PushConfigs;
  readonly resolve: ResolveHost;
  readonly warn: Warn;
  readonly pushed: (result: PushOutcome) => void;
  /** Aborted when the process ends: nothing is sent after that. */
  readonly stopping: AbortSignal;
  /** Milliseconds before each further attempt. */
  readonly waits?: readonly number[];
}

interface Line {
  last: string;
  readonly waiting: Task[];
  isSending: boolean;
}

const WAITS = [2000, 10_000];
/** States that wait for a receiver; the oldest are left out. */
const MOST_WAITING = 8;

const serializer = new V1PushNotificationSerializer();

/** Delivers states in order, each receiver in a line of its own, so that one that hangs holds up no other. */
export function createPushDelivery(options: DeliveryOptions): PushDelivery {
  const { configs, resolve, warn, pushed, stopping, waits = WAITS } = options;
  const lines = new WeakMap<PushConfig, Line>();
  const lineOf = (config: PushConfig): Line => {
    const line = lines.get(config) ?? { last: "", waiting: [], isSending: false };
    lines.set(config, line);
    return line;
  };
  const sendAll = async (config: PushConfig, line: Line) => {
    const { checked, taskId } = config;
    const gone = AbortSignal.any([config.dropped.signal, stopping]);
    for (let task = line.waiting.shift(); task !== undefined; task = line.waiting.shift()) {
      const why = await sendWithRetries(config, task, gone);
      if (gone.aborted) return;
      pushed(why === undefined ? "delivered" : "not-delivered");
      if (why !== undefined)
        warn({ task: taskId, host: checked.target.host, why }, "a push notification was not delivered");
    }
    line.isSending = false;
  };
  const sendWithRetries = async (
    { checked }: PushConfig,
    task: Task,
    gone: AbortSignal,
  ): Promise<string | undefined> => {
    const { body, contentType } = serializer.serialize({ payload: { $case: "task", value: task } });
    const headers = { ...checked.headers, "content-type": contentType };
    for (let attempt = 0; ; attempt += 1) {
      const result = await sendPush({ target: checked.target, body, headers }, resolve, gone);
      if (result.kind === "delivered") return undefined;
      const wait = waits[attempt];
      if (!result.isPassing || wait === undefined || gone.aborted) return result.why;
      await sleep(wait, undefined, { signal: gone, ref: false }).catch(() => undefined);
    }
  };
  return {
    tell(config, task) {
      const line = lineOf(config);
      const key = stateKey(task);
      if (line.last === key) return false;
      line.last = key;
      if (line.waiting.length >= MOST_WAITING) line.waiting.shift();
      line.waiting.push(task);
      if (isEnded(task.status?.state)) configs.end(config);
      if (!line.isSending) {
        line.isSending = true;
        void sendAll(config, line);
      }
      return true;
    },
    lastOf: (config) => lineOf(config).last,
    seen(config, task) {
      lineOf(config).last = stateKey(task);
    },
  };
}
