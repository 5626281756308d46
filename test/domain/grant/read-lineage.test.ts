import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Lineage } from "../../../src/domain/grant/lineage.ts";
import { LINEAGE_KEYS, lineageAnnotations, readLineage } from "../../../src/domain/grant/read-lineage.ts";

const LINEAGE: Lineage = {
  createdBy: { agent: "acme/triage", environment: "production" },
  request: "0f3a9c1be2d47a60",
  root: "acme/triage",
  depth: 1,
  createdAt: 1_000_000_000_000,
  sponsor: "@acme/support",
};

test("what is written is read back", () => {
  const lineage = fc.record(
    {
      createdBy: fc.record({
        agent: fc.constantFrom("acme/triage", "a/b-1"),
        environment: fc.constantFrom("production", "eu-1"),
      }),
      request: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,40}$/),
      root: fc.constantFrom("acme/triage", "a/b"),
      depth: fc.integer({ min: 1, max: 10 }),
      createdAt: fc.integer({ min: 0, max: 4_000_000_000_000 }),
      sponsor: fc.constantFrom("@acme/support", "robin"),
      owner: fc.constantFrom("@acme/owners", "robin"),
    },
    { requiredKeys: ["createdBy", "request", "root", "depth", "createdAt", "sponsor"] },
  );
  fc.assert(
    fc.property(lineage, (one) => {
      expect(readLineage({ "example.com/other": "x", ...lineageAnnotations(one) })).toEqual({
        kind: "lineage",
        lineage: one,
      });
    }),
  );
});

test("half of a lineage, or one with a wrong value, is none: nothing of it is believed", () => {
  const keys = Object.values(LINEAGE_KEYS).filter((key) => key !== LINEAGE_KEYS.owner);
  fc.assert(
    fc.property(fc.subarray(keys, { minLength: 1, maxLength: keys.length - 1 }), (kept) => {
      const whole = lineageAnnotations(LINEAGE);
      const half = Object.fromEntries(kept.map((key) => [key, whole[key] ?? ""]));
      expect(readLineage(half).kind).toBe("broken");
    }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...keys),
      fc.constantFrom("", "0", "-1", "11", "2026-02-30T00:00:00Z", "a b", "agent:x", "x/"),
      (key, value) => {
        const isFree = key === LINEAGE_KEYS.request || (key === LINEAGE_KEYS.sponsor && /^\w/.test(value));
        fc.pre(!(isFree && /^[0-9]/.test(value)));
        expect(readLineage({ ...lineageAnnotations(LINEAGE), [key]: value }).kind).toBe("broken");
      },
    ),
  );
});

test("an agent that a person wrote or asked for has none", () => {
  expect(readLineage({})).toEqual({ kind: "none" });
  expect(readLineage({ "raos.dev/created-by": "person:robin", "raos.dev/request": "r1" })).toEqual({ kind: "none" });
  expect(readLineage({ "raos.dev/created-by": "person:robin", "raos.dev/root": "acme/triage" })).toMatchObject({
    kind: "broken",
  });
});
