import { lintSource } from "@secretlint/core";
import { creator } from "@secretlint/secretlint-rule-preset-recommend";
import type { Json } from "../domain/scalars.ts";
import { isNamedSecret, withoutShapes } from "../domain/secret-shapes.ts";

/** What stands in a secret's place. */
export const MASK = "[redacted]";

const CONFIG = { rules: [{ id: "@secretlint/secretlint-rule-preset-recommend", rule: creator }] };

/** A private key whole, also one whose line ends are written `\n`, and one that is cut off. */
const PRIVATE_KEY =
  /-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,16384}?(?:-----END (?:[A-Z]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----|$)/g;
/** `Authorization: Bearer …`, `Cookie: …` and the like, in headers, JSON and shell. */
const HEADER =
  /((?:proxy-)?authorization|(?:set-)?cookie|x-api-key|api-key|x-auth-token|x-vault-token|private-token)(["']?\s*[:=]\s*["']?)(?:(?:bearer|basic|token|digest)\s+)?[^\s"'\\,;}\]]+(?:;\s*[^\s"'\\,;}\]]+)*/gi;
const SCHEME = /\b(bearer|basic)(\s+)[A-Za-z0-9._~+/=-]{8,}/gi;
/** `name=value`, `"name": "value"`, `name: value`, `--name value`; the name says what it is. */
const ASSIGNMENT =
  /(?<![A-Za-z0-9])((?:[A-Za-z0-9]+[_.-]){0,6}[A-Za-z0-9]*(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|client[_-]?secret|credentials?|dsn|auth)(?:[_.-][A-Za-z0-9]+){0,2})(\\?["']?\s*(?:=>|[:=])\s*\\?["']?|\s+(?=\S{8}))((?:[^\s"'\\,;&}\])<>]|\\(?!["']))+)/gi;
const USERINFO = /\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@"'<>]{1,512}@/gi;
const QUERY = /([?&;](?:[a-z0-9_.-]*(?:token|key|sig|signature|secret|password|auth|code)[a-z0-9_.-]*)=)[^\s&#"'<>]+/gi;
const EMAIL = /\b[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}\b/g;

/** Characters looked at in one piece: what is larger is cut at line ends. */
const PIECE = 65_536;

/**
 * The text with everything that looks like a secret replaced by `[redacted]`: what secretlint's recommended rules know,
 * what our own shapes know, values under names that say what they are, credentials in URLs and headers, private keys and
 * e-mail addresses. Run before anything leaves the process or enters a pull request. Linear in the text.
 */
export async function redact(text: string): Promise<string> {
  if (text.length < 6) return text;
  const known = text.replace(PRIVATE_KEY, MASK);
  const pieces = piecesOf(known);
  return (await Promise.all(pieces.map(redactPiece))).join("");
}

/** The value with every text in it redacted, and whatever stands under a name that says it is secret. */
export async function redactJson(value: Json): Promise<Json> {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return Promise.all(value.map(redactJson));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(async ([key, part]) => {
    const isSecret = typeof part === "string" && isNamedSecret(key, part);
    return [await redact(key), isSecret ? MASK : await redactJson(part)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function redactPiece(text: string): Promise<string> {
  const ours = withoutShapes(text, MASK)
    .replace(HEADER, (_, name: string, sign: string) => `${name}${sign}${MASK}`)
    .replace(SCHEME, (_, scheme: string, space: string) => `${scheme}${space}${MASK}`)
    .replace(USERINFO, (_, scheme: string) => `${scheme}${MASK}@`)
    .replace(QUERY, (_, name: string) => `${name}${MASK}`)
    .replace(ASSIGNMENT, (whole, name: string, sign: string, value: string) =>
      isHarmless(value, sign) ? whole : `${name}${sign}${MASK}`,
    )
    .replace(EMAIL, MASK);
  return secretlinted(ours);
}

/** A number, a word of configuration, or a reference: no secret, and its loss would hide what happened. */
function isHarmless(value: string, sign: string): boolean {
  if (value.startsWith(MASK.slice(0, -1))) return true;
  if (/^\s+$/.test(sign) && !(/\d/.test(value) && /[A-Za-z]/.test(value) && value.length >= 12)) return true;
  return /^(?:-?\d{1,6}(?:\.\d+)?(?:ms|s|m|h|%)?|true|false|null|none|nil|undefined|required|missing|invalid|expired|is|not|was|has|and|for|from|with|in|of|to|ok|\*+|\$\{?\w+\}?|\{\{.*)$/i.test(
    value.replace(/[.!?:]+$/, ""),
  );
}

async function secretlinted(text: string): Promise<string> {
  const { messages } = await lintSource({
    source: { filePath: "log.txt", content: text, contentType: "text" },
    options: { config: CONFIG, noPhysicFilePath: true },
  });
  let clean = text;
  const ranges = messages.map((message) => message.range).sort(([a], [b]) => b - a);
  for (const [start, end] of ranges) clean = `${clean.slice(0, start)}${MASK}${clean.slice(end)}`;
  return clean;
}

function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  let start = 0;
  while (text.length - start > PIECE) {
    const line = text.lastIndexOf("\n", start + PIECE);
    const end = line > start ? line + 1 : start + PIECE;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return [...pieces, text.slice(start)];
}
