import { stripVTControlCharacters } from "node:util";
import { redact } from "./redact.ts";

/** Characters of a message that are told. */
const LONGEST = 200;

/** Where a program listens: a URL, `host:port`, or an address of IPv4 or IPv6. */
const ADDRESS =
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>]{1,2000}|(?<![\w.:])(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?|\[?(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}\]?(?::\d{1,5})?(?![\w:])|(?<![\w.])(?=[\w.-]{0,600}[a-z.])[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}:\d{3,5}(?![\w:])/gi;

/**
 * What another program says, fit to be told: on one line, without characters that cannot be seen, without secrets and
 * without addresses, and short.
 */
export async function safeWords(text: string): Promise<string> {
  const line = stripVTControlCharacters(text.slice(0, 65_536))
    .toWellFormed()
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/\p{Cf}/gu, "");
  const clean = (await redact(line))
    .slice(0, 10 * LONGEST)
    .replace(ADDRESS, "[address]")
    .trim();
  return clean.slice(0, LONGEST).replace(/[\ud800-\udbff]$/, "");
}
