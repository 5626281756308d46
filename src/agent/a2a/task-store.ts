import { Task, TaskState } from "@a2a-js/sdk";
import { UnsupportedOperationError } from "@a2a-js/sdk/errors";
import type { ServerCallContext, TaskStore } from "@a2a-js/sdk/server";
import type { StateStore } from "../state/state-store.ts";

/** Unwritten texts of tasks that are remembered, so that the same task is not written twice. */
const MOST_REMEMBERED = 2000;

/** A2A tasks in the state store. A caller sees its own alone: for others a task is not there. */
export function createTaskStore(store: StateStore): TaskStore {
  const written = new Map<string, string>();
  return {
    async save(task, context) {
      const value = { owner: ownerOf(context), task: Task.toJSON(task) };
      const text = JSON.stringify(value);
      if (written.get(task.id) === text) return;
      await store.write(keyOf(task.id), value);
      written.delete(task.id);
      written.set(task.id, text);
      const [oldest] = written.keys();
      if (written.size > MOST_REMEMBERED && oldest !== undefined) written.delete(oldest);
    },
    async load(id, context) {
      const { value } = await store.read(keyOf(id));
      if (typeof value !== "object" || value === null || !("owner" in value) || !("task" in value)) return undefined;
      return value.owner === ownerOf(context) ? Task.fromJSON(value.task) : undefined;
    },
    async list() {
      throw new UnsupportedOperationError("the agent lists no tasks; ask GetTask with the id that it answered");
    },
  };
}

/** Who asks, as its sidecar says. */
export function ownerOf(context: ServerCallContext): string {
  return context.user?.userName ?? "";
}

export const ENDED: readonly TaskState[] = [
  TaskState.TASK_STATE_COMPLETED,
  TaskState.TASK_STATE_FAILED,
  TaskState.TASK_STATE_CANCELED,
  TaskState.TASK_STATE_REJECTED,
];

function keyOf(id: string): string {
  return `task-${id}`;
}
