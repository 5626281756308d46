import { createHash, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { type Principal, readPrincipal } from "../domain/request/principal.ts";

/** Most tokens, and characters of each: a list for small set-ups and tests. */
const MOST_TOKENS = 200;
const SHORTEST = 16;
const LONGEST = 512;

const Tokens = z.record(z.string(), z.string());

/** Finds whose a token is; undefined: nobody's. Every token is compared, in constant time. */
export type TokenOwner = (token: string) => Principal | undefined;

/**
 * Reads `API_TOKENS`: a JSON object of token → `person:<login>` or `agent:<tenant>/<name>@<environment>`. Empty, nobody has one. The
 * message of what is wrong names no token.
 */
export function readApiTokens(text: string): { readonly owner: TokenOwner } | { readonly wrong: string } {
  if (text.trim() === "") return { owner: () => undefined };
  const parsed = parsedTokens(text);
  if (parsed === undefined)
    return { wrong: 'write a JSON object such as {"<token>": "person:robin", "<token>": "agent:acme/triage@staging"}' };
  const entries = Object.entries(parsed);
  if (entries.length > MOST_TOKENS) return { wrong: `there are more than ${MOST_TOKENS} tokens` };
  const known: (readonly [Buffer, Principal])[] = [];
  for (const [index, [token, said]] of entries.entries()) {
    const principal = readPrincipal(said);
    if (principal === undefined)
      return {
        wrong: `entry ${index + 1} names nobody; write person:<login> or agent:<tenant>/<name>@<environment>`,
      };
    if (token.length < SHORTEST || token.length > LONGEST || /\s/.test(token))
      return { wrong: `the token of ${said} must have ${SHORTEST} to ${LONGEST} characters, and no white space` };
    known.push([digest(token), principal]);
  }
  return {
    owner: (token) => {
      const given = digest(token.slice(0, LONGEST + 1));
      let found: Principal | undefined;
      for (const [one, principal] of known) if (timingSafeEqual(one, given)) found = principal;
      return found;
    },
  };
}

function parsedTokens(text: string): Readonly<Record<string, string>> | undefined {
  try {
    return Tokens.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
