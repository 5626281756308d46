import type { IncomingMessage, ServerResponse } from "node:http";
import { type Body, readBody } from "../body.ts";
import type { BodyBudget } from "../body-budget.ts";

/** An API for programs, by the Fetch standard's requests and responses. */
export interface ApiDoor {
  /** Its name in metrics, such as `/mcp`: paths below it may be any. */
  readonly name: string;
  /** Whether a path is one of this API's. */
  serves(path: string): boolean;
  /** Looks at the headers alone: an answer, or a function that answers once the body was read. */
  admit(request: Request): Promise<DoorAdmission>;
}

export type DoorAdmission =
  | { readonly kind: "answer"; readonly response: Response }
  | { readonly kind: "go"; readonly answer: (request: Request) => Promise<Response> };

/** Most bytes of a request. */
const LARGEST = 1024 * 1024;
/** A request of this method has no body. */
const BODILESS = new Set(["GET", "HEAD", "DELETE", "OPTIONS"]);

/** Answers a request by an API. Its body is read only once its sender was let in. Throws what the API throws. */
export async function passDoor(
  door: ApiDoor,
  request: IncomingMessage,
  response: ServerResponse,
  budget: BodyBudget,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const { method = "GET" } = request;
  // The host was checked by the API; here it only makes the address absolute.
  const url = `http://localhost${(request.url ?? "/").startsWith("/") ? request.url : "/"}`;
  const init = { method, headers: headersOf(request), signal: gone.signal };
  const admission = await door.admit(new Request(url, init));
  if (admission.kind === "answer") {
    if (!request.complete && !BODILESS.has(method)) response.setHeader("connection", "close");
    return send(admission.response, response, gone.signal);
  }
  if (BODILESS.has(method)) return send(await admission.answer(new Request(url, init)), response, gone.signal);
  const body = await readBody(request, { limit: LARGEST, budget });
  if (body.kind !== "body") {
    response.setHeader("connection", "close");
    return send(unread(body.kind), response, gone.signal);
  }
  try {
    const whole = new Request(url, { ...init, body: Uint8Array.from(body.bytes) });
    await send(await admission.answer(whole), response, gone.signal);
  } finally {
    body.release();
  }
}

function unread(kind: Exclude<Body["kind"], "body">): Response {
  const { status, text } = UNREAD[kind];
  return new Response(text, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}

const UNREAD: Readonly<Record<Exclude<Body["kind"], "body">, { readonly status: number; readonly text: string }>> = {
  "too-large": { status: 413, text: `request too large: at most ${LARGEST} bytes\n` },
  broken: { status: 400, text: "the body ended early\n" },
  slow: { status: 408, text: "the body came too slowly\n" },
  "no-room": { status: 503, text: "too much at once; try again\n" },
};

/** Each header once: of one that came twice, Node has the values in one text, or only the first. */
function headersOf({ headers }: IncomingMessage): Headers {
  const found = new Headers();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !name.startsWith(":")) found.set(name, Array.isArray(value) ? value.join(", ") : value);
  return found;
}

async function send(answer: Response, response: ServerResponse, gone: AbortSignal): Promise<void> {
  response.statusCode = answer.status;
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("cache-control", "no-store");
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  const reader = answer.body?.getReader();
  gone.addEventListener("abort", () => void reader?.cancel().catch(() => {}), { once: true });
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!response.write(value))
      await new Promise<void>((resolve) => {
        response.once("drain", resolve).once("close", resolve);
      });
  }
  response.end();
}
