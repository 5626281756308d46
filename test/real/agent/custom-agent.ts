import { createServer, type IncomingMessage, type Server } from "node:http";
import { closeServer, listenOnLoopback } from "../../servers/listen.ts";

/** An A2A agent of another make: a plain HTTP server that answers each message at once. */
export interface CustomAgent {
  readonly port: number;
  readonly messages: readonly string[];
  stop(): Promise<void>;
}

export async function startCustomAgent(): Promise<CustomAgent> {
  const messages: string[] = [];
  const server: Server = createServer(async (request, response) => {
    if (request.method !== "POST") return response.writeHead(200).end("ok");
    const call: Call = JSON.parse(await bodyOf(request));
    const text = call.params.message.parts.map((part) => part.text).join("");
    messages.push(text);
    const message = { messageId: "m1", role: "ROLE_AGENT", parts: [{ text: `Custom heard: ${text}` }] };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ jsonrpc: "2.0", id: call.id, result: { message } }));
  });
  const url = await listenOnLoopback(server);
  return { port: Number(new URL(url).port), messages, stop: () => closeServer(server) };
}

interface Call {
  readonly id: string;
  readonly params: { readonly message: { readonly parts: readonly { readonly text: string }[] } };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request.setEncoding("utf8")) text += part;
  return text;
}
