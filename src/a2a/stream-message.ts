import { type SendMessageRequest, type StreamResponse, type Task, TaskState } from "@a2a-js/sdk";
import { changesOf, followTask, streamed } from "./follow-task.ts";
import { bareTask } from "./kept-tasks.ts";
import { type SendOptions, sendMessage } from "./send-message.ts";

export interface StreamOptions extends SendOptions {
  readonly look: (id: string) => Promise<Task>;
  /** Aborted when the client goes. */
  readonly gone: AbortSignal;
}

/**
 * What a message leads to, as it happens: a task is submitted, and then working; in the end it waits for somebody, or has ended, or it is
 * followed while it rolls out. Throws errors of A2A.
 */
export async function* streamMessage(
  request: SendMessageRequest,
  options: StreamOptions,
): AsyncGenerator<StreamResponse, void, undefined> {
  const { look, gone, now } = options;
  const states: Task[] = [];
  const begun = Promise.withResolvers<void>();
  const sending = sendMessage(request, options, (task) => {
    states.push(task);
    begun.resolve();
  });
  // A client that goes meanwhile does not hear that it failed, and nobody else has to.
  sending.catch(() => {});
  await Promise.race([begun.promise, sending]);
  const [submitted, ...later] = states;
  if (submitted !== undefined) yield streamed(submitted);
  for (const task of later) yield* changesOf(task);
  const sent = await sending;
  if (submitted === undefined) yield streamed(sent);
  else if ("messageId" in sent) yield* changesOf(bareTask(submitted.id, TaskState.TASK_STATE_FAILED, sent, now()));
  else yield* changesOf(sent);
  if (!("messageId" in sent) && sent.status?.state === TaskState.TASK_STATE_WORKING)
    yield* followTask(sent, () => look(sent.id), gone);
}
