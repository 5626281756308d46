import { passSignal, signalWithin } from "../deadline/deadline.ts";
import type { MissingReason } from "../domain/evidence.ts";
import { safeWords } from "./safe-words.ts";

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

/**
 * Asks once, within a deadline and a limit of bytes; a redirect is not followed, since credentials would go along. Never
 * throws. No message holds an address or a credential.
 */
export async function readJson(request: JsonRequest): Promise<JsonRead> {
  const deadline = AbortSignal.timeout(request.deadlineMs);
  const signal = AbortSignal.any([deadline, signalWithin(request.deadlineMs, request.signal)]);
  try {
    const response = await (request.fetch ?? fetch)(request.url, {
      method: request.method ?? "GET",
      headers: { ...request.headers },
      redirect: "manual",
      signal,
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const text = await bounded(response, request.limit);
    if (text === undefined) return missing("too-large", `the answer is larger than ${request.limit} bytes`);
    const { status } = response;
    if (status >= 300 && status < 400) return missing("refused", `it answered ${status}, which leads elsewhere`);
    if (!response.ok)
      return missing(status >= 500 ? "unreachable" : "refused", `it answered ${status}${await said(text)}`);
    return { kind: "json", value: JSON.parse(text) };
  } catch (error) {
    if (deadline.aborted) return missing("timed-out", `no answer within ${request.deadlineMs} ms`);
    if (request.signal?.aborted === true || passSignal()?.aborted === true)
      return missing("timed-out", "it was given up");
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

/** What a source says of a query that it refuses: Prometheus as JSON, Loki as text. A page of HTML says nothing. */
async function said(text: string): Promise<string> {
  const words = text.length > 65_536 ? "" : (errorIn(text) ?? (/^\s*</.test(text) ? "" : text));
  const safe = await safeWords(words);
  return safe === "" ? "" : `: ${safe}`;
}

function errorIn(text: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const error: unknown = typeof parsed === "object" && parsed !== null ? Reflect.get(parsed, "error") : undefined;
    return typeof error === "string" ? error : "";
  } catch {
    return undefined;
  }
}

function missing(reason: MissingReason, message: string): JsonRead {
  return { kind: "missing", reason, message };
}
