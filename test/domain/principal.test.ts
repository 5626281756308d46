import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { principalText, readPrincipal } from "../../src/domain/request/principal.ts";

describe("a principal", () => {
  test.each([
    ["person:octocat", { kind: "person", login: "octocat" }],
    ["person:renovate[bot]", { kind: "person", login: "renovate[bot]" }],
    ["agent:acme/triage@production", { kind: "agent", agent: "acme/triage", environment: "production", chain: [] }],
  ])("%s", (text, principal) => {
    expect(readPrincipal(text)).toEqual(principal);
  });

  test.each([
    "",
    "octocat",
    "person:",
    "person:-x",
    "person:a b",
    "agent:acme/triage",
    "agent:acme@production",
    "agent:acme/triage@production@x",
    "agent:Acme/triage@production",
    "agent:../x@production",
    `person:${"a".repeat(300)}`,
  ])("%j is none", (text) => {
    expect(readPrincipal(text)).toBeUndefined();
  });

  test("what is read is written as it was, for any text", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), fc.constantFrom("", "person:", "agent:"), (text, prefix) => {
        const read = readPrincipal(prefix + text);
        if (read !== undefined) expect(principalText(read)).toBe(prefix + text);
      }),
    );
  });
});
