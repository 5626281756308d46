import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "../body.ts";
import type { BodyBudget } from "../body-budget.ts";
import { sendResponse } from "./send-response.ts";
import { LARGEST_CALL, unreadAnswer } from "./unread-answer.ts";

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
    return sendResponse(admission.response, response, gone.signal);
  }
  if (BODILESS.has(method)) return sendResponse(await admission.answer(new Request(url, init)), response, gone.signal);
  const body = await readBody(request, { limit: LARGEST_CALL, budget });
  if (body.kind !== "body") {
    response.setHeader("connection", "close");
    const { status, text } = unreadAnswer(body.kind);
    return sendResponse(new Response(text, { status }), response, gone.signal);
  }
  try {
    const whole = new Request(url, { ...init, body: Uint8Array.from(body.bytes) });
    await sendResponse(await admission.answer(whole), response, gone.signal);
  } finally {
    body.release();
  }
}

/** Each header once: of one that came twice, Node has the values in one text, or only the first. */
function headersOf({ headers }: IncomingMessage): Headers {
  const found = new Headers();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !name.startsWith(":")) found.set(name, Array.isArray(value) ? value.join(", ") : value);
  return found;
}
