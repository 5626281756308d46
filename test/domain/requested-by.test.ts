import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Principal } from "../../src/domain/request/principal.ts";
import { readRequestedBy, withRequestedBy } from "../../src/domain/request/requested-by.ts";

const ROBIN = { kind: "person", login: "robin" } as const;
const TRIAGE = {
  kind: "agent",
  agent: "acme/triage",
  environment: "production",
  chain: ["https://a.example"],
} as const;

test.each<[Principal, string]>([
  [ROBIN, "Add agent acme/faq\n\nRequested-by: person:robin"],
  [TRIAGE, "Add agent acme/faq\n\nRequested-by: agent:acme/triage@production"],
  [{ kind: "person", login: "dependabot[bot]" }, "Add agent acme/faq\n\nRequested-by: person:dependabot[bot]"],
  [{ kind: "person", login: "robin\nSigned-off-by: somebody" }, "Add agent acme/faq"],
  [{ kind: "person", login: "" }, "Add agent acme/faq"],
  [{ ...TRIAGE, environment: "a\n\nb" }, "Add agent acme/faq"],
])("%j is written as a trailer", (from, message) => {
  expect(withRequestedBy("Add agent acme/faq", from)).toBe(message);
});

test.each([
  ["Add\n\nRequested-by: person:robin\n", "person:robin"],
  // A merge that squashes, and adds trailers of its own.
  ["Add (#4)\n\n* Add\n\nRequested-by: person:robin\nCo-authored-by: kim <kim@example.com>\n", "person:robin"],
  ["Add\n\nRequested-by: person:kim\nRequested-by: agent:acme/triage@production", "agent:acme/triage@production"],
  ["Requested-by: person:robin", "person:robin"],
  ["Add\n\nRequested-by: person:robin\n\nAnd more.", undefined],
  ["Add\n\nRequested-by: robin", undefined],
  ["Add\n\nRequested-by: person:a b", undefined],
  ["Add\n\nrequested-by: person:robin", undefined],
  ["", undefined],
])("of %j is read %s", (message, asked) => {
  expect(readRequestedBy(message)).toBe(asked);
});

test("what is written is read, whatever is above it; no text makes it throw, or say what is no principal", () => {
  const login = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
  fc.assert(
    fc.property(fc.string({ maxLength: 5000 }), login, (above, name) => {
      const message = withRequestedBy(above, { kind: "person", login: name });
      expect(readRequestedBy(message)).toBe(`person:${name}`);
      expect(readRequestedBy(above) ?? "person:nobody").toMatch(/^(?:person|agent):\S+$/);
    }),
  );
});
