import type { Task } from "@a2a-js/sdk";
import { TaskNotFoundError, UnsupportedOperationError } from "@a2a-js/sdk/errors";
import type { A2ARequestHandler } from "@a2a-js/sdk/server";
import type { Caller } from "../../identity/caller.ts";
import type { ApiScope } from "../../identity/scopes.ts";
import { isEnded } from "../task-of-pull.ts";
import type { PushConfig } from "./push-configs.ts";
import type { PushNotifications } from "./push-notifications.ts";
import { shownConfig } from "./read-push-config.ts";

interface PushOperationsOptions {
  readonly caller: Caller;
  readonly push: PushNotifications;
  /** The task of an id. Throws TaskNotFoundError where it is not the caller's. */
  readonly task: (id: string) => Promise<Task>;
  /** Throws where the caller's credential does not hold a scope. */
  readonly require: (scope: ApiScope) => void;
}

type PushOperations = Pick<
  A2ARequestHandler,
  | "createTaskPushNotificationConfig"
  | "getTaskPushNotificationConfig"
  | "listTaskPushNotificationConfigs"
  | "deleteTaskPushNotificationConfig"
>;

/** A caller's operations on the push notifications of their own tasks. Secrets are taken, and never shown. */
export function createPushOperations({ caller, push, task, require }: PushOperationsOptions): PushOperations {
  const { configs } = push;
  const find = (taskId: string, id: string): PushConfig => {
    require("raos:read");
    const found = configs.of(caller, taskId).find(({ checked }) => checked.id === id);
    if (found === undefined) throw new TaskNotFoundError({ message: "there is no such push notification of yours" });
    return found;
  };
  return {
    async createTaskPushNotificationConfig(asked) {
      const present = await task(asked.taskId);
      if (isEnded(present.status?.state))
        throw new UnsupportedOperationError({ message: "the task has ended; nothing will change any more" });
      const checked = await push.check(caller, asked);
      push.set(caller, present.id, checked, present);
      return shownConfig(present.id, checked);
    },
    getTaskPushNotificationConfig: async ({ taskId, id }) => shownConfig(taskId, find(taskId, id).checked),
    async listTaskPushNotificationConfigs({ taskId }) {
      await task(taskId);
      const shown = configs.of(caller, taskId).map(({ checked }) => shownConfig(taskId, checked));
      return { configs: shown, nextPageToken: "" };
    },
    async deleteTaskPushNotificationConfig({ taskId, id }) {
      configs.drop(find(taskId, id));
    },
  };
}
