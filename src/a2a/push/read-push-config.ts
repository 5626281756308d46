import { createHash } from "node:crypto";
import type { TaskPushNotificationConfig } from "@a2a-js/sdk";
import { RequestMalformedError } from "@a2a-js/sdk/errors";
import { type PushHost, type PushTarget, pushTarget, UNREACHABLE } from "../../domain/network/push-target.ts";
import { isReachable, type ResolveHost } from "./send-push.ts";

/** A push notification as it was asked for, and found to be allowed. */
export interface CheckedPush {
  readonly id: string;
  readonly target: PushTarget;
  /** The address as it was written. */
  readonly url: string;
  /** The scheme of `authorization`, which may be shown; "": there is none. */
  readonly scheme: string;
  /** Secret headers. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface PushRules {
  readonly hosts: readonly PushHost[];
  readonly resolve: ResolveHost;
  /** Whether this process reaches an address through a proxy. */
  readonly isProxied: (url: string) => boolean;
}

const LONGEST_SECRET = 4096;
const ID = /^[\w.:-]{1,64}$/;
/** https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
const SCHEME = /^[!#$%&'*+.^_`|~\w-]{1,64}$/;
const PRINTABLE = /^[\x20-\x7e]*$/;

/**
 * Reads what a push notification is asked to be, and finds out where its host leads now. Throws RequestMalformedError, which says why
 * it is refused.
 */
export async function readPushConfig(asked: TaskPushNotificationConfig, rules: PushRules): Promise<CheckedPush> {
  const { id, url, token, authentication } = asked;
  const { scheme = "", credentials = "" } = authentication ?? {};
  const target = pushTarget(url, rules.hosts);
  if (target.kind === "refused") throw refused(target.words);
  const wrong = wrongIn(id, token, scheme, credentials);
  if (wrong !== undefined) throw refused(wrong);
  if (rules.isProxied(target.url))
    throw refused(
      "this host is reached through a proxy, which would resolve its name itself; the operator may except it",
    );
  if (!(await isReachable(target, rules.resolve))) throw refused(UNREACHABLE.words);
  const headers = {
    ...(token === "" ? {} : { "x-a2a-notification-token": token }),
    ...(scheme === "" ? {} : { authorization: `${scheme} ${credentials}`.trim() }),
  };
  return { id: id === "" ? idOf(target.url) : id, target, url, scheme, headers };
}

/** What may be shown of a push notification: all but its secrets. */
export function shownConfig(taskId: string, { id, url, scheme }: CheckedPush): TaskPushNotificationConfig {
  const authentication = scheme === "" ? undefined : { scheme, credentials: "" };
  return { tenant: "", id, taskId, url, token: "", authentication };
}

function wrongIn(id: string, token: string, scheme: string, credentials: string): string | undefined {
  if (id !== "" && !ID.test(id)) return "id has at most 64 letters, digits and . _ : -";
  const isText = [token, credentials].every((text) => text.length <= LONGEST_SECRET && PRINTABLE.test(text));
  if (!isText) return `token and credentials are printable ASCII of at most ${LONGEST_SECRET} characters`;
  if (scheme === "" ? credentials !== "" : !SCHEME.test(scheme))
    return "authentication.scheme is no scheme of HTTP, such as Bearer";
  return undefined;
}

/** The same address again, as with a message that is sent again, is the same push notification. */
function idOf(url: string): string {
  return createHash("sha256").update(url).digest("hex").slice(0, 16);
}

function refused(words: string): RequestMalformedError {
  return new RequestMalformedError({ message: `push notification: ${words}` });
}
