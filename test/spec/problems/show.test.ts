import { describe, expect, test } from "vitest";
import { displayValue } from "../../../src/spec/problems/display-value.ts";
import { LETTER_BY_LETTER, letsThrough } from "../../support/secrets/disguises.ts";
import { secrets } from "../../support/secrets/secret-corpus.ts";

const TOKEN = `ghp_${"aB3dE6gH9jK2".repeat(3)}`;
const KNOWN = secrets().filter(({ known }) => known === "by shape");

describe("a value in a message shows no secret", () => {
  test.each(Object.entries(LETTER_BY_LETTER))("%s", (_, disguise) => {
    const through = KNOWN.filter(({ value }) =>
      [disguise(value), `see ${disguise(value)}`].some((text) => letsThrough(value, displayValue(text), disguise)),
    );
    expect(through.map(({ sort }) => sort)).toEqual([]);
  });

  test("in base64, nor where it is cut", () => {
    expect(displayValue(Buffer.from(TOKEN).toString("base64"))).toBe('"[redacted]"');
    expect(displayValue(`see ${Buffer.from(TOKEN).toString("hex")} please`)).toBe('"see [redacted] please"');
    const long = (at: number) =>
      displayValue(`${Buffer.from(TOKEN.repeat(at)).toString("hex")} ${TOKEN} ${"and ".repeat(200)}`);
    for (let at = 1; at < 30; at += 1) expect(long(at)).not.toMatch(/ghp_|6768705f/);
  });

  test("and what is none stays as it is", () => {
    for (const text of [
      "gpt-5-mini",
      "cpu: 500m",
      "a".repeat(60),
      "registry.example/a/b@sha256:0f1e2d",
      "*/5 * * * *",
      "50%",
    ])
      expect(displayValue(text)).toBe(JSON.stringify(text));
    expect(displayValue("long ".repeat(1000))).toBe(`"${"long ".repeat(12).slice(0, 57)}..."`);
  });
});
