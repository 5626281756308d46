import type { IncomingMessage } from "node:http";
import { LARGEST_CALL, type UnreadKind, unreadAnswer } from "../../http/api/unread-answer.ts";
import { readBody } from "../../http/body.ts";
import { createBodyBudget } from "../../http/body-budget.ts";

export type RequestBody =
  | { readonly kind: "json"; readonly value: unknown }
  | {
      readonly kind: "refused";
      readonly why: UnreadKind | "no-json";
      /** HTTP's. */
      readonly status: number;
      readonly words: string;
    };

/** Bytes of the bodies of all requests that are read at once. */
const ALL_AT_ONCE = 32 * LARGEST_CALL;
const budget = createBodyBudget(ALL_AT_ONCE);

/** Reads a request's JSON of at most 1 MiB, as `readBody` does. The connection is to be closed where it is refused. */
export async function readRequestBody(request: IncomingMessage): Promise<RequestBody> {
  const body = await readBody(request, { limit: LARGEST_CALL, budget });
  if (body.kind !== "body") {
    const { status, text } = unreadAnswer(body.kind);
    return { kind: "refused", why: body.kind, status, words: text };
  }
  try {
    return { kind: "json", value: JSON.parse(body.bytes.toString("utf8")) };
  } catch {
    return { kind: "refused", why: "no-json", status: 400, words: "the body is not JSON\n" };
  } finally {
    body.release();
  }
}
