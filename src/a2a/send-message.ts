import { randomUUID } from "node:crypto";
import { type Message, type SendMessageRequest, type Task, TaskState } from "@a2a-js/sdk";
import { RequestMalformedError, TaskNotFoundError, UnsupportedOperationError } from "@a2a-js/sdk/errors";
import { callTool } from "../api/call-tool.ts";
import type { ToolContext } from "../api/context.ts";
import { chooseRepository, shownRepository } from "../api/repository-argument.ts";
import type { ApiTool, ToolResult } from "../api/tool.ts";
import type { Json } from "../domain/values/scalars.ts";
import type { Warn } from "../domain/warn.ts";
import type { ApiScope } from "../identity/scopes.ts";
import { findTask, taskIdOf } from "./find-tasks.ts";
import { bareTask, type KeptTasks, type StartedTask, startTask } from "./kept-tasks.ts";
import type { PushNotifications } from "./push/push-notifications.ts";
import { type AskedByMessage, readMessage } from "./read-message.ts";
import { agentMessage, dataPart, wordsPart } from "./task-of-pull.ts";
import { callInWords } from "./words-of-message.ts";

export interface SendOptions {
  readonly tools: readonly ApiTool[];
  readonly context: Omit<ToolContext, "begun">;
  readonly kept: KeptTasks;
  readonly push: PushNotifications;
  readonly now: () => number;
  readonly warn: Warn;
  /** Throws where the caller's credential does not hold a scope. */
  readonly require: (scope: ApiScope) => void;
}

/** Refusals after which the same may be asked again: nothing was decided. */
const PASSING: ReadonlySet<string> = new Set(["busy", "unavailable", "not-ready"]);

/**
 * The task that a message leads to; a message where there is nothing to follow: what was read, or a question which tool is meant.
 * `begun` is told of a task before the work that takes long: it is submitted, and then working. Throws errors of A2A.
 */
export async function sendMessage(
  request: SendMessageRequest,
  options: SendOptions,
  begun: (task: Task) => void,
): Promise<Message | Task> {
  const { tools, context, warn, push } = options;
  const message = messageOf(request);
  const asked = readMessage(message);
  const call = await callOf(message, asked, options);
  if (call === undefined) return answer({ question: QUESTION }, QUESTION);
  const tool = tools.find(({ name }) => name === call.tool);
  if (tool === undefined)
    throw new RequestMalformedError({ message: `there is no tool ${call.tool}; the card's skills are the tools` });
  options.require(tool.scope);
  const config = request.configuration?.taskPushNotificationConfig;
  const checked = config === undefined ? undefined : await push.check(context.caller, config);
  let started: StartedTask | undefined;
  const told = {
    ...context,
    begun: (request: string) => {
      const id = taskIdFor(request, call.args, context);
      // A pass that met a damaged cache starts over.
      if (id === undefined || started !== undefined) return;
      if (checked !== undefined) push.set(context.caller, id, checked, undefined);
      started = startTask(id, context.caller, options);
      for (const task of started.states) {
        push.tell(context.caller, task);
        begun(task);
      }
    },
  };
  const result = await callTool(tool, call.args, told, warn);
  const isChange = tool.scope === "raos:write";
  const sent = await taskOfResult(result, { ...call, begunId: started?.id, isChange }, options);
  const now = "messageId" in sent ? started?.giveUp(sent) : sent;
  if (now !== undefined) push.tell(context.caller, now);
  return sent;
}

type Call = NonNullable<AskedByMessage["call"]>;

/** The call that a message makes: by data, in words, or by answering the question of a task. */
async function callOf(
  { taskId, contextId }: Message,
  { call, text }: AskedByMessage,
  { tools, context, kept }: SendOptions,
): Promise<Call | undefined> {
  if (taskId !== "") {
    const waiting = kept.find(context.caller, taskId)?.waiting;
    if (waiting === undefined) throw await notWaiting(taskId, context);
    if (call !== undefined || text === "") throw new RequestMalformedError({ message: "answer in a text part" });
    const said = [...waiting.questions.map((question) => `Asked: ${question}`.slice(0, 900)), text.slice(0, 1000)];
    return { tool: waiting.tool, args: { ...waiting.args, answers: said } };
  }
  if (contextId !== "")
    throw new UnsupportedOperationError({ message: "leave out contextId; each request is a task of its own" });
  if (call === undefined) return callInWords(text);
  const tool = tools.find(({ name }) => name === call.tool);
  const takesWords = text !== "" && tool !== undefined && "words" in tool.input.shape && !("words" in call.args);
  return takesWords ? { ...call, args: { ...call.args, words: text } } : call;
}

async function notWaiting(taskId: string, context: SendOptions["context"]) {
  const found = await findTask(taskId, { ...context, begun: () => {} });
  return found === undefined
    ? new TaskNotFoundError({ message: "there is no such task of yours; send a new message without taskId" })
    : new UnsupportedOperationError({
        message: "this task is its pull request, and is changed there; send a new message without taskId",
      });
}

function messageOf({ message }: SendMessageRequest): Message {
  if (message === undefined) throw new RequestMalformedError({ message: "message is missing" });
  return message;
}

const QUESTION =
  'What is meant? Write "create …" or "change tenant/name …" and what you want, or send a data part such as {"tool": "create_agent", "arguments": {"tenant": "acme", "name": "faq", "template": "support-agent"}}; the skills of the card are the tools.';

async function taskOfResult(
  result: ToolResult<Json>,
  { tool, args, isChange, begunId }: Call & { readonly isChange: boolean; readonly begunId: string | undefined },
  { context, kept, now }: SendOptions,
): Promise<Message | Task> {
  const { caller } = context;
  switch (result.kind) {
    case "refused": {
      const { reason, message } = result;
      const parts = [dataPart({ refused: reason, message }), wordsPart(`${reason}: ${message}`)];
      if (!isChange || PASSING.has(reason)) return agentMessage(randomUUID(), parts);
      const id = begunId ?? `refused:${randomUUID()}`;
      const said = agentMessage(`${id}-status`, parts, id);
      // A model that gave no answer decided nothing.
      const state = reason.startsWith("model-") ? TaskState.TASK_STATE_FAILED : TaskState.TASK_STATE_REJECTED;
      const task = bareTask(id, state, said, now());
      kept.keep(caller, { task, waiting: undefined });
      return task;
    }
    case "questions": {
      const { questions } = result;
      const id = begunId ?? `asked:${randomUUID()}`;
      const parts = [dataPart({ questions: [...questions] }), wordsPart(questions.join("\n"))];
      const said = agentMessage(`${id}-status`, parts, id);
      const task = bareTask(id, TaskState.TASK_STATE_INPUT_REQUIRED, said, now());
      kept.keep(caller, { task, waiting: { tool, args, questions } });
      return task;
    }
    case "done": {
      const id = isChange ? taskIdFor(requestIn(result.value), args, context) : undefined;
      if (id !== undefined) kept.forget(caller, id);
      const found = id === undefined ? undefined : await findTask(id, { ...context, begun: () => {} });
      return found ?? answer(result.value, JSON.stringify(result.value));
    }
    default:
      return result satisfies never;
  }
}

function requestIn(value: Json): string | undefined {
  const request: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "request") : undefined;
  return typeof request === "string" ? request : undefined;
}

function taskIdFor(
  request: string | undefined,
  args: Readonly<Record<string, unknown>>,
  { repositories }: Pick<ToolContext, "repositories">,
): string | undefined {
  const named = typeof args.repo === "string" ? args.repo : undefined;
  const repository = chooseRepository(repositories.names(), named);
  return request === undefined || repository === undefined ? undefined : taskIdOf(shownRepository(repository), request);
}

function answer(value: Json, words: string): Message {
  return agentMessage(randomUUID(), [dataPart(value), wordsPart(words)]);
}
