import type { Task } from "@a2a-js/sdk";
import { lookAtRequests } from "../../api/access/requested-pulls.ts";
import type { ApiRepositories } from "../../api/context.ts";
import { callerId } from "../../identity/caller.ts";
import { findTask, taskOf } from "../find-tasks.ts";
import type { KeptTasks } from "../kept-tasks.ts";
import type { PushDelivery } from "./deliver.ts";
import type { PushConfig, PushConfigs } from "./push-configs.ts";

interface FollowOptions {
  readonly configs: PushConfigs;
  readonly delivery: PushDelivery;
  readonly kept: KeptTasks;
  readonly repositories: ApiRepositories;
  /** Is told why somebody's notifications ended. */
  readonly ended: (config: PushConfig, why: string) => void;
}

/** Refusals by which somebody has lost the right to be told. Others pass. */
const LOST: ReadonlySet<string> = new Set(["unknown-agent", "not-permitted"]);

/** Looks in which a task may be missing: lists of a forge are sometimes older than what was written. */
const MOST_MISSES = 3;

/**
 * A function that looks at all tasks of which somebody is to be told, and tells what changed: one list of a repository answers for all its
 * tasks of one caller. Returns whether anything has changed. Never throws.
 */
export function createPushRound(options: FollowOptions): () => Promise<boolean> {
  const { configs, delivery, kept, repositories, ended } = options;
  const misses = new WeakMap<PushConfig, number>();
  const tellAll = async (repository: string, group: readonly PushConfig[]): Promise<boolean> => {
    const [{ caller } = { caller: undefined }] = group;
    if (caller === undefined) return false;
    const context = { caller, repositories, begun: () => {} };
    const before = new Map(group.map((config) => [config, delivery.lastOf(config)]));
    const looked = await lookAtRequests(repository, context);
    if (looked.kind !== "done") {
      const isLost = looked.kind === "refused" && LOST.has(looked.reason);
      if (isLost) for (const config of group) ended(config, looked.reason);
      return false;
    }
    const tasks = new Map(looked.value.map(taskOf).map((task) => [task.id, task]));
    let isChanged = false;
    for (const config of group) {
      const { taskId } = config;
      const task = tasks.get(taskId) ?? (await findTask(taskId, context)) ?? kept.find(caller, taskId)?.task;
      // What was told meanwhile is newer than this look.
      if (delivery.lastOf(config) !== before.get(config)) continue;
      isChanged = (task === undefined ? miss(config) : found(config, task)) || isChanged;
    }
    return isChanged;
  };
  const found = (config: PushConfig, task: Task): boolean => {
    misses.delete(config);
    return !config.dropped.signal.aborted && delivery.tell(config, task);
  };
  const miss = (config: PushConfig): boolean => {
    const times = (misses.get(config) ?? 0) + 1;
    misses.set(config, times);
    if (times >= MOST_MISSES) ended(config, "unknown-task");
    return false;
  };
  return async () => {
    let isChanged = false;
    for (const [, group] of Map.groupBy(configs.all(), groupOf)) {
      const repository = repositoryOf(group[0]?.taskId ?? "");
      // A forge that does not answer is asked again in the next round.
      isChanged = (await tellAll(repository, group).catch(() => false)) || isChanged;
    }
    return isChanged;
  };
}

function groupOf({ caller, taskId }: PushConfig): string {
  return `${repositoryOf(taskId)}\0${callerId(caller)}`;
}

function repositoryOf(taskId: string): string {
  return taskId.slice(0, Math.max(taskId.lastIndexOf(":"), 0));
}
