import { isRandom } from "./secret-shapes.ts";

/**
 * When a value with this name is a credential. "password": always. "key": always where a program reads it (an API key, an access
 * token). "token": where it looks like one. "maybe": where it is random.
 */
export type CredentialName = "password" | "key" | "token" | "maybe";

/** The kind of credential that a name means, in any case and with any signs between its words; undefined for other names. */
function credentialName(name: string): CredentialName | undefined {
  const plain = withoutQualifiers(snakeCase(name));
  if (plain.length < 2) return undefined;
  if (PASSWORD.test(plain)) return "password";
  if (KEY.test(plain)) return "key";
  if (TOKEN.test(plain)) return "token";
  return MAYBE.test(plain) ? "maybe" : undefined;
}

/** Suffixes that do not change the meaning of a name: `DB_PASSWORD_2`, `API_KEY_PROD`, `passwordValue`, `SECRET_KEY_BASE`. */
const QUALIFIER =
  /^(?:\d{1,3}|prod|production|staging|stage|dev|test|old|new|current|previous|primary|secondary|value|base|text|plain|plaintext|raw|b64|base64|default)$/;

function withoutQualifiers(name: string): string {
  const words = name.split("_");
  let last = words.length;
  while (last > 1 && QUALIFIER.test(words[last - 1] ?? "")) last -= 1;
  return words.slice(0, last).join("_");
}

const PASSWORD =
  /(?:password|passwd|passphrase|passcode|requirepass|masterauth)$|(?:^|_)(?:db|pg|smtp|imap|mail|mysql|redis|mongo|ldap|user|admin|root|sudo|ssh)?(?:pass|pwd)$|(?:^|_)(?:client|app|shared|consumer|webhook|jwt|hmac|oauth|session)?_?secrets?$/;
const KEY =
  /(?:^|_)(?:api|app|access|secret|private|account|master|admin|shared|shared_access|secret_access|storage|subscription|functions|signing|encryption|auth|service|seed|host|ssh|gpg)_?key$|apikey$|(?:^|_)(?:auth|access|refresh|session|security|bearer|api|bot|sas|personal_access|deploy|webhook|csrf|vault|github|gitlab|npm|slack|hf|identity)_?token$|(?:^|_)shared_?access_?signature$/;
const TOKEN = /token$|(?:^|_)(?:jwt|authorization|pat|otp)$/;
const MAYBE = /(?:^|_)(?:key|auth|credentials?|dsn|connection_?string|sas|sig|signature|code)$/;

/**
 * Whether a literal value with this name is a credential. `strict`: a program reads the value by this name (a variable, a
 * component's metadata, an argument, a connection string); then every value is one, except for a reference, a switch or a
 * placeholder.
 */
export function isCredential(name: string, value: string, strict: boolean): boolean {
  const kind = credentialName(name);
  const text = value.trim();
  if (kind === undefined || text === "" || isReference(text) || SWITCH.test(text)) return false;
  switch (kind) {
    case "password":
      return !(/^\d{1,4}$/.test(text) && (!strict || COUNTED.test(snakeCase(name))));
    case "key":
      return strict ? !PLACEHOLDER.test(text) : isRandom(text);
    case "token":
      return strict ? !PLACEHOLDER.test(text) && looksMade(text) : isRandom(text);
    case "maybe":
      return isRandom(text);
    default:
      return kind satisfies never;
  }
}

/** Whether a text has letters and digits in one word of at least six characters, as passwords and tokens have. */
export function looksMade(text: string): boolean {
  return text.length >= 6 && !/\s/.test(text) && /\d/.test(text) && /[A-Za-z]/.test(text);
}

/** Whether a text only refers to a value that is kept elsewhere: a variable, a path, a reference to a vault, a placeholder. */
export function isReference(text: string): boolean {
  return text.length <= 512 && (VARIABLE.test(text) || PATH.test(text) || VAULT.test(text));
}

const VARIABLE =
  /^(?:\$\([\w.-]+\)|\$?\$\{[^}]+\}|\$[A-Z_][A-Z0-9_]*|%[A-Z_][A-Z0-9_]*%|%\(\w+\)s|<[^>]+>|\{\{.*\}\}|\{[A-Za-z_]+\}|\[[A-Za-z _-]+\]|[*•.…]+|[xX]{3,})$/;
const PATH = /^(?:(?:\/[\w.-]+){2,}\/?|\.{1,2}\/[\w./-]+|file:\/\/\/?[\w./-]+|[A-Za-z]:\\[\w.\\-]+)$/;
const VAULT =
  /^(?:(?:vault|ref\+[a-z]+|awssm|gcpsm|azurekv|op|doppler|secret|secretref|keyref|sm|ssm)(?::\/\/|:)[\w.-]+(?:[/#:@][\w.-]+)+|arn:aws[a-z-]*:(?:secretsmanager|ssm):[\w:/.+=@-]+|env:[A-Z_][A-Z0-9_]*)$/;
const SWITCH = /^(?:true|false|yes|no|on|off|none|null|nil|undefined|enabled|disabled|required|optional|auto)$/i;
/** Numbers that are about passwords: `MIN_PASSWORD`, `MAX_TOKEN`. */
const COUNTED = /(?:^|_)(?:min|max|len|length|require|requires|required|reset|ttl|age|days|count|number)_/;
const PLACEHOLDER =
  /^(?:dummy|unused|empty|placeholder|example|sample|ollama|local|localhost|not[-_ ]?(?:needed|used|required|set)|no[-_ ]?(?:key|token|auth)|sk-no-key-required|n\/a|na|todo|tbd|redacted|masked|your[-_ ].*|my[-_ ]?(?:api|access|secret)?[-_ ]?(?:key|token)|string|str|text|value)$/i;

/** `apiKey`, `API-Key`, `APIKey` and `api.key` as `api_key`; only the end of a long name is used. */
function snakeCase(name: string): string {
  return name
    .slice(-128)
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_|_$/g, "")
    .toLowerCase();
}
