import { describe, expect, test } from "vitest";
import { Config } from "../../src/domain/kinds/kinds.ts";
import { createBudget } from "../../src/pass/budget.ts";
import { stepWithoutPlan } from "../../src/pass/step.ts";

const config = Config.parse({
  apiVersion: "raos.dev/v1alpha1",
  kind: "Config",
  spec: { limits: { openPulls: 3, pullsPerHour: 5 } },
});

const subject = { cause: { kind: "drift", scope: { kind: "agent", agent: "support/triage" } }, agents: [] } as const;
const opening = stepWithoutPlan(subject, { kind: "open" });

describe("how many pull requests may be opened", () => {
  test.each([
    ["nothing is open", 0, 0, undefined],
    ["one below the limit of open ones", 2, 0, undefined],
    ["at the limit of open ones", 3, 0, "limits.openPulls"],
    ["over it", 9, 0, "limits.openPulls"],
    ["how many are open is not known", Number.NaN, 0, "limits.openPulls"],
    ["one below the limit of an hour", 0, 4, undefined],
    ["at the limit of an hour", 0, 5, "limits.pullsPerHour"],
    ["how many were opened is not known", 0, undefined, "limits.pullsPerHour"],
  ])("%s", (_, open, openedLastHour, full) => {
    expect(createBudget(config, { open, openedLastHour }).full()).toBe(full);
  });

  test("each one that is opened takes room, of open ones and of the hour", () => {
    const budget = createBudget(config, { open: 1, openedLastHour: 0 });
    expect(budget.admit(opening)).toBe(opening);
    expect(budget.full()).toBeUndefined();
    expect(budget.admit(opening)).toBe(opening);
    expect(budget.full()).toBe("limits.openPulls");
    const hour = createBudget(config, { open: 0, openedLastHour: 4 });
    hour.admit(opening);
    expect(hour.full()).toBe("limits.pullsPerHour");
  });

  test("where there is no room, what would be opened is skipped, and everything else goes on", () => {
    const budget = createBudget(config, { open: 3, openedLastHour: 0 });
    expect(budget.admit(opening).decision).toEqual({ kind: "skip", reason: "limits.openPulls", pull: undefined });
    const other = stepWithoutPlan(subject, { kind: "unchanged", reason: "nothing-to-do", pull: undefined });
    expect(budget.admit(other)).toBe(other);
  });

  test("a plan is made of everything, however much may be opened", () => {
    expect(createBudget(config, { open: 99, openedLastHour: undefined }, true).full()).toBeUndefined();
  });
});
