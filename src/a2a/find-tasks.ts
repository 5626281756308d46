import type { Task } from "@a2a-js/sdk";
import { findRequested, type RequestedPull, requestedPulls } from "../api/access/requested-pulls.ts";
import type { ToolContext } from "../api/context.ts";
import { taskOfPull } from "./task-of-pull.ts";

/** A task's id: the repository, as callers name it, and the id of the request. */
export function taskIdOf(repository: string, request: string): string {
  return `${repository}:${request}`;
}

/** The task of an id; undefined where there is none, or it is somebody else's. Throws GitError, ForgeError, ToolBusy. */
export async function findTask(id: string, context: ToolContext): Promise<Task | undefined> {
  const found = await findTaskPull(id, context);
  return found === undefined ? undefined : taskOf(found);
}

/** The pull request of a task's id; undefined as for `findTask`. */
export async function findTaskPull(id: string, context: ToolContext): Promise<RequestedPull | undefined> {
  const cut = id.lastIndexOf(":");
  return cut < 1 ? undefined : findRequested(id.slice(0, cut), id.slice(cut + 1), context);
}

/** The tasks that the caller may see, the newest first. */
export async function listTasks(context: ToolContext): Promise<readonly Task[]> {
  const found: Task[] = [];
  for (const repository of context.repositories.names())
    for (const one of await requestedPulls(repository, context)) found.push(taskOf(one));
  return found;
}

/** The task that a request is. */
export function taskOf({ repository, request, isOwn: _, ...rest }: RequestedPull): Task {
  return taskOfPull({ id: taskIdOf(repository, request), ...rest });
}
