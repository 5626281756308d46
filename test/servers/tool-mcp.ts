import { createServer, type IncomingMessage } from "node:http";
import { closeServer, listenOnLoopback } from "./listen.ts";

/** A call of a tool, as the server sees it. */
export interface SeenCall {
  readonly tool: string;
  readonly arguments: unknown;
  readonly idempotencyKey: string | undefined;
  readonly headers: IncomingMessage["headers"];
}

/** An MCP server on loopback whose tools do something. */
export interface ToolMcpServer {
  readonly url: string;
  readonly calls: readonly SeenCall[];
  stop(): Promise<void>;
}

/** What a tool answers; an error where it throws. */
type Answer = (call: SeenCall, before: number) => Promise<string> | string;

/** Starts a server of streamable HTTP, without sessions, with these tools: each takes any object. */
export async function startToolMcp(tools: Readonly<Record<string, Answer>>): Promise<ToolMcpServer> {
  const calls: SeenCall[] = [];
  async function resultOf({ method, params }: Call, headers: IncomingMessage["headers"]): Promise<unknown> {
    if (method === "initialize")
      return {
        protocolVersion: params?.protocolVersion ?? "2025-11-25",
        capabilities: { tools: {} },
        serverInfo: { name: "test", version: "1.0.0" },
      };
    if (method === "tools/list")
      return {
        tools: Object.keys(tools).map((name) => ({
          ...{ name, description: `Does ${name}` },
          inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
        })),
      };
    if (method !== "tools/call") return {};
    const key = params?._meta?.["raos.dev/idempotency-key"];
    const call = { tool: params?.name ?? "", arguments: params?.arguments, idempotencyKey: key, headers };
    const before = calls.length;
    calls.push(call);
    try {
      return { content: [{ type: "text", text: await tools[call.tool]?.(call, before) }] };
    } catch (error) {
      return { isError: true, content: [{ type: "text", text: String(error) }] };
    }
  }
  const server = createServer(async (request, response) => {
    const call = request.method === "POST" ? parsed(await bodyOf(request)) : undefined;
    if (call === undefined) return response.writeHead(405).end();
    if (call.id === undefined) return response.writeHead(202).end();
    const result = await resultOf(call, request.headers);
    const answer = JSON.stringify({ jsonrpc: "2.0", id: call.id, result });
    response.writeHead(200, { "content-type": "application/json" }).end(answer);
  });
  const url = await listenOnLoopback(server);
  return { url: `${url}/mcp`, calls, stop: () => closeServer(server) };
}

interface Call {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: {
    readonly protocolVersion?: string;
    readonly name?: string;
    readonly arguments?: unknown;
    readonly _meta?: Readonly<Record<string, string>>;
  };
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
