import { stripVTControlCharacters } from "node:util";
import { redact, redactAll } from "./redact.ts";

/** Most characters of a message. */
const LONGEST = 200;

/** An address of a program: a URL, `host:port`, or an IPv4 or IPv6 address. */
const ADDRESS =
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>]{1,2000}|(?<![\w.:])(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?|\[?(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}\]?(?::\d{1,5})?(?![\w:])|(?<![\w.])(?=[\w.-]{0,600}[a-z.])[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}:\d{3,5}(?![\w:])/gi;

/** A message of another program that may be shown: short, on one line, without invisible characters, secrets or addresses. */
export async function safeWords(text: string): Promise<string> {
  return shorten(await redact(oneLine(text.slice(0, 65_536))));
}

/** As `safeWords`, for many texts with one search for secrets. */
export async function safeWordsOfAll(texts: readonly string[]): Promise<readonly string[]> {
  return (await redactAll(texts.map(oneLine))).map(shorten);
}

function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .toWellFormed()
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/\p{Cf}/gu, "");
}

function shorten(redacted: string): string {
  const clean = redacted
    .slice(0, 10 * LONGEST)
    .replace(ADDRESS, "[address]")
    .trim();
  return clean.slice(0, LONGEST).replace(/[\ud800-\udbff]$/, "");
}
