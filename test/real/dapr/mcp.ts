import { createServer, type IncomingMessage } from "node:http";
import { closeServer, listenOnLoopback } from "../../servers/listen.ts";

/** An MCP server on loopback, as far as a client goes that connects and asks for the tools. */
export interface McpServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a server of streamable HTTP with these tools, none of which does anything. */
export async function startMcpServer(tools: readonly string[]): Promise<McpServer> {
  const server = createServer(async (request, response) => {
    const call = request.method === "POST" ? parsed(await bodyOf(request)) : undefined;
    if (call === undefined) return response.writeHead(405).end();
    if (call.id === undefined) return response.writeHead(202).end();
    const answer = { jsonrpc: "2.0", id: call.id, result: resultOf(call, tools) };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  const url = await listenOnLoopback(server);
  return { url: `${url}/mcp`, stop: () => closeServer(server) };
}

interface Call {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: { readonly protocolVersion?: string };
}

function resultOf({ method, params }: Call, tools: readonly string[]): unknown {
  if (method === "initialize") {
    const serverInfo = { name: "test", version: "1.0.0" };
    return { protocolVersion: params?.protocolVersion ?? "2025-11-25", capabilities: { tools: {} }, serverInfo };
  }
  if (method === "tools/list") return { tools: tools.map((name) => ({ name, inputSchema: { type: "object" } })) };
  return {};
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request.setEncoding("utf8")) text += part;
  return text;
}

function parsed(text: string): Call {
  const call: Call = JSON.parse(text);
  return call;
}
