/**
 * The known kinds of secrets: what one is called, a part that every such secret holds (quick to search), and its shape. Every
 * pattern takes time in proportion to the text: no repetition is inside another one, and an unbounded repetition is last, or
 * cannot start again within its own run.
 */
export const SHAPES: ReadonlyArray<readonly [what: string, part: RegExp, shape: RegExp]> = [
  ["a private key", /PRIVATE KEY/, /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/],
  ["an age secret key", /AGE-S/, /AGE-SECRET-KEY-1[0-9A-Z]{58}/],
  ["an Anthropic key", /sk-/, /sk-ant-[A-Za-z0-9_-]{20,}/],
  ["an OpenAI key", /sk-/, /sk-(?:proj-|svcacct-|admin-|or-v1-)?[A-Za-z0-9_-]{20,}/],
  ["a Google API key", /AIza/, /AIza[0-9A-Za-z_-]{35}/],
  ["a Google OAuth secret", /GOCSPX/, /GOCSPX-[0-9A-Za-z_-]{28}/],
  ["a Google access token", /ya29\./, /ya29\.[0-9A-Za-z_-]{20,}/],
  ["a Google refresh token", /1\/\/0/, /1\/\/0[0-9A-Za-z_-]{30,}/],
  ["a Hugging Face token", /hf_/, /hf_[A-Za-z0-9]{30,}/],
  ["a Groq key", /gsk_/, /gsk_[A-Za-z0-9]{40,}/],
  ["a Replicate token", /r8_/, /r8_[A-Za-z0-9]{37}/],
  ["an xAI key", /xai-/, /xai-[A-Za-z0-9]{60,}/],
  ["a Perplexity key", /pplx-/, /pplx-[A-Za-z0-9]{40,}/],
  ["a Tavily key", /tvly-/, /tvly-[A-Za-z0-9-]{20,}/],
  ["a Pinecone key", /pcsk_/, /pcsk_[A-Za-z0-9_]{40,}/],
  ["a LangSmith key", /lsv2_/, /lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}/],
  ["an NVIDIA key", /nvapi-/, /nvapi-[A-Za-z0-9_-]{40,}/],
  ["an AWS access key", /A[KSBC][IC]A/, /(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}/],
  ["an Azure storage key", /AccountKey=/, /AccountKey=[A-Za-z0-9+/]{80,}={0,2}/],
  ["an Azure shared access signature", /sig=/, /[?&;]sig=[A-Za-z0-9%+/]{40,}/],
  ["an Azure client secret", /Q~/, /[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}/],
  // An installation's new tokens are `ghs_<id of the App>_<JSON web token>`.
  [
    "a GitHub token",
    /gh[pousr]_|github_pat/,
    /(?:gh[pousr]_(?:[A-Za-z0-9]{30,}|\d{1,20}_[A-Za-z0-9_-]{10,}|[A-Za-z0-9_-]{1,64}eyJ[A-Za-z0-9_-]{10,})(?:\.[A-Za-z0-9_-]{1,8192}){0,4}|github_pat_[A-Za-z0-9_]{22,})/,
  ],
  ["a GitLab token", /gl[a-z]{2,5}-/, /gl(?:pat|dt|ptt|rt|cbt|ft|soat|oas|imt|agent|ffct)-[A-Za-z0-9_-]{20,}/],
  ["a Slack token", /xox|xapp/, /x(?:ox[abeoprs]|app)-[A-Za-z0-9-]{10,}/],
  ["a Slack webhook", /hooks\.sl/, /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9/]{20,}/],
  ["a Discord webhook", /discord/, /discord(?:app)?\.com\/api\/webhooks\/\d{10,}\/[A-Za-z0-9_-]{30,}/],
  ["a Discord token", /\.[A-Za-z0-9_-]{6}\./, /[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}/],
  ["a Teams webhook", /webhook\.office/, /webhook\.office\.com\/webhookb2\/[A-Za-z0-9@/-]{20,}/],
  ["a Telegram bot token", /:AA/, /\d{8,10}:AA[A-Za-z0-9_-]{33}/],
  ["a Stripe key", /[sr]k_/, /(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}/],
  ["a webhook's signing secret", /whsec_/, /whsec_[A-Za-z0-9+/]{20,}={0,2}/],
  ["a SendGrid key", /SG\./, /SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/],
  ["a Twilio key", /SK[0-9a-f]/, /SK[0-9a-f]{32}/],
  ["a Mailgun key", /key-[0-9a-f]/, /key-[0-9a-f]{32}/],
  ["a Mailchimp key", /-us\d/, /[0-9a-f]{32}-us\d{1,2}/],
  ["a Brevo key", /xkeysib-/, /xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}/],
  ["an npm token", /npm_/, /npm_[A-Za-z0-9]{36}/],
  ["a PyPI token", /pypi-/, /pypi-AgEI[A-Za-z0-9_-]{50,}/],
  ["a RubyGems key", /rubygems_/, /rubygems_[0-9a-f]{48}/],
  ["a Docker token", /dckr_/, /dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}/],
  ["a DigitalOcean token", /do[opr]_/, /do[opr]_v1_[0-9a-f]{64}/],
  ["a Databricks token", /dapi/, /dapi[0-9a-f]{32}(?:-\d)?/],
  ["a HashiCorp Vault token", /hv[sb]\./, /hv[sb]\.[A-Za-z0-9_-]{24,}/],
  ["a Terraform token", /\.atlasv1\./, /[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}/],
  ["a Pulumi token", /pul-/, /pul-[0-9a-f]{40}/],
  ["a Doppler token", /dp\./, /dp\.(?:pt|st|ct|sa)\.[A-Za-z0-9._-]{40,}/],
  ["a Grafana token", /glsa|glc_/, /gl(?:sa_[A-Za-z0-9]{32}_[0-9a-f]{8}|c_[A-Za-z0-9+/]{32,}={0,2})/],
  ["a Postman key", /PMAK/, /PMAK-[0-9a-f]{24}-[0-9a-f]{34}/],
  ["a Linear key", /lin_/, /lin_(?:api|oauth)_[A-Za-z0-9]{32,}/],
  ["a Notion token", /ntn_|secret_/, /(?:ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43})/],
  ["a Figma token", /figd_/, /figd_[A-Za-z0-9_-]{20,}/],
  ["an Airtable token", /pat[A-Za-z0-9]{14}\./, /pat[A-Za-z0-9]{14}\.[0-9a-f]{64}/],
  ["an Atlassian token", /ATATT3/, /ATATT3[A-Za-z0-9_=-]{60,}/],
  ["a Shopify token", /shp/, /shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}/],
  ["a Square token", /sq0/, /sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,}/],
  ["a New Relic key", /NRAK-/, /NRAK-[A-Z0-9]{27}/],
  ["a Sentry token", /sntry/, /sntry[su]_[A-Za-z0-9+/=_-]{40,}/],
  ["a Heroku key", /HRKU-/, /HRKU-[A-Za-z0-9_-]{36,}/],
  ["a Fly.io token", /fm[12]_/, /fm[12]_[A-Za-z0-9+/_-]{40,}={0,2}/],
  ["a Supabase token", /sbp_/, /sbp_[0-9a-f]{40}/],
  ["a PlanetScale token", /pscale_/, /pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{30,}/],
  ["a Dynatrace token", /dt0/, /dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}/],
  ["a 1Password token", /ops_ey/, /ops_eyJ[A-Za-z0-9_-]{50,}/],
  ["a CircleCI token", /CCIPAT_/, /CCIPAT_[A-Za-z0-9]{20,}_[0-9a-f]{40}/],
  ["a Tailscale key", /tskey-/, /tskey-(?:auth|api|client|scim)-[A-Za-z0-9-]{20,}/],
  ["an Artifactory key", /AKCp/, /AKCp[A-Za-z0-9]{60,}/],
  ["a password's hash", /\$[26]/, /\$(?:2[aby]\$\d\d\$[./A-Za-z0-9]{53}|6\$[./A-Za-z0-9=]{1,32}\$[./A-Za-z0-9]{86})/],
  ["a JSON web token", /eyJ/, /eyJ[A-Za-z0-9_-]{16,512}\.eyJ[A-Za-z0-9_-]{16,4096}\.[A-Za-z0-9_-]{16,}/],
  ["a bearer token", /Bearer/, /Bearer [A-Za-z0-9._~+/=-]{20,}/],
  [
    "a URL with a password in it",
    /:\/\/[^\s/]{0,512}@/,
    /[A-Za-z][A-Za-z0-9+.-]{1,20}:\/\/[^\s/:@?#]{0,128}:[^\s/@?#$<{]{1,256}@[^\s]/,
  ],
];

/**
 * A shape starts at the start of a word, or with a sign. An escape before it, such as `\n`, `%20` or the end of a terminal colour,
 * is not part of the word.
 */
const START = String.raw`(?:(?<![A-Za-z0-9])|(?![A-Za-z0-9])|(?<=\\[abfnrtv0]|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2}|\[[0-9;]{1,8}m))`;

/** A quick test that every text with a secret passes, and most other texts do not. */
const HINT = new RegExp([...new Set(SHAPES.map(([, part]) => part.source))].join("|"));
const BEGUN = SHAPES.map(([what, , shape]) => [what, new RegExp(`${START}${shape.source}`)] as const);
const ANY = new RegExp(`${START}(?:${SHAPES.map(([, , shape]) => shape.source).join("|")})`, "g");

/** Whether a text may hold a secret of a known shape: a quick test for whole files. */
export function mayHoldSecret(text: string): boolean {
  return HINT.test(text);
}

/** What kind of secret a text holds, such as "a GitHub token"; undefined where it holds none of a known shape. */
export function secretIn(text: string): string | undefined {
  if (!HINT.test(text)) return undefined;
  return BEGUN.find(([, shape]) => shape.test(text))?.[0];
}

/** A part of a text: the offsets of its first character and of the one after its last. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** No shape is shorter: `ab://:p@h`. */
const SHORTEST = 9;

/** Every part of a text that has the shape of a secret, in order; none spans two lines. Linear in the text. */
export function shapesIn(text: string): readonly TextRange[] {
  if (!HINT.test(text)) return [];
  const found: TextRange[] = [];
  for (const { 0: line, index } of text.matchAll(/[^\n]+/g)) {
    if (line.length < SHORTEST || !HINT.test(line)) continue;
    for (const { 0: shape, index: at } of line.matchAll(ANY))
      found.push({ start: index + at, end: index + at + shape.length });
  }
  return found;
}

/** Names (in snake case) whose value, written out, is a secret whatever it looks like. */
const PASSWORD_NAME = /(?:^|_)(?:password|passwd|passphrase|pwd|secret)$/;
/** Names whose value is a secret where it looks random. */
const KEY_NAME = /(?:^|_)(?:key|apikey|token|auth|credentials?|dsn|connection_?string|sas)$/;

/** A quick test that every such name passes. */
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
export function isRandom(value: string): boolean {
  if (value.length < 16 || value.length > 4096 || /\s/.test(value) || !/\d/.test(value) || !/[A-Za-z]/.test(value))
    return false;
  return bitsOf(value) >= 3;
}

/** The variety of a text: Shannon's entropy, in bits a character. */
function bitsOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
