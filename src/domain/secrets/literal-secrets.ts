import { withoutTrailing } from "../values/trim.ts";
import { isCredential, isReference, looksMade } from "./credential-names.ts";
import { isRandom, secretIn } from "./secret-shapes.ts";

/** Who reads a text: a program (connection strings, arguments, headers), or a person or a model. */
export type Reader = "program" | "people";

/** Longest text that is searched for credentials in connection strings and headers. */
const LONGEST = 300_000;

/**
 * The kind of credential that a text holds, such as "a GitHub token" or "a password"; undefined where it holds none. It finds the
 * shapes of known secrets, `password=…` and `AccountKey=…` in any connection string, query or JSON, a user and password before
 * an `@`, and the values of authorization headers; also percent-encoded ones. Takes time in proportion to the text.
 */
export function literalSecret(text: string, reader: Reader): string | undefined {
  const cut = text.slice(0, LONGEST);
  return findInPlain(cut, reader) ?? (cut.includes("%") ? findInPlain(percentDecoded(cut), reader) : undefined);
}

function findInPlain(text: string, reader: Reader): string | undefined {
  const shape = secretIn(text);
  if (shape !== undefined) return shape;
  const plain = text.includes('\\"') ? text.replaceAll('\\"', '"') : text;
  if (plain.includes("@") && hasPasswordBeforeAt(plain, reader)) return "a user's password before '@'";
  return assignment(plain, reader) ?? authorization(plain) ?? (reader === "people" ? findInSentence(plain) : undefined);
}

/** `%3D` as `=`; everything that is not percent-encoding stays as it is. */
function percentDecoded(text: string): string {
  return text.replace(/%([2-7][0-9A-Fa-f])/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** `name=value` and `name: value`, quoted or not, wherever a name may begin. */
const ASSIGNMENT =
  /(?<![A-Za-z0-9_.:/@$-])(["']?)((?:--?)?[A-Za-z][A-Za-z0-9_.-]{1,63}(?: [A-Za-z][a-z]{2,10}){0,2})\1(\s{0,4}[=:]>?\s{0,4})(?!\/\/)(?:"([^"]{0,512})"|'([^']{0,512})'|\{([^}\s]{1,512})\}|(\$\([^)]{1,128}\)|\$\{[^}]{1,128}\}|<[^>]{1,64}>|[^\s;,&"'`<>()]{1,512}))/g;

function assignment(text: string, reader: Reader): string | undefined {
  if (!/[=:]/.test(text)) return undefined;
  for (const [, , name = "", sign = "", double, single, braced, bare = ""] of text.matchAll(ASSIGNMENT)) {
    const value = double ?? single ?? braced ?? (bare.startsWith("$") ? bare : withoutTrailing(bare, ".!?)]}"));
    const words = name.replace(/^-+/, "").split(" ");
    const label = words.length > 1 && /=/.test(sign) ? [words.at(-1) ?? "", words.join("_")] : [words.join("_")];
    const isLiteral = label.some((each) => isCredential(each, value, true));
    if (!isLiteral || (reader === "people" && !isMadeUp(value, sign))) continue;
    return `a password or key written out, under ${words.at(-1)}`;
  }
  return undefined;
}

/**
 * Whether a password in a text for people is a real one. `password: required` is prose; in `password=x`, a common
 * word is an example.
 */
function isMadeUp(value: string, sign: string): boolean {
  if (sign === "=")
    return !/^(?:password|secret|token|key|value|string|text|it|the|a|an|your\w*|my\w*|foo|bar|abc|123|1234)$/i.test(
      value,
    );
  if (value.includes("://") || TERM.test(value)) return false;
  return looksMade(value) || (/[^\w\s]/.test(value) && value.length >= 8 && isMixed(value) && !/\s/.test(value));
}

/** A digit, or a capital letter with a small one somewhere behind it. */
function isMixed(value: string): boolean {
  const capital = value.search(/[A-Z]/);
  return /\d/.test(value) || (capital >= 0 && /[a-z]/.test(value.slice(capital)));
}

const WITH_SCHEME = /[A-Za-z][A-Za-z0-9+.-]{1,31}:\/\/([^\s/:@?#]{0,128})(?::([^\s"'`<>]{1,512}))?@(?=[A-Za-z0-9[$(])/g;
const WITHOUT_SCHEME =
  /(?<![A-Za-z0-9_.+%@:/-])([A-Za-z0-9_.+%-]{1,64}):([^\s@"'`:/][^\s@"'`]{0,255})@(?!sha\d{3}:|latest\b|v?\d+(?:\.\d+)*(?:[\s"',;]|$))(?=\[?[A-Za-z0-9])/g;
const ORACLE = /\bthin:[^\s/@]{1,64}\/([^\s@"']{1,256})@/gi;
const NO_USER = /^(?:mailto|sip|sips|acct|npm|pkg|git|image|docker|file|xmpp|urn|https?)$/i;

/** `scheme://user:password@host`, whatever the password is made of, and the same without a scheme. */
function hasPasswordBeforeAt(text: string, reader: Reader): boolean {
  for (const [, user = "", password] of text.matchAll(WITH_SCHEME)) {
    if (password === undefined ? isRandom(user) : isPassword(password)) return true;
  }
  if (reader === "people") return false;
  for (const [, user = "", password = ""] of text.matchAll(WITHOUT_SCHEME))
    if (!NO_USER.test(user) && isPassword(password)) return true;
  return [...text.matchAll(ORACLE)].some(([, password = ""]) => isPassword(password));
}

/** Whether the text before an `@` is a password, and not a port and a path, as in `http://host:8080/a@b`. */
function isPassword(text: string): boolean {
  return !isReference(text) && !/^\d{1,5}(?:[/?#]|$)/.test(text);
}

const BASIC = /\bbasic\s{1,4}([A-Za-z0-9+/]{6,512}={0,2})/gi;
const BEARER = /\b(?:bearer|apikey|token)\s{1,4}["']?([A-Za-z0-9._~+/=-]{6,512})/gi;

/** The values of authorization headers: `Basic` before user and password in base64, `Bearer` before a token. */
function authorization(text: string): string | undefined {
  for (const [, encoded = ""] of text.matchAll(BASIC))
    if (isUserAndPassword(encoded)) return "a user's password after Basic";
  for (const [, token = ""] of text.matchAll(BEARER))
    if (token.length >= 16 ? isRandom(token) : looksMade(token) && /bearer/i.test(text)) return "a bearer token";
  return undefined;
}

function isUserAndPassword(encoded: string): boolean {
  const text = Buffer.from(encoded, "base64").toString("latin1");
  const colon = text.indexOf(":");
  return colon >= 0 && colon < text.length - 1 && /^[\x20-\x7e]*$/.test(text);
}

/** Words with a digit that describe secrets but are none. */
const TERM =
  /^(?:base|sha|md|utf|oauth|rs|hs|es|ps|ed|aes|rsa|x|v|bcrypt|argon|pbkdf|http|https|tls|ssl|iso|rfc|pkcs|ascii|hex)-?\d/i;

const SAID =
  /\b(?:password|passwd|passphrase|pass ?code|pin|secret|token|api key|access key|login)\s{1,4}(?:is|was|are)\s{1,4}["'`“]?([^\s"'`”]{4,128})/gi;

/** `the password is hunter2`. */
function findInSentence(text: string): string | undefined {
  for (const [, value = ""] of text.matchAll(SAID)) {
    const plain = withoutTrailing(value, ".,;:!?)");
    if (looksMade(plain) && !TERM.test(plain) && !isReference(plain)) return "a password in a sentence";
  }
  return undefined;
}
