import { setTimeout } from "node:timers/promises";
import { Task, TaskState } from "@a2a-js/sdk";

/** The fields of a JSON-RPC answer that tests look at. */
interface RpcAnswer {
  readonly result?: { readonly task?: unknown };
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** A text as the body of `SendMessage`; further fields of the message win. */
export function messageOf(text: string, own: object = {}): object {
  const message = { messageId: crypto.randomUUID(), role: "ROLE_USER", parts: [{ text }], ...own };
  return { message };
}

/** What the sidecar adds to a request of an application. */
export function calledBy(name: string): Record<string, string> {
  return { "dapr-caller-app-id": name, "dapr-caller-namespace": "shop" };
}

/** Calls a JSON-RPC operation of A2A at an address. The whole answer. */
export async function callA2a(url: string, method: string, params: object, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", "a2a-version": "1.0", ...headers },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const body: RpcAnswer = JSON.parse((await response.text()) || "{}");
  return { status: response.status, body };
}

/** The task that `SendMessage` answers. Throws with the whole answer where there is none. */
export async function sendTask(url: string, params: object, headers: Record<string, string> = {}): Promise<Task> {
  const { status, body } = await callA2a(url, "SendMessage", params, headers);
  if (body?.result?.task === undefined) throw new Error(`${status} ${JSON.stringify(body)}`);
  return Task.fromJSON(body.result.task);
}

/** Looks at a task until it no longer runs; throws after half a minute. */
export async function endedTask(url: string, id: string, headers: Record<string, string> = {}): Promise<Task> {
  for (let left = 300; left > 0; left -= 1) {
    const found = await callA2a(url, "GetTask", { id }, headers).catch(() => undefined);
    const task = found?.body?.result === undefined ? undefined : Task.fromJSON(found.body.result);
    const state = task?.status?.state ?? TaskState.TASK_STATE_WORKING;
    if (task !== undefined && state !== TaskState.TASK_STATE_WORKING && state !== TaskState.TASK_STATE_SUBMITTED)
      return task;
    await setTimeout(100);
  }
  throw new Error(`the task ${id} still runs`);
}

/** The texts of a task's artifacts, or of its status where it has none. */
export function answerIn(task: Task): string {
  const parts =
    task.artifacts.length > 0 ? task.artifacts.flatMap((one) => one.parts) : (task.status?.message?.parts ?? []);
  return parts.flatMap(({ content }) => (content?.$case === "text" ? [content.value] : [])).join("\n");
}
