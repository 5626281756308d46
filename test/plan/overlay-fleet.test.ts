import fc from "fast-check";
import { expect, test } from "vitest";
import type { AgentFacts, AgentKey, Fleet } from "../../src/domain/fleet.ts";
import { overlayFleet } from "../../src/plan/overlay-fleet.ts";

type Calls = Readonly<Record<AgentKey, readonly AgentKey[]>>;

const KEYS = ["a/one", "a/two", "b/three", "b/four"];
const calls = fc.dictionary(fc.constantFrom(...KEYS), fc.subarray(KEYS), { noNullPrototype: true });

/** The callers of an agent, found by reading every agent. */
function callersIn(fleet: Calls, callee: AgentKey): readonly AgentKey[] {
  return Object.keys(fleet)
    .filter((key) => fleet[key]?.includes(callee))
    .sort();
}

function fleetOf(all: Calls): Pick<Fleet, "facts" | "callers"> {
  return {
    facts: { get: (key) => (all[key] === undefined ? undefined : factsOf(key, all[key])) },
    callers: { get: (key) => callersIn(all, key) },
  };
}

function factsOf(key: AgentKey, of: readonly AgentKey[]): AgentFacts {
  const place = { path: `agents/${key}.yaml`, oid: "", namespace: "", environments: [], template: undefined };
  return { key, ...place, models: [], prompts: [], calls: of, callsAcross: [], admits: [] };
}

test("a fleet with changed agents answers as one that was read with them", () => {
  fc.assert(
    fc.property(calls, fc.dictionary(fc.constantFrom(...KEYS), fc.option(fc.subarray(KEYS))), (before, changed) => {
      const shared = { config: {}, tenants: new Map(), templates: new Map(), models: new Map() };
      // The shared inputs are not looked at.
      const fleet = JSON.parse(JSON.stringify(shared));
      const entries = Object.entries(changed);
      const facts = new Map(entries.map(([key, of]) => [key, of === null ? undefined : factsOf(key, of)]));
      const over = overlayFleet({ ...fleet, ...fleetOf(before) }, facts);
      const after = Object.fromEntries(
        [...Object.entries(before), ...entries].filter(([, of]) => of !== null).map(([key, of]) => [key, of ?? []]),
      );
      for (const [key, of] of entries) if (of === null) delete after[key];
      for (const key of KEYS) {
        expect(over.callers.get(key)).toEqual(callersIn(after, key));
        expect(over.facts.get(key)?.calls).toEqual(after[key]);
      }
    }),
  );
});
