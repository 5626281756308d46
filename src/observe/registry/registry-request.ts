import { connectionFailure } from "../../domain/network/connection-failure.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import type { RegistryFailure } from "./registry-answers.ts";
import { mayBeSentTo, type RegistryPlace } from "./registry-place.ts";

/** How requests to registries are sent. */
export interface RegistrySender {
  readonly fetch: typeof fetch;
  now(): Instant;
  /** A signal that aborts with the pass, or after this time. */
  within(milliseconds: number): AbortSignal;
}

export interface RegistryRequest {
  readonly url: string;
  readonly method?: "GET" | "HEAD";
  readonly accept?: string;
  readonly authorization?: string | undefined;
  /** Most bytes of the answer. */
  readonly limit: number;
}

/** An answer, whatever its status. */
export interface RegistryAnswer {
  readonly kind: "answer";
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** Milliseconds that one request may take. */
const DEADLINE = 10_000;
const MOST_REDIRECTS = 3;

/**
 * Sends one request to a registry, or to where it sent RAOS. Redirects are followed without the credential, and only to where
 * `mayBeSentTo` allows. Never throws.
 */
export async function sendToRegistry(
  sender: RegistrySender,
  place: RegistryPlace,
  request: RegistryRequest,
): Promise<RegistryAnswer | RegistryFailure> {
  const signal = sender.within(DEADLINE);
  let { url, authorization } = request;
  try {
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      const response = await sender.fetch(url, {
        method: request.method ?? "GET",
        headers: {
          accept: request.accept ?? "application/json",
          ...(authorization === undefined ? {} : { authorization }),
        },
        redirect: "manual",
        signal,
      });
      const next = response.status >= 300 && response.status < 400 ? response.headers.get("location") : undefined;
      if (next === undefined) return await readBody(response, place, request.limit);
      await response.body?.cancel();
      const target = URL.parse(next ?? "", url)?.href;
      if (target === undefined || !mayBeSentTo(target, place))
        return failure(place, "refused", "sends to an address that is not followed");
      [url, authorization] = [target, undefined];
    }
    return failure(place, "refused", `sends on more than ${MOST_REDIRECTS} times`);
  } catch (error) {
    return failure(
      place,
      "unreachable",
      signal.aborted ? "did not answer in time" : "cannot be reached",
      connectionFailure(error),
    );
  }
}

async function readBody(
  response: Response,
  place: RegistryPlace,
  limit: number,
): Promise<RegistryAnswer | RegistryFailure> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > limit) return failure(place, "too-large", `answered with more than ${limit} bytes`);
    chunks.push(chunk);
  }
  const { status, headers } = response;
  return { kind: "answer", status, headers, body: Buffer.concat(chunks) };
}

/** A failure, as a sentence about the registry. */
export function failure(
  { host }: RegistryPlace,
  reason: RegistryFailure["reason"],
  what: string,
  why?: string,
): RegistryFailure {
  return { kind: "failed", reason, message: `${host} ${what}${why === undefined ? "" : `: ${why}`}` };
}
