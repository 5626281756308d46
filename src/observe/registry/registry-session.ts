import { authorizationHeader } from "../../domain/values/authorization.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import { readChallenge } from "./bearer-challenge.ts";
import type { RegistryCredential } from "./docker-config.ts";
import type { RegistryFailure } from "./registry-answers.ts";
import { mayBeSentTo, type RegistryPlace } from "./registry-place.ts";
import {
  failure,
  type RegistryAnswer,
  type RegistryRequest,
  type RegistrySender,
  sendToRegistry,
} from "./registry-request.ts";

/** A repository in a registry, asked with one credential. */
export interface RegistrySession {
  readonly place: RegistryPlace;
  /** Sends a request, signed in where the registry wants that. An answer has a status below 300. */
  ask(request: Omit<RegistryRequest, "authorization">): Promise<RegistryAnswer | RegistryFailure>;
}

/** Most bytes of the answer that holds a token, and longest token. */
const TOKEN_LIMIT = 65_536;
/** How long a rate limit holds at least and at most, in milliseconds. */
const [SHORTEST_WAIT, LONGEST_WAIT] = [60_000, 3_600_000];

/**
 * Asks a registry as distribution's token specification and RFC 7617 say. The credential goes to the registry itself or to the realm
 * that it names, over https (on loopback http, too), and nowhere else.
 */
export function openSession(
  sender: RegistrySender,
  place: RegistryPlace,
  credential: RegistryCredential,
): RegistrySession {
  let authorization: string | undefined;
  return {
    place,
    async ask(request) {
      const first = await sendToRegistry(sender, place, { ...request, authorization });
      if (first.kind === "failed" || first.status !== 401) return accepted(first, place, credential, sender.now());
      const signIn = await signInFor(sender, place, credential, first.headers.get("www-authenticate"));
      if (signIn.kind === "failed") return signIn;
      authorization = signIn.authorization;
      const second = await sendToRegistry(sender, place, { ...request, authorization });
      return accepted(second, place, credential, sender.now());
    },
  };
}

type SignedIn = { readonly kind: "signed-in"; readonly authorization: string | undefined };

async function signInFor(
  sender: RegistrySender,
  place: RegistryPlace,
  credential: RegistryCredential,
  header: string | null,
): Promise<SignedIn | RegistryFailure> {
  const challenge = readChallenge(header);
  const basic = credential.kind === "basic" ? authorizationHeader({ basic: credential }).authorization : undefined;
  switch (challenge.kind) {
    case "basic":
      return basic === undefined ? unauthorized(place, credential, 401) : { kind: "signed-in", authorization: basic };
    case "bearer": {
      if (!mayBeSentTo(challenge.realm, place))
        return failure(
          place,
          "refused",
          "names a realm for its tokens that is not asked: it has to be https and a host's name",
        );
      const url = new URL(challenge.realm);
      if (challenge.service !== undefined) url.searchParams.set("service", challenge.service);
      url.searchParams.set("scope", `repository:${place.repository}:pull`);
      const answer = await sendToRegistry(sender, place, { url: url.href, authorization: basic, limit: TOKEN_LIMIT });
      return tokenIn(accepted(answer, place, credential, sender.now()), place);
    }
    case "unknown":
      return failure(place, "refused", "answered 401 and asks for a sign-in that RAOS does not know");
    default:
      return challenge satisfies never;
  }
}

function tokenIn(answer: RegistryAnswer | RegistryFailure, place: RegistryPlace): SignedIn | RegistryFailure {
  if (answer.kind === "failed") return answer;
  const value = bodyJson(answer.body);
  const token =
    typeof value === "object" && value !== null
      ? (Reflect.get(value, "token") ?? Reflect.get(value, "access_token"))
      : undefined;
  if (typeof token !== "string" || !/^[\x21-\x7e]{1,65536}$/.test(token))
    return failure(place, "unreadable", "answered with no token");
  return { kind: "signed-in", authorization: `Bearer ${token}` };
}

/** The JSON in an answer's bytes; undefined where they are none. */
export function bodyJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** The answer where it is one, or what its status means. */
function accepted(
  answer: RegistryAnswer | RegistryFailure,
  place: RegistryPlace,
  credential: RegistryCredential,
  now: Instant,
): RegistryAnswer | RegistryFailure {
  if (answer.kind === "failed" || answer.status < 300) return answer;
  const { status, headers } = answer;
  if (status === 401 || status === 403) return unauthorized(place, credential, status);
  if (status === 404)
    return failure(place, "not-found", `has no ${place.repository}, or hides it from whom it does not know`);
  if (status === 429) {
    const retryAt = now + waitOf(headers.get("retry-after"), now);
    return { ...failure(place, "rate-limited", "answered 429, too many requests"), retryAt };
  }
  return failure(place, status >= 500 ? "unreachable" : "refused", `answered ${status}`);
}

/** Milliseconds to wait: `Retry-After` is seconds or a date. */
function waitOf(header: string | null, now: Instant): number {
  const text = header?.trim() ?? "";
  const asked = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Math.min(LONGEST_WAIT, Math.max(SHORTEST_WAIT, Number.isNaN(asked) ? 0 : asked));
}

function unauthorized(place: RegistryPlace, credential: RegistryCredential, status: number): RegistryFailure {
  const why: Readonly<Record<RegistryCredential["kind"], string>> = {
    none: "Docker's config.json has no credential for it; write one below auths",
    basic: "it does not accept the credential in Docker's config.json",
    "not-used": `Docker's config.json ${credential.kind === "not-used" ? credential.why : ""}; write a user and a password below auths`,
  };
  return failure(place, "refused", `answered ${status}`, why[credential.kind]);
}
