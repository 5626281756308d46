import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isNamedSecret, secretIn } from "../../../src/domain/secrets/secret-shapes.ts";
import { secretProblems } from "../../../src/spec/check/check-secrets.ts";
import { readYaml } from "../../../src/spec/yaml/read-yaml.ts";

/** Put together here, so that no scanner takes this file for a leak. */
const joined = (...parts: readonly string[]) => parts.join("");
const letters = (count: number) => "aB3dE6gH9jK2mN5pQ8sT1vW4xY7z".repeat(12).slice(0, count);
const hex = (count: number) => "0f1e2d3c4b5a6978".repeat(8).slice(0, count);

describe("texts that are secrets by their shape", () => {
  test.each<readonly [string, string]>([
    ["a private key", joined("-----BEGIN RSA ", "PRIVATE KEY-----\nMII")],
    ["a private key", joined("-----BEGIN PGP ", "PRIVATE KEY BLOCK-----")],
    ["an age secret key", joined("AGE-SECRET-", "KEY-1", "Q".repeat(58))],
    ["an Anthropic key", joined("sk-", "ant-api03-", letters(90))],
    ["an OpenAI key", joined("sk-", "proj-", letters(48))],
    ["an OpenAI key", joined("sk-", letters(48))],
    ["a Google API key", joined("AI", "za", letters(35))],
    ["a Hugging Face token", joined("hf", "_", letters(34))],
    ["an AWS access key", joined("AK", "IA", "IOSFODNN7EXAMPLE")],
    ["an Azure storage key", joined("Account", "Key=", letters(86), "==")],
    ["a GitHub token", joined("gh", "p_", letters(36))],
    ["a GitHub token", joined("github", "_pat_", letters(60))],
    ["a GitLab token", joined("gl", "pat-", letters(20))],
    ["a Slack token", joined("xo", "xb-123456789012-", letters(20))],
    ["a Slack webhook", joined("https://hooks.sl", "ack.com/services/T0000/B0000/", letters(24))],
    ["a Telegram bot token", joined("123456789", ":AA", letters(33))],
    ["a Stripe key", joined("sk", "_live_", letters(24))],
    ["a SendGrid key", joined("SG", ".", letters(22), ".", letters(43))],
    ["an npm token", joined("npm", "_", letters(36))],
    ["a Databricks token", joined("dap", "i", hex(32))],
    ["a HashiCorp Vault token", joined("hv", "s.", letters(24))],
    ["a JSON web token", joined("ey", "J", letters(20), ".ey", "J", letters(20), ".", letters(30))],
    ["a bearer token", joined("Authorization: Bear", "er ", letters(32))],
    ["a URL with a password in it", joined("postgres://user", ":hunter2@", "db:5432/x")],
    ["a URL with a password in it", joined("redis://", ":hunter2@", "redis:6379")],
  ])("%s", (what, text) => {
    expect(secretIn(text)).toBe(what);
    expect(secretIn(`before ${text} after`)).toBe(what);
  });
});

test("texts that are none", () => {
  const harmless = [
    "Answer politely. Never ask for a password, token or API key.",
    "https://api.openai.com/v1",
    "http://host:8080/path@version?x=1",
    "mailto:someone@example.com",
    "git@github.com:acme/agents.git",
    "postgres://user:$(DB_PASSWORD)@db/x",
    "postgres://user:${password}@db/x",
    "ghcr.io/acme/triage@sha256:0f1e2d3c4b5a69780f1e2d3c4b5a69780f1e2d3c4b5a69780f1e2d3c4b5a6978",
    "sk-learn is a library",
    "task-based-routing-for-customer-support",
    "-----BEGIN CERTIFICATE-----",
    "Bearer of good news",
    'sum(rate(http_requests_total{app="x"}[5m]))',
  ];
  for (const text of harmless) expect(secretIn(text), text).toBeUndefined();
});

describe("texts that are secrets by the name of their field", () => {
  const random = letters(24);
  test.each<readonly [string, string, boolean]>([
    ["DB_PASSWORD", "hunter2", true],
    ["password", "x", true],
    ["dbPassword", "hunter2", true],
    ["CLIENT_SECRET", "abc", true],
    ["redis-passphrase", "abc", true],
    ["OPENAI_API_KEY", random, true],
    ["SLACK_TOKEN", random, true],
    ["DATABASE_DSN", `Server=x;Pwd=${random}`, true],
    ["DB_PASSWORD", "", false],
    ["DB_PASSWORD", "$(FROM_ELSEWHERE)", false],
    ["DB_PASSWORD", "${secret}", false],
    ["DB_PASSWORD", "/var/run/secrets/db", false],
    ["REQUIRE_PASSWORD", "true", false],
    ["MAX_TOKENS", "4096", false],
    ["TOKEN_LIMIT", random, false],
    ["PARTITION_KEY", "customer-id", false],
    ["CACHE_KEY", "agents/acme/triage/state", false],
    ["MONKEY", random, false],
    ["apiKey", "llm-key-name", false],
    ["LOG_LEVEL", random, false],
  ])("%s=%s: %s", (name, value, expected) => expect(isNamedSecret(name, value)).toBe(expected));
});

test("every place of a spec is searched, and no Problem repeats what it found", () => {
  const token = joined("gh", "p_", letters(36));
  const text = `spec:
  runtime:
    env:
      - {name: DB_PASSWORD, value: hunter2}
      - {name: KEY, valueFrom: {secretKeyRef: {name: llm, key: api-key-0123456789abcdefXYZ}}}
    args: [--verbose, --api-key, ${letters(30)}, "--password=hunter2", PLAIN=x]
  instructions:
    inline: |
      Use ${token} to log in.
  dapr:
    pubsub: {secretRef: kafka-0123456789abcdefXYZ, metadata: {saslPassword: hunter2, "${token}": 1}}
  tools: [{mcp: {name: x, streamableHTTP: {url: "http://h/?sig=${letters(43)}"}}}]
  environments: {production: {description: "${token}"}}
`;
  const document = readYaml("a.yaml", Buffer.from(text)).documents[0];
  const found = document === undefined ? [] : secretProblems(document);
  expect(found.map(({ line, pointer, message }) => `${line} ${pointer}: ${message.split(";")[0]}`)).toEqual([
    "4 /spec/runtime/env/0/value: looks like a secret, by its name DB_PASSWORD",
    "6 /spec/runtime/args/2: looks like a secret, by its name api-key",
    "6 /spec/runtime/args/3: looks like a secret, by its name password",
    "8 /spec/instructions/inline: looks like a GitHub token",
    "11 /spec/dapr/pubsub/metadata/saslPassword: looks like a secret, by its name saslPassword",
    "11 /spec/dapr/pubsub/metadata: a key of this mapping looks like a GitHub token",
    "12 /spec/tools/0/mcp/streamableHTTP/url: looks like an Azure shared access signature",
    "13 /spec/environments/production/description: looks like a GitHub token",
  ]);
  for (const { message } of found) expect(message).not.toMatch(/hunter2|ghp_/);
});

test("the search takes time in proportion to the text", () => {
  const unit = fc.constantFrom("a", "sk-", "eyJ", "://", ":", "@", "AK", "Bearer ", "xox", ".", "-", "_", "A1");
  const time = (text: string) => {
    const start = process.hrtime.bigint();
    secretIn(text);
    isNamedSecret("API_KEY", text);
    return Number(process.hrtime.bigint() - start);
  };
  const plain = "Answer in a friendly way. ".repeat(10_000).slice(0, 200_000);
  const base = Math.max(time(plain), time(plain), 100_000);
  fc.assert(
    fc.property(fc.array(unit, { minLength: 1, maxLength: 4 }), (units) => {
      const text = units.join("").repeat(200_000).slice(0, 200_000);
      expect(time(text)).toBeLessThan(400 * base);
    }),
    { numRuns: 150 },
  );
});
