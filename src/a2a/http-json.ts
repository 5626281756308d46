import {
  type AgentCard,
  formatSSEErrorEvent,
  formatSSEEvent,
  ListTasksRequest,
  ListTasksResponse,
  type Message,
  SendMessageRequest,
  SendMessageResponse,
  StreamResponse,
  Task,
} from "@a2a-js/sdk";
import { A2AError, RequestMalformedError, restStatusFor, toRestErrorBody } from "@a2a-js/sdk/errors";
import { type A2ARequestHandler, ServerCallContext, validateVersion } from "@a2a-js/sdk/server";
import { eventStream } from "./event-stream.ts";
import { versionOf } from "./json-rpc.ts";

/** Where a request of the HTTP+JSON binding goes: `message:send`, `tasks`, `tasks/<id>`, `tasks/<id>:cancel`. */
interface Route {
  readonly name: "send" | "stream" | "list" | "get" | "cancel" | "subscribe";
  readonly id: string;
}

interface RestCall {
  readonly request: Request;
  readonly id: string;
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
    return await ANSWERS[route.name]({ request, id: route.id, handler, context });
  } catch (error) {
    const status = restStatusFor(error);
    return json(toRestErrorBody(error, status), status);
  }
}

function routeOf(method: string, path: string): Route | undefined {
  if (method === "POST" && path === "/message:send") return { name: "send", id: "" };
  if (method === "POST" && path === "/message:stream") return { name: "stream", id: "" };
  if (method === "GET" && path === "/tasks") return { name: "list", id: "" };
  const [, encoded = "", verb] = /^\/tasks\/([^/]{1,600}?)(?::(cancel|subscribe))?$/.exec(path) ?? [];
  const id = decoded(encoded);
  if (id === "") return undefined;
  if (verb === undefined) return method === "GET" ? { name: "get", id } : undefined;
  return verb === "cancel" && method === "POST" ? { name: "cancel", id } : subscribeRoute(verb, id);
}

function subscribeRoute(verb: string, id: string): Route | undefined {
  return verb === "subscribe" ? { name: "subscribe", id } : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** How each route is answered. */
const ANSWERS: Readonly<Record<Route["name"], (call: RestCall) => Response | Promise<Response>>> = {
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
};

function sentJson(found: Message | Task): unknown {
  return SendMessageResponse.toJSON({
    payload: "messageId" in found ? { $case: "message", value: found } : { $case: "task", value: found },
  });
}

async function messageIn(request: Request): Promise<SendMessageRequest> {
  try {
    return SendMessageRequest.fromJSON(await request.json());
  } catch (error) {
    if (error instanceof A2AError) throw error;
    throw new RequestMalformedError({ message: "the body is no message" });
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
