import {
  type AgentCard,
  formatSSEErrorEvent,
  formatSSEEvent,
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
import { type A2ARequestHandler, ServerCallContext, validateVersion } from "@a2a-js/sdk/server";
import { eventStream } from "./event-stream.ts";
import { versionOf } from "./json-rpc.ts";

/** Where a request of the HTTP+JSON binding goes: `message:send`, `tasks`, `tasks/<id>`, `tasks/<id>:cancel`. */
interface Route {
  readonly name: keyof typeof ANSWERS;
  readonly id: string;
  /** The id of a push notification; "": the path names none. */
  readonly configId: string;
}

interface RestCall {
  readonly request: Request;
  readonly id: string;
  readonly configId: string;
  readonly handler: A2ARequestHandler;
  readonly context: ServerCallContext;
}

/** Answers a request of the HTTP+JSON binding; `path` is what comes after `/a2a`. */
export async function answerHttpJson(
  request: Request,
  path: string,
  handler: A2ARequestHandler,
  card: AgentCard,
): Promise<Response> {
  const route = routeOf(request.method, path);
  if (route === undefined) return new Response("not found\n", { status: 404 });
  try {
    const version = versionOf(request);
    validateVersion(version, card);
    const context = new ServerCallContext({ requestedVersion: version });
    return await ANSWERS[route.name]({ request, ...route, handler, context });
  } catch (error) {
    const status = restStatusFor(error);
    return json(toRestErrorBody(error, status), status);
  }
}

function routeOf(method: string, path: string): Route | undefined {
  const fixed = FIXED[`${method} ${path}`];
  if (fixed !== undefined) return { name: fixed, id: "", configId: "" };
  const [, task = "", below = "", config = ""] =
    /^\/tasks\/([^/]{1,600}?)(:cancel|:subscribe|\/pushNotificationConfigs)?(?:\/([^/]{1,200}))?$/.exec(path) ?? [];
  const [id, configId] = [decoded(task), decoded(config)];
  const name = BELOW_TASK[`${method} ${below}${config === "" ? "" : "/"}`];
  return id === "" || name === undefined ? undefined : { name, id, configId };
}

const FIXED: Readonly<Record<string, Route["name"]>> = {
  "POST /message:send": "send",
  "POST /message:stream": "stream",
  "GET /tasks": "list",
};

/** Routes of a task, by what comes after its id; `/` at the end stands for another id. */
const BELOW_TASK: Readonly<Record<string, Route["name"]>> = {
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
  send: async ({ request, handler, context }) =>
    json(sentJson(await handler.sendMessage(await messageIn(request), context))),
  stream: async ({ request, handler, context }) => stream(handler.sendMessageStream(await messageIn(request), context)),
  list: async ({ request, handler, context }) => {
    const asked = Object.fromEntries(new URL(request.url).searchParams);
    return json(ListTasksResponse.toJSON(await handler.listTasks(ListTasksRequest.fromJSON(asked), context)));
  },
  get: async ({ id, handler, context }) => json(Task.toJSON(await handler.getTask({ id, tenant: "" }, context))),
  cancel: async ({ id, handler, context }) =>
    json(Task.toJSON(await handler.cancelTask({ id, tenant: "", metadata: undefined }, context))),
  subscribe: ({ id, handler, context }) => stream(handler.resubscribe({ id, tenant: "" }, context)),
  setPush: async ({ request, id, handler, context }) => {
    const asked = await bodyOf(request, TaskPushNotificationConfig.fromJSON);
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

function messageIn(request: Request): Promise<SendMessageRequest> {
  return bodyOf(request, SendMessageRequest.fromJSON);
}

async function bodyOf<T>(request: Request, read: (value: unknown) => T): Promise<T> {
  try {
    return read(await request.json());
  } catch (error) {
    if (error instanceof A2AError) throw error;
    throw new RequestMalformedError({ message: "the body is not what this operation takes" });
  }
}

function stream(source: AsyncGenerator<StreamResponse, void, undefined>): Response {
  return eventStream(
    source,
    (one) => formatSSEEvent(StreamResponse.toJSON(one)),
    (error) => formatSSEErrorEvent(toRestErrorBody(error, restStatusFor(error))),
  );
}

function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: { "content-type": "application/a2a+json" } });
}
