import { describe, expect, test } from "vitest";
import { redact } from "../../../src/observe/redact.ts";
import { redactSecrets } from "../../../src/redaction/redact-secrets.ts";
import { LETTER_BY_LETTER, letsThrough, WRAPS } from "../../support/secrets/disguises.ts";
import { HARMLESS } from "../../support/secrets/harmless-lines.ts";
import { secrets } from "../../support/secrets/secret-corpus.ts";

const BY_SHAPE = secrets().filter(({ known }) => known === "by shape");
/** One of each sort. An e-mail address is made of words: cut in two, either half is one. */
const TOKENS = BY_SHAPE.filter(({ sort }, at) => at % 3 === 0 && sort !== "e-mail address");
const AROUND: Readonly<Record<string, (text: string) => string>> = {
  "a log line": (text) => `2026-05-04 10:00:00 ERROR refused ${text} for customer 42`,
  "a parameter": (text) => `GET /callback?page=2&value=${text}&x=1 302`,
  "a list": (text) => `[${text}]`,
  JSON: (text) => JSON.stringify({ detail: text, tries: 3 }),
};

describe("no eight letters of a secret get through in any disguise", () => {
  test.each(Object.entries(LETTER_BY_LETTER))("%s", (_, disguise) => {
    const found = Object.entries(AROUND).flatMap(([where, around]) =>
      BY_SHAPE.flatMap(({ sort, value }) => {
        const text = around(disguise(value));
        // Backslashes of JSON are not part of the secret: it is searched for as it was before JSON escaped it.
        const written = (part: string) =>
          where === "JSON" ? JSON.stringify(disguise(part)).slice(1, -1) : disguise(part);
        return letsThrough(value, redactSecrets(text), written) ? [`${sort}: ${text}`] : [];
      }),
    );
    expect(found).toEqual([]);
  });

  test.each<[string, (text: string) => string]>([
    ["base64", (text) => Buffer.from(text).toString("base64")],
    ["base64 of URLs", (text) => Buffer.from(text).toString("base64url")],
    ["base64 of a line", (text) => Buffer.from(`login with user agent and ${text} was refused`).toString("base64")],
    ["base64 twice", (text) => Buffer.from(Buffer.from(text).toString("base64")).toString("base64")],
    ["base64, percent-encoded", (text) => encodeURIComponent(Buffer.from(`x=${text}`).toString("base64"))],
    ["base64 in a path", (text) => `v1/items/${Buffer.from(`${text} is refused`).toString("base64")}`],
  ])("%s", (_, disguise) => {
    const found = BY_SHAPE.flatMap(({ sort, value }) => {
      const clean = redactSecrets(`refused ${disguise(value)} for customer 42`);
      // Whatever of it can still be decoded, from any place on.
      const left = clean
        .split(/[^A-Za-z0-9+/_=%-]+/)
        .flatMap((run) =>
          [0, 1, 2, 3].map((at) =>
            Buffer.from(decodeURIComponent(run.replace(/%(?![0-9A-F]{2})/g, "")).slice(at), "base64"),
          ),
        );
      const twice = left.flatMap((once) => [
        once.toString("latin1"),
        Buffer.from(once.toString("latin1"), "base64").toString("latin1"),
      ]);
      return twice.some((text) => letsThrough(value, text, String)) ? [`${sort}: ${clean}`] : [];
    });
    expect(found).toEqual([]);
  });

  test("partly percent-encoded, in either case", () => {
    const some = (value: string, from: number) =>
      [...value]
        .map((char, at) => {
          const hex = char.charCodeAt(0).toString(16);
          return (at + from) % 3 === 0 ? `%${at % 2 === 0 ? hex : hex.toUpperCase()}` : char;
        })
        .join("");
    const found = BY_SHAPE.flatMap(({ sort, value }) =>
      [0, 1, 2].flatMap((from) => {
        const clean = redactSecrets(`GET /callback?x=${some(value, from)}&y=1`);
        return letsThrough(value, decodeURIComponent(clean), String) ? [`${sort}: ${clean}`] : [];
      }),
    );
    expect(found).toEqual([]);
  });
});

describe("a secret that goes on in the next line gets through at no place where it is broken", () => {
  const around: Readonly<Record<string, (text: string) => string>> = {
    "a log line": (text) => `2026-05-04 10:00:00 ERROR refused ${text} for customer 42`,
    "lines of its own": (text) => `first line\n${text}\nthird line`,
    quotes: (text) => `cannot use "${text}"!`,
  };
  const leaks = (broken: (before: string, after: string) => string) =>
    TOKENS.flatMap(({ sort, value }) =>
      Array.from({ length: Math.ceil(value.length / STEP) - 1 }, (_, at) => (at + 1) * STEP).flatMap((at) => {
        const [before, after] = [value.slice(0, at), value.slice(at)];
        const clean = redactSecrets(broken(before, after));
        return letsThrough(before, clean, String) || letsThrough(after, clean, String)
          ? [`${sort} at ${at}: ${clean}`]
          : [];
      }),
    );
  const STEP = 3;

  for (const [where, surrounding] of Object.entries(around)) {
    test.each(Object.entries(WRAPS))(`${where}: %s`, (_, wrap) => {
      expect(leaks((before, after) => surrounding(wrap(before, after)))).toEqual([]);
    });
  }

  test.each<[string, string]>([
    ["a logger's", "2026-05-04 10:00:00,123 ERROR app: "],
    ["a container runtime's", "2026-05-04T10:00:00.123456789Z stdout F "],
    ["Compose's", "triage-1  | "],
    ["klog's", "I0504 10:00:00.123456       1 client.go:142] "],
    ["a diff's", "+"],
  ])("with %s words before each line", (_, words) => {
    expect(leaks((before, after) => `${words}refused ${before}\n${words}${after} and so on`)).toEqual([]);
  });

  test("over many lines, as base64 and e-mail break them", () => {
    const found = BY_SHAPE.filter(({ value }) => value.length > 60).flatMap(({ sort, value }) => {
      const clean = redactSecrets(`refused:\n${(value.match(/.{1,20}/g) ?? []).join("\n")}\nnothing more`);
      const isClean = (value.match(/.{1,20}/g) ?? []).every((part) => !letsThrough(part, clean, String));
      return isClean && clean.startsWith("refused:\n") && clean.endsWith("\nnothing more") ? [] : [`${sort}: ${clean}`];
    });
    expect(found).toEqual([]);
  });

  test.each([
    ['password: "aB3dE6gH\n  jK9mN2pQ", tries: 3', 'password: "[redacted]\n[redacted]", tries: 3'],
    ["--password hunter2hunter2\\\n  hunter3 --port 80", "--password [redacted]\n[redacted] --port 80"],
    ["token=aB3dE6gH\njK9mN2pQ was refused", "token=[redacted]\n[redacted] was refused"],
    ["token=aB3dE6gH\nretrying in 3 s", "token=[redacted]\nretrying in 3 s"],
    ["token=aB3dE6gH\nuser2=agent", "token=[redacted]\nuser2=agent"],
  ])("by its name: %j", async (text, clean) => {
    expect(await redact(text)).toBe(clean);
  });
});

describe("what holds no secret stays as it is", () => {
  test.each(Object.entries(LETTER_BY_LETTER))("%s", (_, disguise) => {
    const texts = HARMLESS.map(disguise);
    expect(texts.map(redactSecrets)).toEqual(texts);
  });

  test("JSON, and JSON in JSON", () => {
    const once = HARMLESS.map((line) => JSON.stringify({ log: line }));
    const texts = [...once, ...once.map((line) => JSON.stringify({ log: line }))];
    expect(texts.map(redactSecrets)).toEqual(texts);
  });

  test.each(["\n", "\r\n", "\n    ", "\n> ", "\\\n", "\n2026-05-04T10:00:00.123Z INFO app: "])(
    "any two lines beside each other, with %j between",
    (between) => {
      // A line beside each other one at some time.
      const texts = HARMLESS.map((_, by) =>
        HARMLESS.map((_line, at) => HARMLESS[(at * (by + 1)) % HARMLESS.length]).join(between),
      );
      expect(texts.filter((text) => redactSecrets(text) !== text)).toEqual([]);
    },
  );
});

describe("GitHub's tokens of installations", () => {
  const part = (length: number, from: number) =>
    Array.from({ length }, (_, at) => "aZ9bY8cX7dW6-eV5_f"[(at * 7 + from) % 18]).join("");
  const token = `ghs_1234567_eyJ${part(40, 1)}.eyJ${part(420, 2)}.${part(86, 3)}`;
  const forms = [token, token.slice(0, 200), token.slice(0, 60), `ghs_${part(36, 4).replace(/[-_]/g, "x")}`];

  test.each(forms.map((form) => [form.length, form] as const))("of %i characters", (_, form) => {
    expect(redactSecrets(`push with ${form} was refused`)).toBe("push with [redacted] was refused");
    expect(redactSecrets(`https://x-access-token:${form}@github.com/o/r is gone`)).toBe(
      "https://[redacted]@github.com/o/r is gone",
    );
  });
});

test.each(["67", "SGVs", "104,", "%67", "\\x67", "a\n", "eyJh\n"])(
  "two million characters of %j are no trouble",
  (unit) => {
    const secret = `ghp_${"aB3dE6gH9jK2".repeat(3)}`;
    const clean = redactSecrets(`${unit.repeat(2_000_000 / unit.length)}\n\nrefused ${secret} here`);
    expect(clean.endsWith("\n\nrefused [redacted] here")).toBe(true);
  },
);
