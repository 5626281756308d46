import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Drift, type Grouping, unitsOf } from "../../src/plan/units.ts";

const ALONE: Grouping = { grouping: "agent", tenantDrifts: [], refused: new Set() };

function drift(agent: string, state: Drift["state"], sharedOnly = false): Drift {
  return { agent, tenant: agent.slice(0, agent.indexOf("/")), state, sharedOnly };
}

/** `tenant: a/x +tenant` or `a/x`: a unit in a word. */
function words(drifts: readonly Drift[], grouping: Partial<Grouping>): readonly string[] {
  return unitsOf(drifts, { ...ALONE, ...grouping }).map((unit) => {
    const scope =
      unit.cause.kind === "drift" && unit.cause.scope.kind === "tenant" ? `${unit.cause.scope.tenant}: ` : "";
    return scope + [...unit.agents, ...unit.tenants.map(() => "+tenant")].join(" ");
  });
}

describe("what one pull request holds", () => {
  const two = [drift("a/x", "new"), drift("a/y", "new")];
  test.each<[string, readonly Drift[], Partial<Grouping>, readonly string[]]>([
    ["each agent alone", [drift("b/x", "changed"), ...two], {}, ["a/x", "a/y", "b/x"]],
    [
      "a new tenant's objects are in the pull request of its first new agent",
      two,
      { tenantDrifts: ["a"] },
      ["a/x +tenant", "a/y"],
    ],
    [
      "unless a person said no to that one",
      two,
      { tenantDrifts: ["a"], refused: new Set(["a/x"]) },
      ["a: +tenant", "a/x", "a/y"],
    ],
    [
      "a tenant of deployed agents has a pull request of its own",
      [drift("a/x", "changed")],
      { tenantDrifts: ["a"] },
      ["a: +tenant", "a/x"],
    ],
    ["a tenant alone", [], { tenantDrifts: ["a"] }, ["a: +tenant"]],
    [
      "a shared input under two agents folds them",
      [drift("a/x", "changed", true), drift("a/y", "changed", true), drift("a/z", "changed")],
      {},
      ["a: a/x a/y", "a/z"],
    ],
    [
      "a shared input under one agent and the tenant's objects is one of the tenant",
      [drift("a/x", "changed", true)],
      { tenantDrifts: ["a"] },
      ["a: a/x +tenant"],
    ],
    [
      "then also with a new agent, which stays alone",
      [drift("a/x", "changed", true), drift("a/y", "new")],
      { tenantDrifts: ["a"] },
      ["a: a/x +tenant", "a/y"],
    ],
    ["under one it does not", [drift("a/x", "changed", true)], {}, ["a/x"]],
    [
      "of two tenants it folds each",
      ["a/x", "a/y", "b/x", "b/y"].map((key) => drift(key, "changed", true)),
      { tenantDrifts: ["b"] },
      ["a: a/x a/y", "b: b/x b/y +tenant"],
    ],
    [
      "grouping by tenant holds all of it",
      [...two, drift("a/z", "removed")],
      { grouping: "tenant", tenantDrifts: ["a"] },
      ["a: a/x a/y a/z +tenant"],
    ],
  ])("%s", (_name, drifts, grouping, expected) => {
    expect(words(drifts, grouping)).toEqual(expected);
  });

  test("no agent and no tenant is in two, and none is lost, whatever drifted", () => {
    const agent = fc
      .tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom("u", "v", "w", "x"))
      .map(([tenant, name]) => `${tenant}/${name}`);
    const drifts = fc.uniqueArray(
      fc.record({
        agent,
        state: fc.constantFrom<Drift["state"][]>("new", "changed", "removed"),
        sharedOnly: fc.boolean(),
      }),
      { selector: (one) => one.agent },
    );
    const grouping = fc.record({
      grouping: fc.constantFrom<Grouping["grouping"][]>("agent", "tenant"),
      tenantDrifts: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d")),
      refused: fc.array(agent).map((keys) => new Set(keys)),
    });
    fc.assert(
      fc.property(drifts, grouping, (some, how) => {
        const all = some.map((one) => drift(one.agent, one.state, one.sharedOnly));
        const units = unitsOf(all, how);
        expect(units.flatMap((unit) => unit.agents).sort()).toEqual(all.map((one) => one.agent).sort());
        expect(units.flatMap((unit) => unit.tenants).sort()).toEqual([...how.tenantDrifts].sort());
        expect(new Set(units.map((unit) => JSON.stringify(unit.cause))).size).toBe(units.length);
        expect(unitsOf(all.toReversed(), how)).toEqual(units);
      }),
      { numRuns: 500 },
    );
  });
});
