import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { readChat } from "./chat-request.ts";
import { errorBody, Refusal } from "./refusal.ts";
import { chatReply, type ReplyContext, responsesReply } from "./reply.ts";
import { readResponses } from "./responses-request.ts";
import type { Asked, Script, Turn } from "./transcript.ts";

export interface OpenAIRequest {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** The body as it was sent. */
  readonly body: string;
  readonly asked: Asked | undefined;
  /** 0 where the answer was cut off or never came. */
  readonly status: number;
  readonly at: number;
}

export interface TestOpenAI {
  /** Base URL, `/v1` included. */
  readonly url: string;
  /** Every request, refused ones included, in the order they were answered. */
  readonly requests: readonly OpenAIRequest[];
  stop(): Promise<void>;
}

export interface OpenAIOptions {
  readonly port?: number;
  /** The only key that is let in. */
  readonly key?: string;
  /** The models there are. */
  readonly models?: readonly string[];
  /** Whether every tool has to be strict, as RAOS' own are; left out: yes. OpenAI takes others, too. */
  readonly strictTools?: boolean;
}

export const KEY = "sk-local-0123456789";

/**
 * An OpenAI on loopback that answers by a script, in both APIs, and refuses what OpenAI refuses: no key, another content
 * type, unknown fields, schemas that are not strict, calls without an answer or answers without a call. It streams nothing.
 */
export async function startOpenAI(script: Script, options: OpenAIOptions = {}): Promise<TestOpenAI> {
  const { port = 0, key = KEY, models = ["gpt-5-mini"], strictTools = true } = options;
  const requests: OpenAIRequest[] = [];
  const reasons = new Map<string, string>();
  let number = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const path = request.url ?? "";
    let asked: (Asked & { readonly model: string }) | undefined;
    const record = (status: number) =>
      requests.push({ path, headers: request.headers, body, asked, status, at: Date.now() });
    try {
      checkHeaders(request, key);
      if (request.method === "GET" && path === "/v1/models") {
        const list = models.map((id) => ({ id, object: "model", created: 0, owned_by: "test" }));
        record(200);
        return send(response, 200, JSON.stringify({ object: "list", data: list }));
      }
      asked = read(path, request, body);
      if (!models.includes(asked.model))
        throw new Refusal(404, `The model \`${asked.model}\` does not exist or you do not have access to it.`, {
          code: "model_not_found",
        });
      const turn = typeof script === "function" ? script(asked, number) : script[number];
      if (turn === undefined) throw new Refusal(400, "The transcript has ended.", { code: "transcript_ended" });
      number += 1;
      const context = { number, model: asked.model, asked: body.length, now: Date.now() };
      record(act(turn, asked.api, context, response));
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(599, String(error));
      record(refusal.status);
      send(response, refusal.status, errorBody(refusal), refusal.headers);
    }
  }

  function read(path: string, request: IncomingMessage, body: string): Asked & { readonly model: string } {
    if (request.method !== "POST" || (path !== "/v1/responses" && path !== "/v1/chat/completions"))
      throw new Refusal(404, `Invalid URL (${request.method} ${path})`);
    if (!/^application\/json(;|$)/.test(request.headers["content-type"] ?? ""))
      throw new Refusal(415, "Unsupported content type; send application/json.");
    const json = jsonOf(body);
    if (typeof json === "object" && json !== null && Reflect.get(json, "stream") === true)
      throw new Refusal(400, "This server streams nothing.", { param: "stream", code: "unsupported_value" });
    return path === "/v1/responses" ? readResponses(json, reasons, strictTools) : readChat(json, strictTools);
  }

  /** Does what the turn says; the status that was answered. */
  function act(turn: Turn, api: Asked["api"], context: ReplyContext, response: ServerResponse): number {
    switch (turn.kind) {
      case "error":
        throw new Refusal(turn.status, `The script answers ${turn.status}.`, { headers: turn.headers ?? {} });
      case "hang":
        return 0;
      case "raw":
        send(response, 200, turn.body);
        return 200;
      case "cut-off": {
        const text = JSON.stringify(replyTo({ kind: "say", text: "half of it" }, api, context).body);
        response.writeHead(200, { "content-type": "application/json", "content-length": text.length });
        response.write(text.slice(0, text.length / 2), () => response.destroy());
        return 0;
      }
      case "huge":
        send(response, 200, JSON.stringify(replyTo({ kind: "say", text: "x".repeat(turn.bytes) }, api, context).body));
        return 200;
      case "calls":
      case "answer":
      case "say":
      case "refuse":
      case "cut-short": {
        const reply = replyTo(turn, api, context);
        for (const [call, reason] of reply.reasons) reasons.set(call, reason);
        send(response, 200, JSON.stringify(reply.body));
        return 200;
      }
      default:
        return turn satisfies never;
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${bound}/v1`,
    requests,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function replyTo(said: Parameters<typeof chatReply>[0], api: Asked["api"], context: ReplyContext) {
  return api === "chat" ? chatReply(said, context) : responsesReply(said, context);
}

function checkHeaders(request: IncomingMessage, key: string): void {
  const { authorization } = request.headers;
  if (authorization === undefined)
    throw new Refusal(401, "You didn't provide an API key. You need to provide it in an Authorization header.");
  if (authorization !== `Bearer ${key}`)
    throw new Refusal(401, "Incorrect API key provided.", { code: "invalid_api_key" });
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal(400, "We could not parse the JSON body of your request.");
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body);
}
