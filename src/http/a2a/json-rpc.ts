import { formatSSEEvent } from "@a2a-js/sdk";
import { JsonRpcTransportHandler, validateVersion } from "@a2a-js/sdk/server";
import { eventStream } from "./event-stream.ts";
import type { BindingCall } from "./http-json.ts";

/** Answers a request of the JSON-RPC binding: its text, or what was read of it. A refusal is an answer, too. */
export async function answerJsonRpc(body: unknown, { handler, context }: BindingCall): Promise<Response> {
  try {
    validateVersion(context.requestedVersion, await handler.getAgentCard(), "JSONRPC");
    const request = typeof body === "object" && body !== null ? { ...body } : typeof body === "string" ? body : {};
    const answered = await new JsonRpcTransportHandler(handler).handle(request, context);
    if (!(Symbol.asyncIterator in answered)) return Response.json(answered);
    return await eventStream(answered, formatSSEEvent, (error) => formatSSEEvent(failed(error)));
  } catch (error) {
    return Response.json(failed(error));
  }
}

function failed(error: unknown): object {
  return { jsonrpc: "2.0", id: null, error: JsonRpcTransportHandler.mapToJSONRPCError(error) };
}

/** The version that a client asks for. Who says none is a client of 0.3, as the specification has it. */
export function versionOf(request: Request): string {
  return (request.headers.get("a2a-version") ?? "0.3").slice(0, 16);
}
