import { describe, expect, test } from "vitest";
import { redact, redactJson } from "../../../src/observe/redact.ts";
import { HARMLESS } from "../../support/secrets/harmless-lines.ts";
import { secrets } from "../../support/secrets/secret-corpus.ts";
import { BARE, NAMED, type Surrounding } from "../../support/secrets/surroundings.ts";

const SECRETS = secrets();
/** Every text that a secret is in one of its surroundings. */
const RUN = 8;

/** Runs of a secret that come through, also percent-encoded and in base64. */
function leaks(secret: string, clean: string): readonly string[] {
  const runs = [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64")].flatMap((form) =>
    Array.from({ length: Math.max(1, form.length - RUN + 1) }, (_, at) => form.slice(at, at + RUN)),
  );
  return [...new Set(runs)].filter((run) => clean.includes(run));
}

test("the corpus holds at least 120 secrets of 40 sorts", () => {
  expect(new Set(SECRETS.map(({ value }) => value)).size).toBeGreaterThanOrEqual(120);
  expect(new Set(SECRETS.map(({ sort }) => sort)).size).toBeGreaterThanOrEqual(40);
});

describe("no part of a secret gets through", () => {
  const among = (surroundings: Readonly<Record<string, Surrounding>>, some: typeof SECRETS) =>
    test.each(Object.entries(surroundings))("%s", async (_, surrounding) => {
      const found = await Promise.all(
        some.map(async ({ sort, value }) => {
          const clean = await redact(surrounding(value));
          return leaks(value, clean).length === 0 ? [] : [`${sort}: ${clean}`];
        }),
      );
      expect(found.flat()).toEqual([]);
    });
  describe("known by its looks", () => {
    among(
      BARE,
      SECRETS.filter(({ known }) => known === "by shape"),
    );
  });
  describe("known by its name", () => {
    among(NAMED, SECRETS);
  });
});

describe("what holds no secret stays as it is", () => {
  test.each(HARMLESS.map((line) => [line] as const))("%s", async (line) => {
    expect(await redact(line)).toBe(line);
  });
});

describe("credentials in addresses", () => {
  test.each([
    ["dial postgres://agent:hunter2@db:5432/app failed", "dial postgres://[redacted]@db:5432/app failed"],
    ["redis://:hunter2@redis:6379/0", "redis://[redacted]@redis:6379/0"],
    ["amqp://u:pass/wo:rd@mq.example/vhost", "amqp://[redacted]@mq.example/vhost"],
    ["https://0f1e2d3c4b5a@sentry.example/42", "https://[redacted]@sentry.example/42"],
    ["mongodb+srv://u:hunter2@c0.example/?retryWrites=true", "mongodb+srv://[redacted]@c0.example/?retryWrites=true"],
    ["mail to jürgen.müller@bücher.example now", "mail to [redacted] now"],
    ["?email=jane.roe%40acme.example&page=2", "?email=[redacted]&page=2"],
    ["<jane@acme.example>, bob+x@mail.acme.example.", "<[redacted]>, [redacted]."],
    ["GET /callback?code=4f0AX4XfWgk2bZ9&page=2", "GET /callback?code=[redacted]&page=2"],
  ])("%s", async (text, clean) => {
    expect(await redact(text)).toBe(clean);
  });
});

test("what is left of a line tells what happened", async () => {
  expect(await redact('{"level":"error","msg":"refused","password":"correct horse battery staple","tries":3}')).toBe(
    '{"level":"error","msg":"refused","password":"[redacted]","tries":3}',
  );
  expect(await redact("Authorization: Bearer abc123def, retry in 3 s")).toBe(
    "Authorization: Bearer [redacted], retry in 3 s",
  );
  expect(await redact("Cookie: sid=abc123; theme=dark\nAccept: */*")).toBe("Cookie: [redacted]\nAccept: */*");
  expect(await redact("connect --password hunter2 --port 80")).toBe("connect --password [redacted] --port 80");
  expect(await redact("password=hunter2, user=agent")).toBe("password=[redacted], user=agent");
});

test("a value ends with the quote that is escaped as deeply as its first", async () => {
  const inner = JSON.stringify({ password: 'correct "horse" battery', tries: 3 });
  expect(await redact(inner)).toBe('{"password":"[redacted]","tries":3}');
  expect(await redact(JSON.stringify({ log: inner }))).toBe(
    '{"log":"{\\"password\\":\\"[redacted]\\",\\"tries\\":3}"}',
  );
});

describe("values of JSON", () => {
  test.each([
    [{ apiKey: "0f1e2d3c4b5a69780f1e" }, { apiKey: "[redacted]" }],
    [
      { dbPassword: "hunter2", n: 1 },
      { dbPassword: "[redacted]", n: 1 },
    ],
    [[{ name: "DB_PASSWORD", value: "hunter2" }], [{ name: "DB_PASSWORD", value: "[redacted]" }]],
    [
      { passwords: ["a"], password: ["hunter2", "letmein"] },
      { passwords: ["a"], password: ["[redacted]", "[redacted]"] },
    ],
    [{ "jane@acme.example": { note: "to bob@acme.example" } }, { "[redacted]": { note: "to [redacted]" } }],
    [
      { maxTokens: "4096", tokens: 12, on: true, none: null },
      { maxTokens: "4096", tokens: 12, on: true, none: null },
    ],
    ["plain", "plain"],
    [7, 7],
  ])("%j", async (value, clean) => {
    expect(await redactJson(value)).toEqual(clean);
  });
});

test("a process that redacts for months keeps nothing of it", async () => {
  const marks = () => performance.getEntriesByType("mark").length;
  const before = marks();
  for (let at = 0; at < 20; at += 1) await redact("password=hunter2 is refused");
  expect(marks()).toBe(before);
});
