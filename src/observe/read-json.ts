import type { MissingReason } from "../domain/evidence.ts";

/** An answer's JSON, or why there is none. */
export type JsonRead =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "missing"; readonly reason: MissingReason; readonly message: string };

export interface JsonRequest {
  readonly url: string;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly deadlineMs: number;
  /** Most bytes of an answer. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/** Asks once, within a deadline and a limit of bytes. Never throws. No message holds an address or a credential. */
export async function readJson(request: JsonRequest): Promise<JsonRead> {
  const deadline = AbortSignal.timeout(request.deadlineMs);
  const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]);
  try {
    const response = await (request.fetch ?? fetch)(request.url, {
      method: request.method ?? "GET",
      headers: { ...request.headers },
      redirect: "error",
      signal,
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const text = await bounded(response, request.limit);
    if (text === undefined) return missing("too-large", `the answer is larger than ${request.limit} bytes`);
    if (!response.ok)
      return missing(
        response.status === 503 || response.status >= 500 ? "unreachable" : "refused",
        `it answered ${response.status}${said(text)}`,
      );
    return { kind: "json", value: JSON.parse(text) };
  } catch (error) {
    if (deadline.aborted) return missing("timed-out", `no answer within ${request.deadlineMs} ms`);
    if (request.signal?.aborted === true) return missing("timed-out", "it was given up");
    if (error instanceof SyntaxError) return missing("unreadable", "the answer is no JSON");
    return missing("unreachable", "there is no connection");
  }
}

async function bounded(response: Response, limit: number): Promise<string | undefined> {
  if (response.body === null) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** What Prometheus and Loki say of a query that they refuse. */
function said(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text);
    const error: unknown = typeof parsed === "object" && parsed !== null ? Reflect.get(parsed, "error") : undefined;
    return typeof error === "string" ? `: ${error.slice(0, 200)}` : "";
  } catch {
    return "";
  }
}

function missing(reason: MissingReason, message: string): JsonRead {
  return { kind: "missing", reason, message };
}
