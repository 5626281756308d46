import type { TextRange } from "../domain/secrets/secret-shapes.ts";
import { withoutTrailing } from "../domain/values/trim.ts";
import { isHarmless, type Naming } from "./harmless-value.ts";
import { MASK } from "./mask.ts";
import { endOfWrapped } from "./text/wrapped-value.ts";
import { endOfValue, readValue, type WrittenValue } from "./text/written-value.ts";

/** Names of secrets. What follows the name, such as `_PROD`, is matched separately. */
const NAME =
  "(?:proxy-)?authorization|(?:set-)?cookie|(?:api|app|access|account|private|secret|signing|encryption|master|session|storage|service|license|webhook)[ _-]?key|signature|session[_-]?id|passw(?:or[dt]|d)|passphrase|passcode|pass|kennwort|contrase(?:ñ|n)a|mot[ _]de[ _]passe|senha|пароль|密码|密碼|パスワード|pwd|secret|token|credentials?|cred|dsn|auth|sas|otp|conn(?:ection)?[_-]?string|jwt|bearer|key";

const SPACE = "[^\\S\\n]{0,40}";
const QUOTE = "\\\\{0,7}[\"'`]";
/** What may be between a name and its value. */
const SIGNS = [
  // name=x, "name": x, name => x, obj["name"] = x, and YAML's blocks
  `(?<strong>(?:${QUOTE})?${SPACE}\\]?${SPACE}(?:=>|:=|==?|:)${SPACE}(?:[|>][-+]?[^\\S\\n]{0,4}\\n[ \\t]{1,40})?)`,
  // name: NAME, value: x
  `(?<item>(?:${QUOTE})?[,;]?\\s{0,40}(?:${QUOTE})?value(?:${QUOTE})?${SPACE}[:=]${SPACE})`,
  // ("name", "x")
  `(?<pair>${QUOTE},${SPACE}(?=[bru]?${QUOTE}))`,
  // <name>x</name>
  "(?<tag>(?:\\s[^<>\\n]{0,80})?>)",
  // name provided: x
  `(?<said>[ \\t](?:provided|given|received|used)${SPACE}:${SPACE})`,
  // name x, name is x, --name x
  `(?<weak>${SPACE}[ \\t](?:(?:is|was|provided|given|received|used|value|of)[ \\t]{1,4}){0,2})`,
];
const HEAD = new RegExp(
  `(?<name>${NAME})(?<rest>[A-Za-z0-9_.-]{0,40})(?:${SIGNS.join("|")})(?:[bBrRuUfF](?=["']))?`,
  "gi",
);
/** A cheap test that every name passes. */
const HINT =
  /pass|kennw|contrase|senha|пароль|密|パス|pwd|secret|token|cred|dsn|auth|sas|otp|conn|jwt|bearer|key|cookie|sign|session/i;
/** Words before what an `Authorization` header holds. */
const SCHEME = /^(?:bearer|basic|token|digest|apikey|negotiate|bot|key|aws4-hmac-sha256|hawk|splunk)$/i;

/**
 * Finds values whose name says that they are secret: `name=value`, `"name": "value"`, `--name value`, headers, tags, lists of
 * names and values, at any depth of escaping, also where they continue on the next lines. Numbers, common words of configuration
 * and references are not secrets. Takes time in proportion to the text.
 */
export function findNamedSecrets(text: string): readonly TextRange[] {
  if (!HINT.test(text)) return [];
  const found: TextRange[] = [];
  HEAD.lastIndex = 0;
  for (let head = HEAD.exec(text); head !== null; head = HEAD.exec(text)) {
    const value = secretAfter(text, head);
    if (value === undefined) {
      HEAD.lastIndex = head.index + (head.groups?.name?.length ?? 1);
      continue;
    }
    found.push(value);
    HEAD.lastIndex = value.end;
  }
  return found;
}

/** The secret that follows a name; undefined where what follows is not a secret. */
function secretAfter(text: string, head: RegExpExecArray): TextRange | undefined {
  const naming = namingOf(text, head);
  if (naming === undefined) return undefined;
  const first = readValue(text, head.index + head[0].length);
  if (first === undefined) return undefined;
  const isList = /authorization|cookie/i.test(naming.name);
  const value = isList ? afterScheme(text, first) : first;
  // A backslash at the end of a line is not part of the value.
  const written = withoutTrailing(text.slice(value.start, value.end), "\\");
  if (!/[\p{L}\p{N}]/u.test(written.slice(0, 6)) || written === MASK || written === MASK.slice(0, -1)) return undefined;
  const isPlain = isHarmless(written, naming);
  // A quoted value that only looks plain may continue on the next line.
  if (isPlain && (value.opening === "" || !/^\\{0,2}\r?\n/.test(text.slice(value.end, value.end + 4))))
    return undefined;
  const end = endOfValue(text, value);
  const wrapped = endOfWrapped(text, value, end);
  if (isPlain && isHarmless(text.slice(value.start, wrapped).replace(/\\{0,2}\r?\n[ \t]*/g, ""), naming))
    return undefined;
  return { start: value.start, end: isList && value.opening === "" ? endOfList(text, end) : wrapped };
}

function namingOf(text: string, head: RegExpExecArray): Naming | undefined {
  const { name = "", rest = "", tag, weak } = head.groups ?? {};
  const before = text.slice(Math.max(0, head.index - 42), head.index);
  if (tag !== undefined && !/<[\w:.-]*$/.test(before)) return undefined;
  if (NEEDS_START.test(name) && !startsWord(before, name)) return undefined;
  const isFlag = /(?:^|[\s"'`])--?[A-Za-z0-9_-]*$/.test(before);
  return { name, rest, isLoose: weak !== undefined && !isFlag };
}

/** Short names that are part of many other words. */
const NEEDS_START = /^(?:auth|sas|otp|pass|cred|pwd|dsn|jwt|bearer|signature)$/i;

function startsWord(before: string, name: string): boolean {
  if (!/[A-Za-z]$/.test(before) || /\\[nrt]$/.test(before)) return true;
  return /[a-z]$/.test(before) && /^[A-Z]/.test(name);
}

/** The value behind the scheme of a header, such as `Bearer`. */
function afterScheme(text: string, value: WrittenValue): WrittenValue {
  if (value.opening !== "" || !SCHEME.test(text.slice(value.start, value.end))) return value;
  const spaces = /^[ \t]{1,8}/.exec(text.slice(value.end, value.end + 8))?.[0].length ?? 0;
  return (spaces === 0 ? undefined : readValue(text, value.end + spaces)) ?? value;
}

const NEXT_PART = /[,;][ \t]{0,4}[\w.-]{1,80}=/y;

/** The end of a list such as `a=1; b=2` or `a="1", b="2"`. */
function endOfList(text: string, from: number): number {
  let end = from;
  for (;;) {
    NEXT_PART.lastIndex = text[end] === '"' ? end + 1 : end;
    const value = NEXT_PART.test(text) ? readValue(text, NEXT_PART.lastIndex) : undefined;
    if (value === undefined) return end;
    end = endOfValue(text, value);
  }
}
