import type { Task, TaskPushNotificationConfig } from "@a2a-js/sdk";
import type { ApiRepositories } from "../../api/context.ts";
import type { Warn } from "../../domain/warn.ts";
import type { Caller } from "../../identity/caller.ts";
import type { KeptTasks } from "../kept-tasks.ts";
import { createPushDelivery, type PushOutcome } from "./deliver.ts";
import { createPushRound } from "./follow-pushed.ts";
import { createPushConfigs, type PushConfigs } from "./push-configs.ts";
import { type CheckedPush, type PushRules, readPushConfig } from "./read-push-config.ts";

/** Push notifications of everybody. */
export interface PushNotifications {
  /** Throws RequestMalformedError as `readPushConfig`, UnsupportedOperationError where there are too many. */
  check(caller: Caller, asked: TaskPushNotificationConfig): Promise<CheckedPush>;
  /** Tells of every change of the task after the state `seen`; undefined: of the present one too. */
  set(caller: Caller, taskId: string, checked: CheckedPush, seen: Task | undefined): void;
  /** Tells what a task of the caller is now. */
  tell(caller: Caller, task: Task): void;
  readonly configs: PushConfigs;
  /** Looks soon at all tasks: a pass has ended. */
  passEnded(): void;
}

interface PushOptions {
  readonly rules: PushRules;
  readonly kept: KeptTasks;
  readonly repositories: ApiRepositories;
  readonly now: () => number;
  readonly warn: Warn;
  readonly pushed: (result: PushOutcome) => void;
  /** Aborted when the process ends. */
  readonly stopping: AbortSignal;
}

/** Milliseconds between two looks for a minute after something happened, and else. */
const SOON = 5000;
const LATER = 30_000;
const LIVELY = 60_000;

/** No push notifications yet. Repositories are looked at only while there are some. */
export function createPushNotifications(options: PushOptions): PushNotifications {
  const { rules, kept, repositories, now, warn, pushed, stopping } = options;
  const configs = createPushConfigs(now);
  const delivery = createPushDelivery({ configs, resolve: rules.resolve, warn, pushed, stopping });
  const round = createPushRound({
    ...{ configs, delivery, kept, repositories },
    ended(config, why) {
      configs.drop(config);
      warn({ task: config.taskId, host: config.checked.target.host, why }, "a push notification has ended");
    },
  });
  let livelyUntil = 0;
  let isLooking = false;
  let next: { readonly at: number; readonly timer: NodeJS.Timeout } | undefined;
  const look = async () => {
    next = undefined;
    isLooking = true;
    if (await round()) livelyUntil = now() + LIVELY;
    isLooking = false;
    schedule();
  };
  const schedule = () => {
    const wait = now() < livelyUntil ? SOON : LATER;
    const isEarlyEnough = next !== undefined && next.at <= now() + wait;
    if (isLooking || isEarlyEnough || stopping.aborted || configs.all().length === 0) return;
    clearTimeout(next?.timer);
    next = { at: now() + wait, timer: setTimeout(() => void look(), wait).unref() };
  };
  const hurry = () => {
    livelyUntil = now() + LIVELY;
    schedule();
  };
  return {
    configs,
    check(caller, asked) {
      configs.expectRoom(caller);
      return readPushConfig(asked, rules);
    },
    set(caller, taskId, checked, seen) {
      const config = configs.set(caller, taskId, checked);
      if (seen !== undefined) delivery.seen(config, seen);
      hurry();
    },
    tell(caller, task) {
      for (const config of configs.of(caller, task.id)) delivery.tell(config, task);
    },
    passEnded: hurry,
  };
}
