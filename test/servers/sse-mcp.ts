import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { closeServer, listenOnLoopback } from "./listen.ts";

/** An MCP server of the older transport on loopback: an event stream that names the address for requests, and answers there. */
export interface SseMcpServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a server that has these tools, each of which answers its text; without them, as far as a client that asks for them. */
export async function startSseMcpServer(tools: Readonly<Record<string, string>> = {}): Promise<SseMcpServer> {
  const streams = new Map<string, ServerResponse>();
  const server = createServer(async (request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
    const session = searchParams.get("session") ?? `${streams.size}`;
    if (request.method === "GET") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`event: endpoint\ndata: /messages?session=${session}\n\n`);
      streams.set(session, response);
      return;
    }
    const call: Call = JSON.parse(await bodyOf(request));
    response.writeHead(202).end();
    if (call.id === undefined) return;
    const answer = { jsonrpc: "2.0", id: call.id, result: resultOf(call, tools) };
    streams.get(session)?.write(`event: message\ndata: ${JSON.stringify(answer)}\n\n`);
  });
  const url = await listenOnLoopback(server);
  return { url: `${url}/sse`, stop: () => closeServer(server) };
}

interface Call {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: { readonly protocolVersion?: string; readonly name?: string };
}

function resultOf({ method, params }: Call, tools: Readonly<Record<string, string>>): unknown {
  const inputSchema = { type: "object", properties: {} };
  if (method === "tools/list") return { tools: Object.keys(tools).map((name) => ({ name, inputSchema })) };
  if (method === "tools/call") return { content: [{ type: "text", text: tools[params?.name ?? ""] }] };
  if (method !== "initialize") return {};
  const serverInfo = { name: "test", version: "1.0.0" };
  return { protocolVersion: params?.protocolVersion ?? "2024-11-05", capabilities: { tools: {} }, serverInfo };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request.setEncoding("utf8")) text += part;
  return text;
}
