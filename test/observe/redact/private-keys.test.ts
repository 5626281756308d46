import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { redact, redactAll } from "../../../src/observe/redact.ts";

/** Keys are made here; the markers are put together, so that no scanner takes this file for a leak. */
const marker = (which: "BEGIN" | "END", kind: string) => `-----${which} ${kind}PRIVATE ${"KEY"}-----`;
const KEY = keyLines();
const BODY = KEY.slice(1, -1);

function keyLines(): readonly string[] {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return privateKey.trim().split("\n");
}

function expectNothingOf(body: readonly string[], clean: string): void {
  for (const line of body)
    for (let at = 0; at <= line.length - 8; at += 1) expect(clean).not.toContain(line.slice(at, at + 8));
}

describe("a private key gets through in no form", () => {
  const joined = KEY.join("\n");
  test.each<readonly [string, string]>([
    ["as it is", `before\n${joined}\nafter`],
    ["with the line ends of Windows", `before\r\n${KEY.join("\r\n")}\r\nafter`],
    ["indented, in YAML", `before\ntls.key: |\n  ${KEY.join("\n  ")}\nafter`],
    ["in JSON", JSON.stringify({ before: 1, key: joined, after: 2 })],
    ["in JSON within JSON", JSON.stringify({ log: JSON.stringify({ before: 1, key: joined, after: 2 }) })],
    ["on one line", `before ${KEY.join(" ")} after`],
    ["of RSA", `before\n${[marker("BEGIN", "RSA "), ...BODY, marker("END", "RSA ")].join("\n")}\nafter`],
    ["of OpenSSH", `before\n${[marker("BEGIN", "OPENSSH "), ...BODY, marker("END", "OPENSSH ")].join("\n")}\nafter`],
    [
      "encrypted, with headers",
      `before\n${[marker("BEGIN", "RSA "), "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,0F1E2D3C4B5A6978", "", ...BODY, marker("END", "RSA ")].join("\n")}\nafter`,
    ],
    ["cut off at its end", `before\n${KEY.slice(0, 12).join("\n")}`],
    ["cut off, with other lines behind it", `before\n${KEY.slice(0, 12).join("\n")}\nafter: 42 requests were served`],
    ["cut off at its beginning", `${KEY.slice(5).join("\n")}\nafter`],
    ["cut off at its beginning, in JSON", JSON.stringify({ log: KEY.slice(5).join("\n") })],
    [
      "cut off, and 20,000 characters of other lines behind it",
      `before\n${KEY.slice(0, 12).join("\n")}\n${"all is well\n".repeat(2000)}`,
    ],
  ])("%s", async (_, text) => {
    const clean = await redact(text);
    expectNothingOf(BODY, clean);
    if (text.includes("before")) expect(clean).toContain("before");
    if (text.includes("after")) expect(clean).toContain("after");
  });
});

test("the text around a key that was cut off stays", async () => {
  const clean = await redact(
    `${KEY.slice(5).join("\n")}\nall is well\n${KEY.slice(0, 5).join("\n")}\nall is well again`,
  );
  expect(clean).toContain("\nall is well\n");
  expect(clean).toContain("\nall is well again");
});

test("a key that came line by line, as logs have it", async () => {
  const lines = await redactAll(["before", ...KEY, "after"]);
  expect(lines).toEqual(["before", ...KEY.map(() => "[redacted]"), "after"]);
});
