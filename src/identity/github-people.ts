import { createHash } from "node:crypto";
import * as z from "zod";
import { signalWithin } from "../deadline/deadline.ts";
import { readPrincipal } from "../domain/request/principal.ts";
import { type Caller, type IdentityRefusal, refuseCaller } from "./caller.ts";
import { scopesOfGitHub } from "./scopes.ts";

/** What GitHub's own tokens look like: nothing else is ever sent there. */
const GITHUB_TOKEN = /^(gh[opu]_[A-Za-z0-9]{30,250}|github_pat_[A-Za-z0-9_]{30,250})$/;
/** Milliseconds for which an answer is remembered, and how many. */
const REMEMBERED = 60_000;
const MOST_REMEMBERED = 1000;
const ANSWERS_WITHIN = 5000;

const User = z.object({ login: z.string(), type: z.string().optional() });

export interface GitHubPeople {
  /** Root of the REST API. */
  readonly api: string;
  readonly send: typeof fetch;
  readonly now: () => number;
}

/** Whether a text may be a token of GitHub. */
export function isGitHubToken(token: string): boolean {
  return GITHUB_TOKEN.test(token);
}

/** Asks GitHub whose a token is. An answer is remembered for a minute by the token's hash; the token itself is not kept. */
export function createGitHubPeople({
  api,
  send,
  now,
}: GitHubPeople): (token: string) => Promise<Caller | IdentityRefusal> {
  const known = new Map<string, { readonly at: number; readonly caller: Caller }>();
  return async (token) => {
    const key = createHash("sha256").update(token).digest("hex");
    const before = known.get(key);
    if (before !== undefined && now() - before.at < REMEMBERED) return before.caller;
    known.delete(key);
    const caller = await ask(`${api}/user`, token, send);
    if (caller.kind === "refused") return caller;
    const [oldest] = known.keys();
    if (known.size >= MOST_REMEMBERED && oldest !== undefined) known.delete(oldest);
    known.set(key, { at: now(), caller });
    return caller;
  };
}

async function ask(url: string, token: string, send: typeof fetch): Promise<Caller | IdentityRefusal> {
  const unavailable = refuseCaller("forge-unavailable", "GitHub does not answer now; try again", 503);
  const response = await send(url, {
    headers: { accept: "application/vnd.github+json", authorization: `Bearer ${token}`, "user-agent": "raos" },
    redirect: "error",
    signal: signalWithin(ANSWERS_WITHIN),
  }).catch(() => undefined);
  if (response?.status === 401 || response?.status === 403)
    return refuseCaller("unknown-token", "GitHub does not know this token");
  if (response?.status !== 200) return unavailable;
  const text = await response.text().catch(() => "");
  const login = loginIn(text.slice(0, 64 * 1024));
  const principal = login === undefined ? undefined : readPrincipal(`person:${login}`);
  const scopes = scopesOfGitHub(token, response.headers.get("x-oauth-scopes"));
  return principal === undefined ? unavailable : { kind: "principal", principal, trusted: false, scopes };
}

function loginIn(text: string): string | undefined {
  try {
    return User.safeParse(JSON.parse(text)).data?.login;
  } catch {
    return undefined;
  }
}
