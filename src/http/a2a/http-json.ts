import {
  formatSSEErrorEvent,
  formatSSEEvent,
  GetTaskRequest,
  ListTaskPushNotificationConfigsResponse,
  ListTasksRequest,
  ListTasksResponse,
  type Message,
  SendMessageRequest,
  SendMessageResponse,
  StreamResponse,
  Task,
  TaskPushNotificationConfig,
} from "@a2a-js/sdk";
import { A2AError, RequestMalformedError, restStatusFor, toRestErrorBody } from "@a2a-js/sdk/errors";
import { type A2ARequestHandler, type ServerCallContext, validateVersion } from "@a2a-js/sdk/server";
import { eventStream } from "./event-stream.ts";

/** An operation of the HTTP+JSON binding, as method and path name it. */
export interface RestOperation {
  readonly name: keyof typeof ANSWERS;
  /** The id of a task; "": the path names none. */
  readonly id: string;
  /** The id of a push notification; "": the path names none. */
  readonly configId: string;
}

/** Who answers, and for whom. */
export interface BindingCall {
  readonly handler: A2ARequestHandler;
  readonly context: ServerCallContext;
}

interface RestCall extends BindingCall, RestOperation {
  readonly query: URLSearchParams;
  /** The body as JSON; undefined: it has none, or is no JSON. */
  readonly body: unknown;
}

/** Answers an operation; a refusal is an answer, too. */
export async function answerHttpJson(
  operation: RestOperation,
  { query, body }: Pick<RestCall, "query" | "body">,
  { handler, context }: BindingCall,
): Promise<Response> {
  try {
    validateVersion(context.requestedVersion, await handler.getAgentCard(), "HTTP+JSON");
    return await ANSWERS[operation.name]({ ...operation, query, body, handler, context });
  } catch (error) {
    const status = restStatusFor(error);
    return json(toRestErrorBody(error, status), status);
  }
}

/** The operation that a method and a path below the binding's own mean, such as `GET` and `/tasks/x`; undefined: there is none. */
export function restOperation(method: string, path: string): RestOperation | undefined {
  const fixed = FIXED[`${method} ${path}`];
  if (fixed !== undefined) return { name: fixed, id: "", configId: "" };
  const [, task = "", below = "", config = ""] =
    /^\/tasks\/([^/]{1,600}?)(:cancel|:subscribe|\/pushNotificationConfigs)?(?:\/([^/]{1,200}))?$/.exec(path) ?? [];
  const [id, configId] = [decoded(task), decoded(config)];
  const name = BELOW_TASK[`${method} ${below}${config === "" ? "" : "/"}`];
  return id === "" || name === undefined ? undefined : { name, id, configId };
}

const FIXED: Readonly<Record<string, RestOperation["name"]>> = {
  "POST /message:send": "send",
  "POST /message:stream": "stream",
  "GET /tasks": "list",
};

/** Operations on a task, by what comes after its id; `/` at the end stands for another id. */
const BELOW_TASK: Readonly<Record<string, RestOperation["name"]>> = {
  "GET ": "get",
  "POST :cancel": "cancel",
  "POST :subscribe": "subscribe",
  "GET :subscribe": "subscribe",
  "POST /pushNotificationConfigs": "setPush",
  "GET /pushNotificationConfigs": "listPush",
  "GET /pushNotificationConfigs/": "getPush",
  "DELETE /pushNotificationConfigs/": "deletePush",
};

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** How each route is answered. */
const ANSWERS = {
  send: async ({ body, handler, context }) =>
    json(sentJson(await handler.sendMessage(read(body, SendMessageRequest.fromJSON), context))),
  stream: ({ body, handler, context }) =>
    stream(handler.sendMessageStream(read(body, SendMessageRequest.fromJSON), context)),
  list: async ({ query, handler, context }) => {
    const asked = Object.fromEntries(query);
    return json(ListTasksResponse.toJSON(await handler.listTasks(ListTasksRequest.fromJSON(asked), context)));
  },
  get: async ({ id, query, handler, context }) => {
    const asked = GetTaskRequest.fromJSON({ ...Object.fromEntries(query), id });
    return json(Task.toJSON(await handler.getTask(asked, context)));
  },
  cancel: async ({ id, handler, context }) =>
    json(Task.toJSON(await handler.cancelTask({ id, tenant: "", metadata: undefined }, context))),
  subscribe: ({ id, handler, context }) => stream(handler.resubscribe({ id, tenant: "" }, context)),
  setPush: async ({ body, id, handler, context }) => {
    const asked = read(body, TaskPushNotificationConfig.fromJSON);
    const made = await handler.createTaskPushNotificationConfig({ ...asked, taskId: id }, context);
    return json(TaskPushNotificationConfig.toJSON(made), 201);
  },
  getPush: async ({ id: taskId, configId: id, handler, context }) =>
    json(
      TaskPushNotificationConfig.toJSON(
        await handler.getTaskPushNotificationConfig({ taskId, id, tenant: "" }, context),
      ),
    ),
  listPush: async ({ id: taskId, handler, context }) => {
    const asked = { taskId, tenant: "", pageSize: 0, pageToken: "" };
    const found = await handler.listTaskPushNotificationConfigs(asked, context);
    return json(ListTaskPushNotificationConfigsResponse.toJSON(found));
  },
  deletePush: async ({ id: taskId, configId: id, handler, context }) => {
    await handler.deleteTaskPushNotificationConfig({ taskId, id, tenant: "" }, context);
    // google.protobuf.Empty, as JSON; clients read it.
    return json({});
  },
} satisfies Readonly<Record<string, (call: RestCall) => Response | Promise<Response>>>;

function sentJson(found: Message | Task): unknown {
  return SendMessageResponse.toJSON({
    payload: "messageId" in found ? { $case: "message", value: found } : { $case: "task", value: found },
  });
}

function read<T>(body: unknown, parse: (value: unknown) => T): T {
  try {
    return parse(body);
  } catch (error) {
    if (error instanceof A2AError) throw error;
    throw new RequestMalformedError({ message: "the body is not what this operation takes" });
  }
}

function stream(source: AsyncGenerator<StreamResponse, void, undefined>): Promise<Response> {
  return eventStream(
    source,
    (one) => formatSSEEvent(StreamResponse.toJSON(one)),
    (error) => formatSSEErrorEvent(toRestErrorBody(error, restStatusFor(error))),
  );
}

function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: { "content-type": "application/a2a+json" } });
}
