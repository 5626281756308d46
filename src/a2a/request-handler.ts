import type { AgentCard, StreamResponse, Task } from "@a2a-js/sdk";
import {
  ExtendedAgentCardNotConfiguredError,
  TaskNotCancelableError,
  TaskNotFoundError,
  UnsupportedOperationError,
} from "@a2a-js/sdk/errors";
import type { A2ARequestHandler } from "@a2a-js/sdk/server";
import { withdrawRequested } from "../api/access/requested-pulls.ts";
import { findTask, findTaskPull, listTasks } from "./find-tasks.ts";
import { followTask, streamed } from "./follow-task.ts";
import { canceledTask } from "./kept-tasks.ts";
import { createPushOperations } from "./push/push-operations.ts";
import { type SendOptions, sendMessage } from "./send-message.ts";
import type { StreamLimit } from "./stream-limit.ts";
import { streamMessage } from "./stream-message.ts";

export interface A2AOptions extends SendOptions {
  readonly card: AgentCard;
  readonly streams: StreamLimit;
  /** Aborted when the client goes. */
  readonly gone: AbortSignal;
}

const FAILED = "a message came to nothing after it was answered";

/**
 * Answers one caller's requests of A2A, whatever the binding. A task is a pull request, so that nothing has to be kept here but what has
 * none: questions and refusals.
 */
export function createRequestHandler(options: A2AOptions): A2ARequestHandler {
  const { card, kept, push, now, gone, warn, require } = options;
  const { caller } = options.context;
  const context = { ...options.context, begun: () => {} };
  const look = async (id: string): Promise<Task> => {
    const found = (await findTask(id, context)) ?? kept.find(caller, id)?.task;
    if (found === undefined) throw new TaskNotFoundError({ message: "there is no such task of yours" });
    return found;
  };
  const task = async (id: string): Promise<Task> => {
    require("raos:read");
    return look(id);
  };
  return {
    getAgentCard: async () => card,
    getAuthenticatedExtendedAgentCard: async () => {
      throw new ExtendedAgentCardNotConfiguredError({ message: "there is one card for everybody" });
    },
    async sendMessage(params) {
      const begun = Promise.withResolvers<Task>();
      const sending = sendMessage(params, options, begun.resolve);
      if (params.configuration?.returnImmediately !== true) return sending;
      const first = await Promise.race([begun.promise, sending]);
      // Nobody waits any more: what comes of it is kept, and told to whoever is to be told.
      sending.catch((error: unknown) => warn({ task: params.message?.taskId, error: String(error) }, FAILED));
      return first;
    },
    sendMessageStream: (params) => limited(options, () => streamMessage(params, { ...options, look })),
    getTask: ({ id }) => task(id),
    async listTasks({ contextId, status, pageSize }) {
      require("raos:read");
      const all = [...kept.list(caller), ...(await listTasks(context))];
      const asked = all.filter((one) => (contextId || one.contextId) === one.contextId);
      const tasks = status > 0 ? asked.filter((one) => one.status?.state === status) : asked;
      const shown = tasks.slice(0, Math.min(Math.max(pageSize ?? 50, 1), 100));
      return { tasks: shown, nextPageToken: "", pageSize: shown.length, totalSize: tasks.length };
    },
    async cancelTask({ id }) {
      require("raos:write");
      const own = kept.find(caller, id);
      const canceled = own === undefined ? undefined : canceledTask(own, now());
      if (canceled !== undefined) {
        kept.keep(caller, canceled);
        push.tell(caller, canceled.task);
        return canceled.task;
      }
      const found = await findTaskPull(id, context);
      if (found === undefined) throw new TaskNotFoundError({ message: "there is no such task of yours" });
      if (!(await withdrawRequested(found, context)))
        throw new TaskNotCancelableError({ message: "it is not yours, not open, or people work on it" });
      const canceledPull = await look(id);
      push.tell(caller, canceledPull);
      return canceledPull;
    },
    resubscribe: ({ id }) =>
      limited(options, async function* () {
        const first = await task(id);
        yield streamed(first);
        yield* followTask(first, () => look(id), gone);
      }),
    ...createPushOperations({ caller, push, task, require }),
  };
}

/** Takes one of the streams that may be open at once, for as long as it lasts. */
async function* limited(
  { streams, context }: A2AOptions,
  source: () => AsyncGenerator<StreamResponse, void, undefined>,
): AsyncGenerator<StreamResponse, void, undefined> {
  const leave = streams.enter(context.caller);
  if (leave === undefined)
    throw new UnsupportedOperationError({ message: "too many streams are open; close one, or ask for the task again" });
  try {
    yield* source();
  } finally {
    leave();
  }
}
