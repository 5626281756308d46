import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeIssueMarker, encodeIssueMarker } from "../../src/domain/alert/issue-marker.ts";
import { checkIssueReport } from "../../src/forge/check-issue-report.ts";

const keyIn = (body: string) => decodeIssueMarker(body)?.key;

describe("keyIn", () => {
  test("reads the key that a report's body ends with, whatever is before it", () => {
    const key = fc.string({ minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(key, fc.string(), key, (own, words, other) => {
        const body = `${words}${encodeIssueMarker({ key: other })}\n\n${encodeIssueMarker({ key: own })}`;
        expect(keyIn(body)).toBe(own);
        expect(checkIssueReport({ key: own, title: "T", body, labels: [] }).key).toBe(own);
      }),
    );
  });

  test.each([
    "",
    "Why?",
    "<!-- raos:issue -->",
    "<!-- raos:issue e30= -->",
    "<!-- raos:issue !!! -->",
    "<!-- raos:issue e30=",
    `<!-- raos:issue ${Buffer.from('{"version":2,"key":"a"}').toString("base64")} -->`,
    `<!-- raos:issue ${Buffer.from('{"version":1,"key":""}').toString("base64")} -->`,
    `<!-- raos:issue ${Buffer.from('{"version":1,"key":"a","more":1}').toString("base64")} -->`,
    encodeIssueMarker({ key: "x".repeat(5000) }),
  ])("finds none in %j", (body) => {
    expect(keyIn(body)).toBeUndefined();
  });

  test("never throws", () => {
    fc.assert(
      fc.property(fc.string(), fc.base64String(), (words, encoded) => {
        expect(keyIn(words)).toBeUndefined();
        expect(typeof (keyIn(`<!-- raos:issue ${encoded} -->`) ?? "")).toBe("string");
      }),
    );
  });
});
