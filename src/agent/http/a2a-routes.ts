import type { IncomingMessage, ServerResponse } from "node:http";
import {
  CancelTaskRequest,
  GetTaskRequest,
  SendMessageRequest,
  SendMessageResponse,
  StreamResponse,
  SubscribeToTaskRequest,
  Task,
} from "@a2a-js/sdk";
import { restStatusFor, TaskNotFoundError, toRestErrorBody, UnsupportedOperationError } from "@a2a-js/sdk/errors";
import {
  type A2ARequestHandler,
  JsonRpcTransportHandler,
  type ServerCallContext,
  validateVersion,
} from "@a2a-js/sdk/server";
import { reply } from "../../http/reply.ts";
import { contextOf } from "../a2a/report.ts";
import { sendEvents, sendJson } from "./answers.ts";
import { readRequestBody } from "./request-body.ts";
import { requestCaller } from "./request-caller.ts";

/** Answers a request of A2A; false where its path is none of A2A's. */
export type A2aRoutes = (path: string, request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

interface A2aRoutesOptions {
  readonly handler: A2ARequestHandler;
  /** The agent card as the chart wrote it. */
  readonly card: unknown;
  /** Whether another task may start. */
  readonly hasRoom: () => boolean;
  /** Whether callers come through a sidecar, which names them. */
  readonly hasSidecar: boolean;
}

const TASK = /^\/tasks\/([A-Za-z0-9._@-]{1,200})(:cancel|:subscribe)?$/;
const SEND = ["/", "/message:send", "/message:stream"];

/** A2A 1.0: the card, JSON-RPC at `/`, and the HTTP+JSON binding, which calls the same operations. */
export function createA2aRoutes({ handler, card, hasRoom, hasSidecar }: A2aRoutesOptions): A2aRoutes {
  const rpc = new JsonRpcTransportHandler(handler);
  return async (path, request, response) => {
    if (path === "/.well-known/agent-card.json" && request.method === "GET") {
      sendJson(response, 200, card);
      return true;
    }
    const isPost = request.method === "POST";
    if (!(isPost && SEND.includes(path)) && !TASK.test(path) && path !== "/tasks") return false;
    const caller = requestCaller(request, hasSidecar);
    if (caller.kind === "nameless" || caller.kind === "forged") {
      reply(response, 403, "the sidecar names no caller, or more than one; send no dapr-caller-… headers\n");
      return true;
    }
    const body = isPost ? await readRequestBody(request) : { kind: "json" as const, value: {} };
    if (body.kind === "refused") {
      response.setHeader("connection", "close");
      reply(response, body.status, `${body.words}\n`);
      return true;
    }
    if (isPost && startsTask(path, body.value) && !hasRoom()) {
      response.setHeader("retry-after", "5");
      reply(response, 503, "the agent works at as many tasks as it may; ask again\n");
      return true;
    }
    const context = contextOf(caller.kind === "application" ? caller.name : "");
    if (path === "/") await answerRpc(rpc, handler, context, body.value, response);
    else await answerRest(handler, context, path, request, body.value, response);
    return true;
  };
}

function startsTask(path: string, body: unknown): boolean {
  if (path !== "/") return path.startsWith("/message:");
  const method = typeof body === "object" && body !== null && "method" in body ? body.method : "";
  return method === "SendMessage" || method === "SendStreamingMessage";
}

async function answerRpc(
  rpc: JsonRpcTransportHandler,
  handler: A2ARequestHandler,
  context: ServerCallContext,
  body: unknown,
  response: ServerResponse,
): Promise<void> {
  const failed = (error: unknown) => ({
    jsonrpc: "2.0",
    id: null,
    error: JsonRpcTransportHandler.mapToJSONRPCError(error),
  });
  try {
    validateVersion(context.requestedVersion, await handler.getAgentCard(), "JSONRPC");
    const answer = await rpc.handle(typeof body === "object" && body !== null ? { ...body } : {}, context);
    if (Symbol.asyncIterator in answer) await sendEvents(response, answer, failed);
    else sendJson(response, 200, answer);
  } catch (error) {
    sendJson(response, 200, failed(error));
  }
}

async function answerRest(
  handler: A2ARequestHandler,
  context: ServerCallContext,
  path: string,
  request: IncomingMessage,
  body: unknown,
  response: ServerResponse,
): Promise<void> {
  const failed = (error: unknown) => toRestErrorBody(error, restStatusFor(error));
  try {
    if (path === "/message:send") {
      const answer = await handler.sendMessage(SendMessageRequest.fromJSON(body), context);
      const payload =
        "messageId" in answer
          ? { $case: "message" as const, value: answer }
          : { $case: "task" as const, value: answer };
      sendJson(response, 200, SendMessageResponse.toJSON({ payload }));
    } else if (path === "/message:stream") {
      await sendEvents(response, json(handler.sendMessageStream(SendMessageRequest.fromJSON(body), context)), failed);
    } else await answerTask(handler, context, path, request, response, failed);
  } catch (error) {
    sendJson(response, restStatusFor(error), failed(error));
  }
}

async function answerTask(
  handler: A2ARequestHandler,
  context: ServerCallContext,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  failed: (error: unknown) => unknown,
): Promise<void> {
  const [, id, verb] = TASK.exec(path) ?? [];
  const historyLength = new URL(request.url ?? "/", "http://agent").searchParams.get("historyLength");
  const asked = { id, ...(historyLength === null ? {} : { historyLength: Number(historyLength) }) };
  if (id === undefined) throw new UnsupportedOperationError("the agent lists no tasks; ask for one by its id");
  if (verb === ":subscribe")
    await sendEvents(response, json(handler.resubscribe(SubscribeToTaskRequest.fromJSON(asked), context)), failed);
  else if (verb === ":cancel" && request.method === "POST")
    sendJson(response, 200, Task.toJSON(await handler.cancelTask(CancelTaskRequest.fromJSON(asked), context)));
  else if (verb === undefined && request.method === "GET")
    sendJson(response, 200, Task.toJSON(await handler.getTask(GetTaskRequest.fromJSON(asked), context)));
  else throw new TaskNotFoundError("there is no such operation");
}

async function* json(
  events: AsyncGenerator<StreamResponse, void, undefined>,
): AsyncGenerator<unknown, void, undefined> {
  for await (const event of events) yield StreamResponse.toJSON(event);
}
