import type { AgentCard } from "@a2a-js/sdk";
import { formatSSEEvent } from "@a2a-js/sdk";
import {
  type A2ARequestHandler,
  JsonRpcTransportHandler,
  ServerCallContext,
  validateVersion,
} from "@a2a-js/sdk/server";
import { eventStream } from "./event-stream.ts";

/** Answers a request of the JSON-RPC binding. */
export async function answerJsonRpc(request: Request, handler: A2ARequestHandler, card: AgentCard): Promise<Response> {
  const version = versionOf(request);
  try {
    validateVersion(version, card);
  } catch (error) {
    return Response.json({ jsonrpc: "2.0", id: null, error: JsonRpcTransportHandler.mapToJSONRPCError(error) });
  }
  const context = new ServerCallContext({ requestedVersion: version });
  const answered = await new JsonRpcTransportHandler(handler).handle(await request.text(), context);
  if (!(Symbol.asyncIterator in answered)) return Response.json(answered);
  return eventStream(answered, formatSSEEvent, (error) =>
    formatSSEEvent({ jsonrpc: "2.0", id: null, error: JsonRpcTransportHandler.mapToJSONRPCError(error) }),
  );
}

/** The version that a client asks for. Who says none is a client of 0.3, as the specification has it. */
export function versionOf(request: Request): string {
  return (request.headers.get("a2a-version") ?? "0.3").slice(0, 16);
}
