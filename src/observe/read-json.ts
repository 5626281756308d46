import { passSignal, signalWithin } from "../deadline/deadline.ts";
import type { MissingReason, Refusal } from "../domain/alert/evidence.ts";
import { authorizationHeader, type SignIn, secretsOf } from "../domain/values/authorization.ts";
import type { SourceFetch, SourceResponse } from "./read-options.ts";
import { safeWords } from "./safe-words.ts";

/** Fewest characters of a header that is masked; a shorter one, such as a tenant's number, is no secret. */
const SECRET = 6;

/** An answer's JSON, or why there is none. */
export type JsonRead = { readonly kind: "json"; readonly value: unknown } | ({ readonly kind: "missing" } & Unread);

/** Why there is no answer. */
export interface Unread {
  readonly reason: MissingReason;
  readonly message: string;
  readonly refusal?: Refusal | undefined;
}

export interface JsonRequest {
  /** Who is named where it refuses who asks. */
  readonly source?: Refusal["source"];
  readonly url: string;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly signIn?: SignIn;
  /** Other texts that no message may show. */
  readonly secrets?: readonly string[];
  readonly body?: string;
  readonly deadlineMs: number;
  /** Most bytes of an answer. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
  readonly fetch?: SourceFetch | undefined;
}

/**
 * Sends one request, within a deadline and a limit of bytes. Redirects are not followed, since they would get the credentials.
 * Never throws. No message holds an address or a credential.
 */
export async function readJson(request: JsonRequest): Promise<JsonRead> {
  const deadline = AbortSignal.timeout(request.deadlineMs);
  const signal = AbortSignal.any([deadline, signalWithin(request.deadlineMs, request.signal)]);
  try {
    const send: SourceFetch = request.fetch ?? fetch;
    const response = await send(request.url, {
      method: request.method ?? "GET",
      headers: { ...request.headers, ...authorizationHeader(request.signIn ?? {}) },
      redirect: "manual",
      signal,
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    return await readAnswer(response, request);
  } catch (error) {
    return failedRead(error, request, deadline);
  }
}

async function readAnswer(
  response: SourceResponse,
  { source, limit, signIn, secrets = [] }: JsonRequest,
): Promise<JsonRead> {
  const text = await readBounded(response, limit);
  if (text === undefined) return missing("too-large", `the answer is larger than ${limit} bytes`);
  const { status } = response;
  if (status >= 300 && status < 400)
    return missing("refused", `it answered ${status}, a redirect to another address, which is not followed`);
  if (!response.ok)
    return {
      kind: "missing",
      reason: status >= 500 ? "unreachable" : "refused",
      message: `it answered ${status}${await refusalText(text, [...secretsOf(signIn ?? {}), ...secrets.filter((one) => one.length >= SECRET)])}`,
      refusal: source !== undefined && (status === 401 || status === 403) ? { source, status } : undefined,
    };
  return { kind: "json", value: JSON.parse(text) };
}

function failedRead(error: unknown, { deadlineMs, signal }: JsonRequest, deadline: AbortSignal): JsonRead {
  if (deadline.aborted) return missing("timed-out", `no answer within ${deadlineMs} ms`);
  if (signal?.aborted === true || passSignal()?.aborted === true)
    return missing("timed-out", "the pass ended before the answer came");
  if (error instanceof SyntaxError) return missing("unreadable", "the answer is not JSON");
  const code = tlsCode(error);
  if (code !== undefined)
    return missing("unreachable", `its TLS certificate is not accepted (${code}); is the file of its CA set?`);
  return missing("unreachable", "there is no connection");
}

/** The code of an error of TLS, as Node names it; undefined for any other error. */
function tlsCode(error: unknown): string | undefined {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code: unknown = cause instanceof Error ? Reflect.get(cause, "code") : undefined;
  return typeof code === "string" && /^[A-Z_]{3,60}$/.test(code) && /CERT|TLS|SSL|SIGNATURE|ISSUER/.test(code)
    ? code
    : undefined;
}

/** The body as text; undefined where it is larger than the limit. */
async function readBounded(response: SourceResponse, limit: number): Promise<string | undefined> {
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

/** The source's own reason for refusing a query, without these secrets: Prometheus sends JSON, Loki text. HTML is left out. */
async function refusalText(text: string, secrets: readonly string[]): Promise<string> {
  const words = text.length > 65_536 ? "" : (errorIn(text) ?? (/^\s*</.test(text) ? "" : text));
  const safe = await safeWords(secrets.reduce((left, secret) => left.replaceAll(secret, "[redacted]"), words));
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
