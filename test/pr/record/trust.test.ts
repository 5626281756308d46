import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NO_CHANGES } from "../../../src/domain/record/change-counts.ts";
import type { ChangeRecord } from "../../../src/pr/record/change-record.ts";
import { trustIn } from "../../../src/pr/record/trust.ts";

const DAY = 86_400_000;
const SINCE = 1000 * DAY;
const acme = { source: "out-of-memory", tenants: ["acme"] };

function record(number: number, changed: Partial<ChangeRecord> = {}): ChangeRecord {
  return {
    ...{ number, openedAt: SINCE + DAY, result: "merged", endedAt: SINCE + 2 * DAY, source: "out-of-memory" },
    ...{ isAlert: true, tenant: "acme", agent: "acme/triage", takesBack: undefined, spent: undefined },
    became: "verified",
    ...changed,
  };
}
const revertOf = (takesBack: number, result: ChangeRecord["result"] = "merged") =>
  record(100 + takesBack, { source: "regression", isAlert: false, takesBack, result, became: undefined });

describe("the record of a remedy in a tenant", () => {
  test.each<[string, readonly ChangeRecord[], object]>([
    ["nothing happened", [], {}],
    ["verified", [record(1), record(2)], { merged: 2, verified: 2 }],
    ["worse", [record(1, { became: "worse" })], { merged: 1, worse: 1 }],
    ["not judged yet", [record(1, { became: undefined })], { merged: 1 }],
    ["cannot be told", [record(1, { became: "cannot-tell" })], { merged: 1 }],
    ["refused", [record(1, { result: "refused", became: undefined })], { refused: 1 }],
    ["withdrawn by the bot", [record(1, { result: "withdrawn", became: undefined })], {}],
    ["open", [record(1, { result: "open", endedAt: undefined, became: undefined })], {}],
    ["taken back", [record(1), revertOf(1)], { merged: 1, verified: 1, reverted: 1 }],
    ["to be taken back", [record(1), revertOf(1, "open")], { merged: 1, verified: 1 }],
    ["merged too long ago", [record(1, { openedAt: SINCE - 2 * DAY, endedAt: SINCE - DAY })], {}],
    ["opened before, merged in the time", [record(1, { openedAt: SINCE - DAY })], { merged: 1, verified: 1 }],
    ["merged, nobody knows when", [record(1, { endedAt: undefined })], { merged: 1, verified: 1 }],
    ["of another remedy", [record(1, { source: "crash-loop" })], {}],
    ["of another tenant", [record(1, { tenant: "bank" })], {}],
  ])("%s", (_, records, expected) => {
    expect(trustIn(records, acme, SINCE)).toEqual({ ...NO_CHANGES, ...expected });
  });

  test("a change of several tenants has the record of the one with the least trust, count by count", () => {
    const records = [
      ...[1, 2, 3].map((number) => record(number)),
      record(4, { tenant: "bank" }),
      record(5, { tenant: "bank", became: "worse" }),
    ];
    const both = { ...acme, tenants: ["acme", "bank"] };
    expect(trustIn(records, both, SINCE)).toEqual({ ...NO_CHANGES, merged: 2, verified: 1, worse: 1 });
    // Of a tenant in which nothing happened nothing is known.
    expect(trustIn(records, { ...acme, tenants: ["acme", "new"] }, SINCE)).toEqual(NO_CHANGES);
    expect(trustIn(records, { ...acme, tenants: [] }, SINCE)).toEqual(NO_CHANGES);
  });

  test("a further tenant never earns trust, and a further bad change never does", () => {
    const anyRecord = fc.record({
      became: fc.constantFrom("verified", "worse", "cannot-tell", undefined),
      tenant: fc.constantFrom("acme", "bank"),
      result: fc.constantFrom("merged", "refused"),
    });
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 20 }), (given) => {
        const records = given.map((one, index) => record(index + 1, one));
        const alone = trustIn(records, acme, SINCE);
        const together = trustIn(records, { ...acme, tenants: ["acme", "bank"] }, SINCE);
        expect(together.verified).toBeLessThanOrEqual(alone.verified);
        expect(together.worse).toBeGreaterThanOrEqual(alone.worse);
        const after = trustIn([...records, record(99, { became: "worse" })], acme, SINCE);
        expect([after.verified, after.worse]).toEqual([alone.verified, alone.worse + 1]);
      }),
    );
  });
});
