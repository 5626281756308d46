import { RequestError } from "@octokit/request-error";
import { describe, expect, test } from "vitest";
import { redactedLog } from "../../src/app/redacted-log.ts";
import { ForgeError } from "../../src/forge/forge.ts";
import { toForgeError, toForgeErrorOf } from "../../src/forge/github/client/error.ts";
import { GitError } from "../../src/git/git-error.ts";
import { redactKnownSecrets } from "../../src/redaction/redact-secrets.ts";
import { raos } from "../support/cli/raos.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const signs = (count: number) => Array.from({ length: count }, (_, at) => "aZ9bY8cX7dW6"[(at * 7) % 12]).join("");
/** Put together here, so that no scanner takes this file for a leak. */
const TOKENS: Readonly<Record<string, string>> = {
  "a token of an installation": `ghs_1234567_eyJ${signs(40)}.eyJ${signs(420)}.${signs(86)}`,
  "an older one": `ghs_${signs(36)}`,
  "a person's": `ghp_${signs(36)}`,
  "a fine-grained one": `github_pat_${signs(22)}_${signs(59)}`,
};
const SENTENCES: Readonly<Record<string, (token: string) => string>> = {
  plain: (token) => `push with ${token} was refused`,
  "in a URL": (token) => `https://x-access-token:${token}@github.com/acme/agents cannot be read`,
  "in a header": (token) => `authorization: Bearer ${token}`,
  "in a header, in base64": (token) =>
    `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`,
  "percent-encoded": (token) => `GET /x?t=${encodeURIComponent(token).replaceAll("_", "%5F")} 401`,
  "over two lines": (token) => `refused: ${token.slice(0, 21)}\n${token.slice(21)}`,
  "behind a long text": (token) => `${"no. ".repeat(480)}${token}`,
};

/** Eight signs of a token in a row, wherever they lie behind its first ones. */
function expectNothingOf(token: string, text: string): void {
  for (let at = 8; at + 8 <= token.length; at += 1) expect(text).not.toContain(token.slice(at, at + 8));
}

describe.each(Object.entries(TOKENS))("%s", (_, token) => {
  test.each(Object.entries(SENTENCES))("%s: in no error, and in no line of the log", (_where, sentence) => {
    const said = sentence(token);
    const request = { method: "GET", url: "https://api.github.com/x", headers: {} } as const;
    const texts = [
      new GitError("failed", said).message,
      new ForgeError("invalid", said).message,
      toForgeError(new Error(said), "read").message,
      toForgeError(new RequestError(said, 422, { request }), "read").message,
      toForgeErrorOf({ message: said }, "write").message,
    ];
    const log = redactedLog({ debug: put, info: put, warn: put, error: put });
    function put(fields: Readonly<Record<string, unknown>>, message: string) {
      texts.push(JSON.stringify(fields), message);
    }
    log.error({ error: said, nested: { list: [said], error: new Error(said) }, count: 3 }, said);
    for (const text of texts) expectNothingOf(token, text);
    expectNothingOf(token, redactKnownSecrets(said));
  });

  test("in no message of a command", async () => {
    const folder = temporaryFolder();
    for (const argv of [
      ["reconcile", "--repo", `https://${token}@github.com/acme/agents`],
      ["reconcile", "--repo", token],
      ["reconcile", `--${token}`],
      [token],
      ["reconcile", "--repo", ".", "--alerts", token],
    ]) {
      const { err, out } = await raos(folder, argv);
      expect(err).not.toBe("");
      expectNothingOf(token, err + out);
    }
  });
});

test("messages of our own speak of tokens and keep their words", () => {
  for (const text of [
    "raos: a repository on GitHub needs a credential: set GITHUB_TOKEN, or APP_ID with PRIVATE_KEY or PRIVATE_KEY_PATH\n",
    "agents/a/b.yaml:5:9 /spec/model/apiKey: write apiKeySecretRef: {name: llm, key: key}\n",
    "raos: PROMETHEUS_TOKEN is sent only where the environment says so: set PROMETHEUS_URL to the address\n",
    "password: correct-horse-battery is no name; write it as a Secret\n",
  ])
    expect(redactKnownSecrets(text)).toBe(text);
});

test("what else a log says stays as it is", () => {
  const lines: unknown[] = [];
  const put = (fields: Readonly<Record<string, unknown>>, message: string) => void lines.push([fields, message]);
  const fields = { repo: "acme/agents", triggers: 2, opened: 1, url: "http://127.0.0.1:3000", on: true, none: null };
  redactedLog({ debug: put, info: put, warn: put, error: put }).info(fields, "repository reconciled");
  expect(lines).toEqual([[fields, "repository reconciled"]]);
});

test("a text too long for a log is cut short, and no half of a secret is left where it is cut", () => {
  const token = `ghp_${"aB3dE6gH9jK2".repeat(3)}`;
  for (let at = 16_330; at <= 16_390; at += 1) {
    const said: string[] = [];
    const put = (fields: Readonly<Record<string, unknown>>, message: string) =>
      void said.push(String(fields.x), message);
    const long = `${"x".repeat(at)} ${token} ${"and more ".repeat(100_000)}`;
    redactedLog({ debug: put, info: put, warn: put, error: put }).info({ x: long }, long);
    for (const text of said) {
      expect(text).not.toContain("ghp_");
      expect(text.length).toBeLessThanOrEqual(16_384);
      expect(text.endsWith(" […]")).toBe(true);
    }
  }
});
