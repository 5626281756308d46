import { Resolver, lookup as systemLookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { Agent, request } from "undici";
import { connectionFailure } from "../../domain/network/connection-failure.ts";
import { mayBeReached, type PushTarget } from "../../domain/network/push-target.ts";

/** The addresses of a name. Throws where it has none, or nobody answers. */
export type ResolveHost = (host: string, isListed: boolean) => Promise<readonly string[]>;

/** What a receiver gets. */
export interface PushRequest {
  readonly target: PushTarget;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What came of one attempt. `why` holds no secret and no part of the answer. */
export type PushResult =
  | { readonly kind: "delivered" }
  | { readonly kind: "failed"; readonly why: string; readonly isPassing: boolean };

/** Milliseconds for the connection, and for all of an attempt. */
const CONNECT = 5000;
const ATTEMPT = 10_000;
const LARGEST_ANSWER = 16 * 1024;

/** The address that a name leads to may not be reached. */
class ForbiddenAddress extends Error {
  override readonly name = "ForbiddenAddress";
}

/**
 * Names of the operator are resolved as the system does, with search domains; names of others by a resolver of its own, so that slow ones
 * hold up nobody who uses the system's.
 */
export const resolveHost: ResolveHost = async (host, isListed) => {
  if (isListed) return (await systemLookup(host, { all: true })).map(({ address }) => address);
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  return found.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
};

/** The addresses of the target, all of which may be reached. Throws ForbiddenAddress, or what resolving throws. */
async function addressesOf(target: PushTarget, resolve: ResolveHost): Promise<readonly string[]> {
  if (isIP(target.host) !== 0) return [target.host];
  const addresses = await resolve(target.host, target.listed !== undefined);
  // One private address beside public ones is no accident.
  const isAllowed = addresses.length > 0 && addresses.every((address) => mayBeReached(target, address));
  if (!isAllowed) throw new ForbiddenAddress("it does not resolve to addresses that may be reached");
  return addresses;
}

/** Whether the target's name now leads only where it may. Never throws. */
export async function isReachable(target: PushTarget, resolve: ResolveHost): Promise<boolean> {
  return addressesOf(target, resolve).then(
    () => true,
    () => false,
  );
}

/**
 * Posts once, over a connection of its own, to an address that was checked for this very connection: what a name leads to may change
 * between two looks. No proxy is used, since it would resolve the name itself; no redirect is followed. Never throws.
 */
export async function sendPush(
  { target, body, headers }: PushRequest,
  resolve: ResolveHost,
  gone: AbortSignal,
): Promise<PushResult> {
  const lookup: LookupFunction = (_, options, done) => {
    addressesOf(target, resolve).then(
      (found) => {
        const all = found.map((address) => ({ address, family: isIP(address) }));
        const wanted = options.family === 4 || options.family === 6 ? options.family : undefined;
        const fit = all.filter(({ family }) => wanted === undefined || family === wanted);
        const [first] = fit;
        if (first === undefined) done(new Error("it has no address of this family"), "");
        else if (options.all === true) done(null, fit);
        else done(null, first.address, first.family);
      },
      (error: unknown) => done(error instanceof Error ? error : new Error("not resolved"), ""),
    );
  };
  const dispatcher = new Agent({ connect: { lookup, timeout: CONNECT }, allowH2: false, maxHeaderSize: 16 * 1024 });
  const signal = AbortSignal.any([gone, AbortSignal.timeout(ATTEMPT)]);
  try {
    const answer = await request(target.url, { method: "POST", body, headers, dispatcher, signal });
    await answer.body.dump({ limit: LARGEST_ANSWER, signal });
    return resultOf(answer.statusCode);
  } catch (error) {
    return { kind: "failed", ...causeOf(error, signal) };
  } finally {
    await dispatcher.destroy();
  }
}

function resultOf(status: number): PushResult {
  if (status >= 200 && status < 300) return { kind: "delivered" };
  const isRedirect = status >= 300 && status < 400;
  const why = `it answered ${status}${isRedirect ? "; redirects are not followed" : ""}`;
  return { kind: "failed", why, isPassing: status === 429 || status >= 500 };
}

function causeOf(error: unknown, signal: AbortSignal): { readonly why: string; readonly isPassing: boolean } {
  if (error instanceof ForbiddenAddress) return { why: error.message, isPassing: false };
  if (signal.aborted) return { why: `it did not answer within ${ATTEMPT / 1000} seconds`, isPassing: true };
  return { why: connectionFailure(error) ?? "the connection failed", isPassing: true };
}
