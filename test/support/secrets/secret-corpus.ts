/** A secret, and whether it is known by its own shape, or only by the name of its field. */
export interface Secret {
  readonly sort: string;
  readonly value: string;
  readonly known: "by shape" | "by name";
}

/** Three of each sort. They are made when the tests run, so that no scanner takes this file for a leak. */
export function secrets(): readonly Secret[] {
  const dice = diceOf(20_260_504);
  const made = (known: Secret["known"], sorts: Sorts) =>
    Object.entries(sorts).flatMap(([sort, make]) =>
      Array.from({ length: 3 }, (): Secret => ({ sort, value: make(dice), known })),
    );
  return [...made("by shape", BY_SHAPE), ...made("by name", BY_NAME)];
}

type Dice = (alphabet: string, count: number) => string;
type Sorts = Readonly<Record<string, (dice: Dice) => string>>;

const DIGITS = "0123456789";
const HEX = `${DIGITS}abcdef`;
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const LETTERS = UPPER + LOWER;
const WORD = LETTERS + DIGITS;
const URL_SAFE = `${WORD}-_`;
const BASE64 = `${WORD}+/`;

const joined = (...parts: readonly string[]) => parts.join("");
const uuid = (dice: Dice) => [8, 4, 4, 4, 12].map((count) => dice(HEX, count)).join("-");
const json = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

const BY_SHAPE: Sorts = {
  "OpenAI, old": (dice) => joined("sk", "-", dice(WORD, 48)),
  "OpenAI project": (dice) => joined("sk", "-proj-", dice(URL_SAFE, 74), "T3Blbk", "FJ", dice(URL_SAFE, 74)),
  "OpenAI service account": (dice) => joined("sk", "-svcacct-", dice(URL_SAFE, 58)),
  Anthropic: (dice) => joined("sk", "-ant-api03-", dice(URL_SAFE, 93), "AA"),
  OpenRouter: (dice) => joined("sk", "-or-v1-", dice(HEX, 64)),
  Langfuse: (dice) => joined("sk", "-lf-", uuid(dice)),
  "Google API": (dice) => joined("AI", "za", dice(URL_SAFE, 35)),
  "Google OAuth client": (dice) => joined("GOC", "SPX-", dice(URL_SAFE, 28)),
  "Google access token": (dice) => joined("ya", "29.", dice(URL_SAFE, 60)),
  "Google refresh token": (dice) => joined("1/", "/0", dice(URL_SAFE, 40)),
  "Hugging Face": (dice) => joined("hf", "_", dice(LETTERS, 34)),
  Groq: (dice) => joined("gs", "k_", dice(WORD, 52)),
  Replicate: (dice) => joined("r8", "_", dice(WORD, 37)),
  xAI: (dice) => joined("xa", "i-", dice(WORD, 80)),
  Perplexity: (dice) => joined("pp", "lx-", dice(WORD, 48)),
  Pinecone: (dice) => joined("pc", "sk_", dice(WORD, 60)),
  LangSmith: (dice) => joined("ls", "v2_pt_", dice(HEX, 32), "_", dice(HEX, 10)),
  NVIDIA: (dice) => joined("nv", "api-", dice(URL_SAFE, 64)),
  "AWS access key": (dice) => joined("AK", "IA", dice(UPPER + DIGITS, 16)),
  "AWS temporary key": (dice) => joined("AS", "IA", dice(UPPER + DIGITS, 16)),
  "AWS secret key": (dice) => joined(dice(LOWER, 1), dice(UPPER, 1), dice(DIGITS, 1), dice(BASE64, 37)),
  "AWS session token": (dice) => joined("IQoJb3JpZ2lu", dice(BASE64, 300)),
  "Azure storage": (dice) => joined("Account", "Key=", dice(BASE64, 86), "=="),
  "Azure client secret": (dice) => joined(dice(WORD, 3), "8", "Q~", dice(`${WORD}-_.~`, 33), "x"),
  "GitHub personal": (dice) => joined("gh", "p_", dice(WORD, 36)),
  "GitHub server": (dice) => joined("gh", "s_", dice(WORD, 36)),
  "GitHub fine-grained": (dice) => joined("github", "_pat_", dice(WORD, 22), "_", dice(WORD, 59)),
  "GitLab personal": (dice) => joined("gl", "pat-", dice(URL_SAFE, 20)),
  "GitLab runner": (dice) => joined("gl", "rt-", dice(URL_SAFE, 20)),
  "Slack bot": (dice) => joined("xo", "xb-", dice(DIGITS, 12), "-", dice(DIGITS, 12), "-", dice(WORD, 24)),
  "Slack app": (dice) => joined("xa", "pp-1-A", dice(UPPER, 10), "-", dice(DIGITS, 13), "-", dice(HEX, 64)),
  "Slack webhook": (dice) =>
    joined("hooks.sl", "ack.com/services/T", dice(UPPER, 8), "/B", dice(UPPER, 8), "/", dice(WORD, 24)),
  "Discord webhook": (dice) => joined("disc", "ord.com/api/web", "hooks/", dice(DIGITS, 18), "/", dice(URL_SAFE, 68)),
  "Discord bot": (dice) => joined("MT", dice(WORD, 24), ".", dice(URL_SAFE, 6), ".", dice(URL_SAFE, 37), "a"),
  "Teams webhook": (dice) =>
    joined(
      "webhook.off",
      "ice.com/webhookb2/",
      uuid(dice),
      "@",
      uuid(dice),
      "/IncomingWebhook/",
      dice(HEX, 32),
      "/",
      uuid(dice),
    ),
  Telegram: (dice) => joined("7", dice(DIGITS, 8), ":A", "A", dice(WORD, 33)),
  "Stripe secret": (dice) => joined("sk", "_live_", dice(WORD, 24)),
  "Stripe restricted": (dice) => joined("rk", "_test_", dice(WORD, 24)),
  "Stripe webhook": (dice) => joined("whs", "ec_", dice(WORD, 32)),
  SendGrid: (dice) => joined("S", "G.", dice(URL_SAFE, 22), ".", dice(WORD, 43)),
  Twilio: (dice) => joined("S", "K", dice(HEX, 32)),
  Mailgun: (dice) => joined("ke", "y-", dice(HEX, 32)),
  Mailchimp: (dice) => joined(dice(HEX, 32), "-u", "s12"),
  Brevo: (dice) => joined("xkey", "sib-", dice(HEX, 64), "-", dice(WORD, 16)),
  npm: (dice) => joined("np", "m_", dice(WORD, 36)),
  PyPI: (dice) => joined("py", "pi-AgEI", dice(URL_SAFE, 120)),
  RubyGems: (dice) => joined("ruby", "gems_", dice(HEX, 48)),
  Docker: (dice) => joined("dck", "r_pat_", dice(URL_SAFE, 27)),
  DigitalOcean: (dice) => joined("do", "p_v1_", dice(HEX, 64)),
  Databricks: (dice) => joined("da", "pi", dice(HEX, 32)),
  Vault: (dice) => joined("hv", "s.", dice(URL_SAFE, 90)),
  Terraform: (dice) => joined(dice(WORD, 14), ".atl", "asv1.", dice(URL_SAFE, 67)),
  Pulumi: (dice) => joined("pu", "l-", dice(HEX, 40)),
  Doppler: (dice) => joined("dp", ".pt.", dice(WORD, 43)),
  "Grafana service account": (dice) => joined("gl", "sa_", dice(WORD, 32), "_", dice(HEX, 8)),
  "Grafana Cloud": (dice) => joined("gl", "c_", dice(BASE64, 60), "=="),
  Postman: (dice) => joined("PM", "AK-", dice(HEX, 24), "-", dice(HEX, 34)),
  Linear: (dice) => joined("lin", "_api_", dice(WORD, 40)),
  Notion: (dice) => joined("nt", "n_", dice(WORD, 46)),
  Figma: (dice) => joined("fi", "gd_", dice(URL_SAFE, 40)),
  Airtable: (dice) => joined("pa", "t", dice(WORD, 14), ".", dice(HEX, 64)),
  Atlassian: (dice) => joined("AT", "ATT3xFf", dice(URL_SAFE, 180), "=", dice(HEX, 8)),
  Shopify: (dice) => joined("shp", "at_", dice(HEX, 32)),
  Square: (dice) => joined("sq0", "atp-", dice(URL_SAFE, 22)),
  "New Relic": (dice) => joined("NR", "AK-", dice(UPPER + DIGITS, 27)),
  Sentry: (dice) => joined("snt", "rys_", dice(WORD, 100)),
  "Fly.io": (dice) => joined("fm", "2_", dice(BASE64, 120), "=="),
  Supabase: (dice) => joined("sb", "p_", dice(HEX, 40)),
  PlanetScale: (dice) => joined("psc", "ale_tkn_", dice(URL_SAFE, 43)),
  Dynatrace: (dice) => joined("dt", "0c01.", dice(UPPER + DIGITS, 24), ".", dice(UPPER + DIGITS, 64)),
  "1Password": (dice) => joined("op", "s_ey", "J", dice(WORD, 200)),
  Tailscale: (dice) => joined("tsk", "ey-auth-", dice(WORD, 17), "-", dice(WORD, 32)),
  age: (dice) => joined("AGE-SEC", "RET-KEY-1", dice(UPPER + DIGITS, 58)),
  WireGuard: (dice) => joined("a", "B", "7", dice(BASE64, 40), "="),
  bcrypt: (dice) => joined("$2", "b$12$", dice(`${WORD}./`, 53)),
  "JSON web token": (dice) =>
    [json({ alg: "RS256", typ: "JWT" }), json({ sub: dice(WORD, 12), exp: 1_777_888_800 }), dice(URL_SAFE, 86)].join(
      ".",
    ),
  "e-mail address": (dice) => `${dice(LOWER, 9)}.${dice(LOWER, 9)}@${dice(LOWER, 10)}.dev`,
};

const BY_NAME: Sorts = {
  "word as password": (dice) => dice(LOWER, 11),
  "password with signs": (dice) => `${dice(WORD, 6)}!${dice(WORD, 4)}$${dice(WORD, 4)}%#^*${dice(WORD, 3)}`,
  "password with commas": (dice) => `${dice(WORD, 5)},${dice(WORD, 5)};${dice(WORD, 9)}`,
  "password with brackets": (dice) => `${dice(WORD, 4)}(${dice(WORD, 5)})${dice(WORD, 9)}`,
  "Datadog key": (dice) => dice(HEX, 32),
  "Twilio auth token": (dice) => dice(HEX, 32),
  "random of capitals": (dice) => dice(UPPER + DIGITS, 24),
  "Vercel token": (dice) => dice(WORD, 24),
  UUID: (dice) => uuid(dice),
  "opaque with dots": (dice) => `${dice(WORD, 8)}.${dice(WORD, 12)}.${dice(WORD, 9)}`,
};

/** Numbers in turn by a linear congruence: the same texts in each run. */
function diceOf(seed: number): Dice {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return (alphabet, count) =>
    Array.from({ length: count }, () => alphabet[Math.floor(next() * alphabet.length)]).join("");
}
