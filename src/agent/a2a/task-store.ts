import { Task, TaskState } from "@a2a-js/sdk";
import { UnsupportedOperationError } from "@a2a-js/sdk/errors";
import type { ServerCallContext, TaskStore } from "@a2a-js/sdk/server";
import * as z from "zod";
import type { StateStore } from "../state/state-store.ts";

const Kept = z.object({ owner: z.string(), task: z.unknown() });

/** Unwritten texts of tasks that are remembered, so that the same task is not written twice. */
const MOST_REMEMBERED = 2000;

/** A2A tasks in the state store. A caller sees its own alone, and approvers see all: for others a task is not there. */
export function createTaskStore(store: StateStore, approvers: readonly string[]): TaskStore {
  const written = new Map<string, string>();
  const isApprover = (context: ServerCallContext) => approvers.includes(ownerOf(context));
  const read = async (id: string) => Kept.safeParse((await store.read(keyOf(id))).value).data;
  return {
    async save(task, context) {
      // A task that an approver answers stays whose it was.
      const kept = isApprover(context) ? await read(task.id) : undefined;
      const value = { owner: kept?.owner ?? ownerOf(context), task: Task.toJSON(task) };
      const text = JSON.stringify(value);
      if (written.get(task.id) === text) return;
      await store.write(keyOf(task.id), value);
      written.delete(task.id);
      written.set(task.id, text);
      const [oldest] = written.keys();
      if (written.size > MOST_REMEMBERED && oldest !== undefined) written.delete(oldest);
    },
    async load(id, context) {
      const kept = await read(id);
      if (kept === undefined || (kept.owner !== ownerOf(context) && !isApprover(context))) return undefined;
      return Task.fromJSON(kept.task);
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
