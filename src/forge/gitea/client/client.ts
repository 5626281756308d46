import { setTimeout as sleep } from "node:timers/promises";
import type * as z from "zod";
import { DeadlineError, untilDeadline } from "../../../deadline/deadline.ts";
import type { Warn } from "../../../domain/warn.ts";
import { ForgeError } from "../../forge.ts";
import { noAnswer, refusalIn } from "./errors.ts";
import { type GiteaAccess, type GiteaAnswer, type GiteaRequest, sendToGitea } from "./send.ts";

/** The result of a write. "lost": the server may have done it; a read has to find out. */
export type GiteaWritten<T> =
  | { readonly kind: "done"; readonly data: T }
  | { readonly kind: "refused"; readonly status: number; readonly error: ForgeError }
  | { readonly kind: "lost"; readonly error: ForgeError };

/** An answer to a read, with its headers. */
export interface GiteaRead<T> {
  readonly data: T;
  readonly headers: Headers;
}

export interface GiteaClient {
  /** A read, repeated where it fails for a reason that may pass; undefined where there is nothing (404). Throws ForgeError. */
  get<T>(doing: string, path: string, shape: z.ZodType<T>): Promise<T | undefined>;
  /** As `get`, with the headers of the answer. */
  read<T>(doing: string, path: string, shape: z.ZodType<T>): Promise<GiteaRead<T> | undefined>;
  /** A write, sent once. Throws ForgeError only where the answer's shape is unknown. */
  write<T>(doing: string, request: GiteaRequest, shape: z.ZodType<T>): Promise<GiteaWritten<T>>;
}

export interface GiteaClientOptions extends GiteaAccess {
  /** First wait of a repeated read; the n-th is n² as long. Milliseconds. */
  readonly retryBase: number;
  /** Longest wait for a rate limit, in seconds; a longer one is an error with code "rate-limited". */
  readonly patience: number;
  readonly warn: Warn;
}

const ATTEMPTS = 4;
/** Seconds to wait where a rate limit does not say how long. */
const FALLBACK = 30;

/** A client of a Gitea. Nothing is sent before the first call. */
export function createGiteaClient(options: GiteaClientOptions): GiteaClient {
  const read = async <T>(doing: string, path: string, shape: z.ZodType<T>): Promise<GiteaRead<T> | undefined> => {
    const answer = await sendUntilAnswered(options, doing, { method: "GET", path });
    if (answer.status === 404) return undefined;
    if (answer.status >= 300) throw refusalIn(answer, doing);
    return { data: parseAnswerOf(answer, shape, doing), headers: answer.headers };
  };
  const write = async <T>(doing: string, request: GiteaRequest, shape: z.ZodType<T>): Promise<GiteaWritten<T>> => {
    let answer: GiteaAnswer;
    try {
      answer = await pastRateLimits(options, () => sendToGitea(options, request));
    } catch (error) {
      if (error instanceof ForgeError) return { kind: "refused", status: 429, error };
      return { kind: "lost", error: noAnswer(error, doing) };
    }
    if (answer.status >= 500) return { kind: "lost", error: refusalIn(answer, doing) };
    if (answer.status >= 300) return { kind: "refused", status: answer.status, error: refusalIn(answer, doing) };
    return { kind: "done", data: parseAnswerOf(answer, shape, doing) };
  };
  return {
    get: async (...question) => (await untilDeadline(read(...question)))?.data,
    read: (...question) => untilDeadline(read(...question)),
    write: (...question) => untilDeadline(write(...question)),
  };
}

async function sendUntilAnswered(
  options: GiteaClientOptions,
  doing: string,
  request: GiteaRequest,
): Promise<GiteaAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt === ATTEMPTS;
    try {
      const answer = await pastRateLimits(options, () => sendToGitea(options, request));
      // A body that is cut off is not JSON; the next one may be whole.
      if (isLast || (answer.status < 500 && (answer.status >= 300 || isJson(answer.text)))) return answer;
    } catch (error) {
      if (error instanceof DeadlineError || error instanceof ForgeError) throw error;
      if (isLast) throw noAnswer(error, doing);
    }
    await sleep(options.retryBase * attempt ** 2);
  }
}

/** Sends again after the wait that a rate limit asks for. Throws ForgeError "rate-limited" where that is too long. */
async function pastRateLimits(options: GiteaClientOptions, send: () => Promise<GiteaAnswer>): Promise<GiteaAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await send();
    if (answer.status !== 429) return answer;
    const asked = Number(answer.headers.get("retry-after") ?? Number.NaN);
    const seconds = asked >= 0 ? asked : FALLBACK;
    const waits = seconds <= options.patience && attempt < ATTEMPTS;
    options.warn({ seconds, waits }, "Gitea's rate limit");
    if (!waits) throw new ForgeError("rate-limited", `Gitea's rate limit asks to wait ${seconds} seconds`);
    await sleep(seconds * 1000);
  }
}

function isJson(text: string | undefined): boolean {
  if (text === undefined || text === "") return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The answer's data. Throws ForgeError where it is too large, cut off, or of another shape. */
function parseAnswerOf<T>(answer: GiteaAnswer, shape: z.ZodType<T>, doing: string): T {
  if (answer.text === undefined) throw new ForgeError("unavailable", `${doing}: Gitea's answer is too large`);
  const parsed = shape.safeParse(jsonOf(answer.text));
  if (parsed.success) return parsed.data;
  throw new ForgeError("unavailable", `${doing}: Gitea's answer was cut off or of another shape`);
}

/** The value of a JSON text; undefined for an empty or a broken one. */
function jsonOf(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
