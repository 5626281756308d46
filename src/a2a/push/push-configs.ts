import type { Task } from "@a2a-js/sdk";
import { UnsupportedOperationError } from "@a2a-js/sdk/errors";
import { type Caller, callerId } from "../../identity/caller.ts";
import type { CheckedPush } from "./read-push-config.ts";

/** A push notification of a task of somebody. */
export interface PushConfig {
  readonly caller: Caller;
  readonly taskId: string;
  readonly checked: CheckedPush;
  /** Aborted when nothing is to be sent any more. */
  readonly dropped: AbortController;
}

/** Push notifications, each for its owner alone. */
export interface PushConfigs {
  /** Throws UnsupportedOperationError where the caller, or everybody, has as many as may be. */
  expectRoom(caller: Caller): void;
  /** Adds one, or puts it in the place of that with its id; of a task with too many, the oldest goes. */
  set(caller: Caller, taskId: string, checked: CheckedPush): PushConfig;
  of(caller: Caller, taskId: string): readonly PushConfig[];
  all(): readonly PushConfig[];
  /** Forgets it; what is on its way is still sent. */
  end(config: PushConfig): void;
  /** Forgets it, and sends nothing any more. */
  drop(config: PushConfig): void;
}

/** Most of a task, of a caller, and in all; and milliseconds after which one is forgotten. */
const MOST_OF_TASK = 4;
const MOST_OF_ONE = 32;
const MOST = 256;
const KEPT_FOR = 30 * 86_400_000;

/**
 * Keeps push notifications in memory. They hold secrets of others, and who set them was proven to this process alone: after a restart
 * their owners set them again.
 */
export function createPushConfigs(now: () => number): PushConfigs {
  const configs = new Map<PushConfig, { readonly owner: string; readonly until: number }>();
  const drop = (config: PushConfig) => {
    configs.delete(config);
    config.dropped.abort();
  };
  const dropOld = () => {
    for (const [config, { until }] of configs) if (until <= now()) drop(config);
  };
  const ofOwner = (caller: Caller) => {
    const owner = callerId(caller);
    return [...configs].filter(([, one]) => one.owner === owner).map(([config]) => config);
  };
  return {
    expectRoom(caller) {
      dropOld();
      if (ofOwner(caller).length < MOST_OF_ONE && configs.size < MOST) return;
      const message = `there are too many push notifications (${MOST_OF_ONE} of one caller, ${MOST} in all); delete one`;
      throw new UnsupportedOperationError({ message });
    },
    set(caller, taskId, checked) {
      dropOld();
      const own = ofOwner(caller);
      const ofTask = own.filter((one) => one.taskId === taskId);
      const before = ofTask.find((one) => one.checked.id === checked.id);
      const replaced = before ?? (ofTask.length >= MOST_OF_TASK ? ofTask[0] : undefined);
      if (replaced !== undefined) drop(replaced);
      const config = { caller, taskId, checked, dropped: new AbortController() };
      configs.set(config, { owner: callerId(caller), until: now() + KEPT_FOR });
      return config;
    },
    of: (caller, taskId) => ofOwner(caller).filter((one) => one.taskId === taskId),
    all() {
      dropOld();
      return [...configs.keys()];
    },
    end: (config) => void configs.delete(config),
    drop,
  };
}

/** What tells two states of a task apart. */
export function stateKey({ status }: Task): string {
  return `${status?.state} ${status?.timestamp}`;
}
