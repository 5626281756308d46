import { type SendMessageRequest, type StreamResponse, type Task, TaskState } from "@a2a-js/sdk";
import { changesOf, followTask, streamed } from "./follow-task.ts";
import { bareTask } from "./kept-tasks.ts";
import { type SendOptions, sendMessage } from "./send-message.ts";
import { agentMessage, wordsPart } from "./task-of-pull.ts";

export interface StreamOptions extends SendOptions {
  readonly look: (id: string) => Promise<Task>;
  /** Aborted when the client goes. */
  readonly gone: AbortSignal;
}

/**
 * What a message leads to, as it happens: where a model is asked, the task is submitted, and then working; in the end it waits for
 * somebody, or has ended, or it is followed while it rolls out. Throws errors of A2A.
 */
export async function* streamMessage(
  request: SendMessageRequest,
  options: StreamOptions,
): AsyncGenerator<StreamResponse, void, undefined> {
  const { look, gone, now } = options;
  const begun = Promise.withResolvers<string>();
  const sending = sendMessage(request, options, begun.resolve);
  const first = await Promise.race([begun.promise, sending]);
  if (typeof first === "string") {
    const task = bareTask(first, TaskState.TASK_STATE_SUBMITTED, undefined, now());
    yield streamed(task);
    yield* changesOf({ ...task, ...working(first, now()) });
  }
  const sent = await sending;
  if (typeof first !== "string") yield streamed(sent);
  else if ("messageId" in sent) yield* changesOf(bareTask(first, TaskState.TASK_STATE_FAILED, sent, now()));
  else yield* changesOf(sent);
  if (!("messageId" in sent) && sent.status?.state === TaskState.TASK_STATE_WORKING)
    yield* followTask(sent, () => look(sent.id), gone);
}

function working(id: string, at: number): Pick<Task, "status"> {
  const message = agentMessage(`${id}-status`, [wordsPart("A model writes what was asked for.")], id);
  const status = { state: TaskState.TASK_STATE_WORKING, message, timestamp: new Date(at).toISOString() };
  return { status };
}
