/**
 * What a secret of a known kind looks like. Every pattern takes time in proportion to the text: nothing repeated within a
 * repetition, and what repeats without end is last, bounded, or cannot start again within its own run.
 */
const SHAPES: ReadonlyArray<readonly [what: string, shape: RegExp]> = [
  ["a private key", /-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/],
  ["an age secret key", /\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b/],
  ["an Anthropic key", /\bsk-ant-[A-Za-z0-9_-]{20,}/],
  ["an OpenAI key", /\bsk-(?:proj-|svcacct-|admin-|or-v1-)?[A-Za-z0-9_-]{20,}/],
  ["a Google API key", /\bAIza[0-9A-Za-z_-]{35}/],
  ["a Google OAuth secret", /\bGOCSPX-[0-9A-Za-z_-]{28}/],
  ["a Hugging Face token", /\bhf_[A-Za-z0-9]{30,}/],
  ["a Groq key", /\bgsk_[A-Za-z0-9]{40,}/],
  ["a Replicate token", /\br8_[A-Za-z0-9]{37}/],
  ["an AWS access key", /\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b/],
  ["an Azure storage key", /AccountKey=[A-Za-z0-9+/]{80,}={0,2}/],
  ["an Azure shared access signature", /[?&;]sig=[A-Za-z0-9%+/]{40,}/],
  ["a GitHub token", /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})/],
  ["a GitLab token", /\bgl(?:pat|dt|ptt|rt|cbt|ft|soat)-[A-Za-z0-9_-]{20,}/],
  ["a Slack token", /\bx(?:ox[abeoprs]|app)-[A-Za-z0-9-]{10,}/],
  ["a Slack webhook", /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9/]{20,}/],
  ["a Discord webhook", /discord(?:app)?\.com\/api\/webhooks\/\d{10,}\/[A-Za-z0-9_-]{30,}/],
  ["a Telegram bot token", /\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b/],
  ["a Stripe key", /\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}/],
  ["a SendGrid key", /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/],
  ["a Twilio key", /\bSK[0-9a-f]{32}\b/],
  ["an npm token", /\bnpm_[A-Za-z0-9]{36}/],
  ["a PyPI token", /\bpypi-AgEI[A-Za-z0-9_-]{50,}/],
  ["a Docker token", /\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}/],
  ["a DigitalOcean token", /\bdo[op]_v1_[0-9a-f]{64}/],
  ["a Databricks token", /\bdapi[0-9a-f]{32}\b/],
  ["a HashiCorp Vault token", /\bhv[sb]\.[A-Za-z0-9_-]{24,}/],
  ["a Grafana token", /\bgl(?:sa_[A-Za-z0-9]{32}_|c_[A-Za-z0-9+/]{32})/],
  ["a Postman key", /\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}/],
  ["a JSON web token", /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/],
  ["a bearer token", /\bBearer [A-Za-z0-9._~+/-]{20,}/],
  ["a URL with a password in it", /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@?#]{0,128}:[^\s/@?#$<{]{1,256}@[^\s]/i],
];

/** The cheapest test that every shape passes: most text holds none of these. */
const HINT =
  /PRIVATE KEY|AGE-S|sk-|AIza|GOCSPX|hf_|gsk_|r8_|A[KSBC][IC]A|[Kk]ey=|sig=|gh[pousr]_|github_pat|gl[a-z]{2,4}[-_]|xox|xapp|hooks\.sl|discord|:AA|[sr]k_|SG\.|SK[0-9a-f]|npm_|pypi-|dckr_|do[op]_|dapi|hv[sb]\.|glsa|glc_|PMAK|eyJ|Bearer|:\/\/[^\s/]{0,256}@/;

/** Whether a text, or any part of it, may hold a secret of a known shape: quick to say no of a whole file. */
export function mayHoldSecret(text: string): boolean {
  return HINT.test(text);
}

/** What kind of secret a text holds, such as "a GitHub token"; undefined where it holds none of a known shape. */
export function secretIn(text: string): string | undefined {
  if (!HINT.test(text)) return undefined;
  return SHAPES.find(([, shape]) => shape.test(text))?.[0];
}

/** Names (in snake case) whose value, written out, is a secret whatever it looks like. */
const PASSWORD_NAME = /(?:^|_)(?:password|passwd|passphrase|pwd|secret)$/;
/** Names whose value is a secret where it looks random. */
const KEY_NAME = /(?:^|_)(?:key|apikey|token|auth|credentials?|dsn|connection_?string|sas)$/;

/** The cheapest test that every such name passes. */
const NAME_HINT = /pass|pwd|secret|key|token|auth|cred|dsn|string|sas/i;

/** Whether a value is most likely a secret, given the name it is written under (a variable, a flag, a metadata item). */
export function isNamedSecret(name: string, value: string): boolean {
  if (name.length < 3 || !NAME_HINT.test(name)) return false;
  const plain = name
    .slice(-128)
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[-.]/g, "_")
    .toLowerCase();
  if (value === "" || isReference(value)) return false;
  if (PASSWORD_NAME.test(plain)) return !/^(true|false|none|null|\d{1,4})$/i.test(value);
  return KEY_NAME.test(plain) && isRandom(value);
}

/** A path, a variable or a placeholder: text that stands for a secret kept elsewhere. */
function isReference(value: string): boolean {
  return /^(?:\/|\.\.?\/|\$[({A-Za-z]|<[^>]*>$|\{\{|\*+$|vault:|secret:|env:)/.test(value);
}

/** At least 16 characters of letters and digits, of the variety that generated text has (Shannon, 3 bits a character). */
function isRandom(value: string): boolean {
  if (value.length < 16 || value.length > 4096 || /\s/.test(value) || !/\d/.test(value) || !/[A-Za-z]/.test(value))
    return false;
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits >= 3;
}

/** The text with every part that has the shape of a secret replaced. Linear in the text. */
export function withoutShapes(text: string, mask: string): string {
  if (!HINT.test(text)) return text;
  let clean = text;
  for (const [, shape] of SHAPES) clean = clean.replace(new RegExp(shape.source, `${shape.flags}g`), mask);
  return clean;
}
