import * as fc from "fast-check";
import { expect, test } from "vitest";
import { combineStatuses } from "../../../src/forge/gitea/statuses/read-checks.ts";

const of = (...states: readonly string[]) => combineStatuses(states.map((status) => ({ status })));

test.each([
  [[], "none"],
  [["success"], "passing"],
  [["success", "skipped"], "passing"],
  [["success", "pending"], "pending"],
  [["pending", "failure"], "failing"],
  [["success", "error"], "failing"],
  [["success", "warning"], "failing"],
  [["success", "a state to come"], "failing"],
  [[""], "failing"],
])("%j taken together: %s", (states, expected) => {
  expect(of(...states)).toBe(expected);
});

test("one status that is not known to be good is enough, wherever it stands", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("success", "skipped")),
      fc.array(fc.constantFrom("success")),
      fc.string(),
      (before, after, state) => {
        const isGood = state === "success" || state === "skipped";
        fc.pre(!isGood);
        expect(of(...before, state, ...after)).not.toBe("passing");
      },
    ),
  );
});
