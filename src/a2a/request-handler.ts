import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { AgentCard, Message, SendMessageRequest, StreamResponse, Task } from "@a2a-js/sdk";
import {
  ExtendedAgentCardNotConfiguredError,
  PushNotificationNotSupportedError,
  RequestMalformedError,
  TaskNotCancelableError,
  TaskNotFoundError,
  UnsupportedOperationError,
} from "@a2a-js/sdk/errors";
import type { A2ARequestHandler } from "@a2a-js/sdk/server";
import { withdrawRequested } from "../api/access/requested-pulls.ts";
import { callTool } from "../api/call-tool.ts";
import type { ToolContext } from "../api/context.ts";
import { chooseRepository, shownRepository } from "../api/repository-argument.ts";
import type { ApiTool } from "../api/tool.ts";
import type { Warn } from "../domain/warn.ts";
import { findTask, findTaskPull, listTasks, taskIdOf } from "./find-tasks.ts";
import { readMessage } from "./read-message.ts";
import { agentMessage, dataPart, isEnded, wordsPart } from "./task-of-pull.ts";

export interface A2AOptions {
  readonly tools: readonly ApiTool[];
  readonly card: AgentCard;
  readonly context: ToolContext;
  readonly warn: Warn;
  /** Aborted when the client goes. */
  readonly gone: AbortSignal;
}

/** Milliseconds between two looks at the forge for a stream, and how long one lasts. */
const LOOK = 5000;
const LONGEST_STREAM = 15 * 60_000;

/** Answers one caller's requests of A2A, whatever the binding. A task is a pull request, so that nothing has to be kept here. */
export function createRequestHandler(options: A2AOptions): A2ARequestHandler {
  const { card, context } = options;
  const task = async (id: string): Promise<Task> => {
    const found = await findTask(id, context);
    if (found === undefined) throw new TaskNotFoundError({ message: "there is no such task of yours" });
    return found;
  };
  const noPush = () => {
    throw new PushNotificationNotSupportedError({ message: "subscribe to the task, or ask for it again" });
  };
  return {
    getAgentCard: async () => card,
    getAuthenticatedExtendedAgentCard: async () => {
      throw new ExtendedAgentCardNotConfiguredError({ message: "there is one card for everybody" });
    },
    sendMessage: (params) => send(params, options),
    async *sendMessageStream(params) {
      yield streamed(await send(params, options));
    },
    getTask: ({ id }) => task(id),
    async listTasks({ contextId, status, pageSize }) {
      const all = await listTasks(context);
      const asked = all.filter((one) => (contextId || one.contextId) === one.contextId);
      const tasks = status > 0 ? asked.filter((one) => one.status?.state === status) : asked;
      const shown = tasks.slice(0, Math.min(Math.max(pageSize ?? 50, 1), 100));
      return { tasks: shown, nextPageToken: "", pageSize: shown.length, totalSize: tasks.length };
    },
    async cancelTask({ id }) {
      const found = await findTaskPull(id, context);
      if (found === undefined) throw new TaskNotFoundError({ message: "there is no such task of yours" });
      if (!(await withdrawRequested(found, context)))
        throw new TaskNotCancelableError({ message: "it is not yours, not open, or people work on it" });
      return task(id);
    },
    async *resubscribe({ id }) {
      yield* followTask(await task(id), () => task(id), options.gone);
    },
    createTaskPushNotificationConfig: async () => noPush(),
    getTaskPushNotificationConfig: async () => noPush(),
    listTaskPushNotificationConfigs: async () => noPush(),
    deleteTaskPushNotificationConfig: async () => noPush(),
  };
}

/** The task that a message leads to; a message where there is no pull request: an answer, a refusal or a question. */
async function send(request: SendMessageRequest, options: A2AOptions): Promise<Message | Task> {
  const { call, text } = readMessage(messageOf(request));
  if (call === undefined) return answer({ question: QUESTION }, QUESTION);
  const { tools, context, warn } = options;
  const tool = tools.find(({ name }) => name === call.tool);
  if (tool === undefined)
    throw new RequestMalformedError({ message: `there is no tool ${call.tool}; the card's skills are the tools` });
  const takesWords = text !== "" && "words" in tool.input.shape && !("words" in call.args);
  const args = takesWords ? { ...call.args, words: text } : call.args;
  const result = await callTool(tool, args, context, warn);
  if (result.kind === "refused")
    return answer({ refused: result.reason, message: result.message }, `${result.reason}: ${result.message}`);
  const id = tool.scope === "raos:write" ? taskIdIn(result.value, args, context) : undefined;
  const found = id === undefined ? undefined : await findTask(id, context);
  return found ?? answer(result.value, JSON.stringify(result.value));
}

/** The message of a request that asks for nothing that there is not here. */
function messageOf({ message, configuration }: SendMessageRequest): Message {
  if (message === undefined) throw new RequestMalformedError({ message: "message is missing" });
  if (configuration?.taskPushNotificationConfig !== undefined)
    throw new PushNotificationNotSupportedError({ message: "leave out the push notification" });
  if (message.taskId !== "" || message.contextId !== "")
    throw new UnsupportedOperationError({
      message: "a task is its pull request, and is changed there; send a new message without taskId and contextId",
    });
  return message;
}

const QUESTION =
  'Which tool is meant? Send a data part such as {"tool": "create_agent", "arguments": {"tenant": "acme", "name": "faq", "template": "support-agent"}}; the skills of the card are the tools.';

function taskIdIn(value: unknown, args: Readonly<Record<string, unknown>>, { repositories }: ToolContext) {
  const request: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "request") : undefined;
  const named = typeof args.repo === "string" ? args.repo : undefined;
  const repository = chooseRepository(repositories.names(), named);
  return typeof request === "string" && repository !== undefined
    ? taskIdOf(shownRepository(repository), request)
    : undefined;
}

function answer(value: Parameters<typeof dataPart>[0], words: string): Message {
  return agentMessage(randomUUID(), [dataPart(value), wordsPart(words)]);
}

function streamed(found: Message | Task): StreamResponse {
  return "messageId" in found
    ? { payload: { $case: "message", value: found } }
    : { payload: { $case: "task", value: found } };
}

/** The task, and then each change of its state, until it has ended, the client goes, or a quarter of an hour is over. */
async function* followTask(
  first: Task,
  look: () => Promise<Task>,
  gone: AbortSignal,
): AsyncGenerator<StreamResponse, void, undefined> {
  yield streamed(first);
  const until = performance.now() + LONGEST_STREAM;
  let last = first;
  while (!isEnded(last.status?.state) && performance.now() < until && !gone.aborted) {
    await sleep(LOOK, undefined, { signal: gone, ref: false }).catch(() => undefined);
    if (gone.aborted) return;
    const next = await look();
    if (next.status?.state === last.status?.state && next.status?.timestamp === last.status?.timestamp) continue;
    last = next;
    const { id: taskId, contextId, status } = next;
    yield { payload: { $case: "statusUpdate", value: { taskId, contextId, status, metadata: undefined } } };
  }
}
