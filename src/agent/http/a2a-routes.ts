import type { IncomingMessage, ServerResponse } from "node:http";
import type { A2ARequestHandler } from "@a2a-js/sdk/server";
import { answerHttpJson, restOperation } from "../../http/a2a/http-json.ts";
import { answerJsonRpc } from "../../http/a2a/json-rpc.ts";
import { sendResponse } from "../../http/api/send-response.ts";
import { reply } from "../../http/reply.ts";
import { contextOf } from "../a2a/report.ts";
import { sendJson } from "./answers.ts";
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

/** A2A 1.0: the card, JSON-RPC at `/`, and the HTTP+JSON binding, which calls the same operations. */
export function createA2aRoutes({ handler, card, hasRoom, hasSidecar }: A2aRoutesOptions): A2aRoutes {
  return async (path, request, response) => {
    const { method = "GET" } = request;
    if (path === "/.well-known/agent-card.json" && method === "GET") {
      sendJson(response, 200, card);
      return true;
    }
    const isPost = method === "POST";
    const operation = restOperation(method, path);
    if (operation === undefined && !(isPost && path === "/")) return false;
    const caller = requestCaller(request, hasSidecar);
    if (caller.kind === "nameless" || caller.kind === "forged") {
      reply(response, 403, "the sidecar names no caller, or more than one; send no dapr-caller-… headers\n");
      return true;
    }
    const body = isPost ? await readRequestBody(request) : { kind: "json" as const, value: {} };
    if (body.kind === "refused") {
      response.setHeader("connection", "close");
      reply(response, body.status, body.words);
      return true;
    }
    if (startsTask(operation?.name ?? methodIn(body.value)) && !hasRoom()) {
      response.setHeader("retry-after", "5");
      reply(response, 503, "the agent works at as many tasks as it may; ask again\n");
      return true;
    }
    const call = { handler, context: contextOf(caller.kind === "application" ? caller.name : "") };
    const query = new URL(request.url ?? "/", "http://agent").searchParams;
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    const answer =
      operation === undefined
        ? await answerJsonRpc(body.value, call)
        : await answerHttpJson(operation, { query, body: body.value }, call);
    await sendResponse(answer, response, gone.signal);
    return true;
  };
}

function methodIn(body: unknown): string {
  const method = typeof body === "object" && body !== null && "method" in body ? body.method : "";
  return typeof method === "string" ? method : "";
}

function startsTask(operation: string): boolean {
  return ["send", "stream", "SendMessage", "SendStreamingMessage"].includes(operation);
}
