import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Incident } from "../../src/domain/alert/incident.ts";
import { branchFor } from "../../src/domain/branch-name.ts";
import { incidentUnits } from "../../src/remedy/incident-units.ts";
import { UNKNOWN_ALERT } from "../../src/remedy/incidents.ts";
import { ownAlert } from "../support/alerts/alert-of.ts";
import { remedyOf } from "../support/alerts/remedy-of.ts";

const memory = remedyOf("  on: {alerts: [AgentOutOfMemory]}\n", "memory");
const evicted = remedyOf(
  "  on: {alerts: [AgentEvicted]}\n  fold: 'has(alert.labels.node) ? alert.labels.node : \"\"'\n",
  "evicted",
);
const remedies = [memory, evicted];

function incident(agent: string, remedy: string, labels: Readonly<Record<string, string>> = {}): Incident {
  return { agent, environment: "production", remedy, alerts: [ownAlert(agent, labels)] };
}

/** Incidents that share the cause `node`. */
function onNode(node: string, ...agents: readonly string[]): readonly Incident[] {
  return agents.map((agent) => incident(agent, "evicted", { node }));
}

function branchOf(agent: string, remedy = "evicted"): string {
  return branchFor({ kind: "alert", agent, remedy, environment: "production" });
}

/** `acme/* evicted: acme/a acme/b`: the cause of each unit, and its agents. */
function unitsIn(
  incidents: readonly Incident[],
  { own = [], storms = [] }: { readonly own?: readonly string[]; readonly storms?: readonly string[] } = {},
): readonly string[] {
  return incidentUnits(incidents, remedies, new Set(own), new Set(storms)).map(
    ({ cause, agents }) => `${cause.agent} ${cause.remedy}: ${agents.join(" ")}`,
  );
}

describe("what one pull request or issue is about", () => {
  test("an incident each, sorted by branch", () => {
    expect(
      unitsIn([incident("acme/b", "memory"), incident("acme/a", "memory"), incident("acme/a", "evicted")]),
    ).toEqual(["acme/a evicted: acme/a", "acme/a memory: acme/a", "acme/b memory: acme/b"]);
  });

  test("three agents of a tenant with one cause are one unit; two are not, nor those of another cause or tenant", () => {
    const others = [...onNode("n1", "bank/a"), ...onNode("n2", "acme/d"), incident("acme/e", "memory")];
    expect(unitsIn([...onNode("n1", "acme/a", "acme/b", "acme/c"), ...others])).toEqual([
      "acme/* evicted: acme/a acme/b acme/c",
      "acme/d evicted: acme/d",
      "acme/e memory: acme/e",
      "bank/a evicted: bank/a",
    ]);
    expect(unitsIn(onNode("n1", "acme/a", "acme/b"))).toEqual(["acme/a evicted: acme/a", "acme/b evicted: acme/b"]);
  });

  test("what is about a whole tenant is one unit, with those of its agents that share its branch; nothing is changed", () => {
    const wide = { ...incident("acme/a", "evicted"), isTenantWide: true } as const;
    expect(unitsIn([wide])).toEqual(["acme/* evicted: acme/*"]);
    expect(unitsIn([wide, incident("acme/a", "evicted"), incident("bank/a", "evicted")])).toEqual([
      "acme/* evicted: acme/*",
      "acme/a evicted: acme/a",
      "bank/a evicted: bank/a",
    ]);
    const edits = remedyOf(
      "  on: {alerts: [A]}\n  edits: [{at: /spec/scaling/max, to: '1', why: b}]\n  otherwise: ask\n",
      "evicted",
    );
    const [unit] = incidentUnits([wide], [edits], new Set(), new Set());
    expect(unit?.remedy).toMatchObject({ edits: [], otherwise: "report" });
  });

  test("an incident that has a pull request of its own keeps it, and does not count for the storm", () => {
    const incidents = onNode("n1", "acme/a", "acme/b", "acme/c", "acme/d");
    expect(unitsIn(incidents, { own: [branchOf("acme/d")] })).toEqual([
      "acme/* evicted: acme/a acme/b acme/c",
      "acme/d evicted: acme/d",
    ]);
    expect(unitsIn(onNode("n1", "acme/a", "acme/b", "acme/c"), { own: [branchOf("acme/c")] })).toEqual([
      "acme/a evicted: acme/a",
      "acme/b evicted: acme/b",
      "acme/c evicted: acme/c",
    ]);
  });

  test("a storm that has a pull request keeps what is left of it, however little", () => {
    expect(unitsIn(onNode("n1", "acme/b"), { storms: [branchOf("acme/*")] })).toEqual(["acme/* evicted: acme/b"]);
  });

  test("an agent that joins a storm with an open pull request is a unit of its own", () => {
    const covered = new Map([[branchOf("acme/*"), new Set(["acme/a", "acme/b", "acme/c"])]]);
    const units = incidentUnits(
      onNode("n1", "acme/a", "acme/d", "acme/e", "acme/f"),
      remedies,
      new Set(),
      new Set(covered.keys()),
      covered,
    );
    expect(units.map(({ cause, agents }) => `${cause.agent}: ${agents.join(" ")}`)).toEqual([
      "acme/*: acme/a",
      "acme/d: acme/d",
      "acme/e: acme/e",
      "acme/f: acme/f",
    ]);
  });

  test("two storms of a tenant share a branch, so they are one unit", () => {
    const incidents = [...onNode("n1", "acme/a", "acme/b", "acme/c"), ...onNode("n2", "acme/d", "acme/e", "acme/f")];
    expect(unitsIn(incidents)).toEqual(["acme/* evicted: acme/a acme/b acme/c acme/d acme/e acme/f"]);
  });

  test("a unit names its remedy; none where the model is to look", () => {
    const units = incidentUnits(
      [incident("acme/a", "memory"), incident("acme/b", UNKNOWN_ALERT)],
      remedies,
      new Set(),
      new Set(),
    );
    expect(units.map(({ remedy }) => remedy)).toEqual([memory, undefined]);
  });

  test("whatever is open: every incident is in exactly one unit, and no two units have one branch", () => {
    const agents = ["acme/a", "acme/b", "acme/c", "acme/d", "bank/a"];
    const incidents = fc
      .uniqueArray(fc.tuple(fc.constantFrom(...agents), fc.constantFrom("memory", "evicted", UNKNOWN_ALERT)), {
        selector: ([agent, remedy]) => `${agent} ${remedy}`,
      })
      .chain((pairs) =>
        fc.tuple(
          ...pairs.map(([agent, remedy]) =>
            fc.constantFrom("n1", "n2").map((node) => incident(agent, remedy, { node })),
          ),
        ),
      );
    const branches = fc.subarray([...agents, "acme/*", "bank/*"].map((agent) => branchOf(agent)));
    fc.assert(
      fc.property(incidents, branches, branches, (list, own, storms) => {
        const units = incidentUnits(list, remedies, new Set(own), new Set(storms));
        const inUnits = units.flatMap((unit) => unit.incidents);
        expect(inUnits).toHaveLength(list.length);
        expect(new Set(inUnits)).toEqual(new Set(list));
        const names = units.map(({ cause }) => branchFor(cause));
        expect(names).toEqual([...new Set(names)].sort());
        for (const { agents: keys, incidents: about } of units)
          expect(new Set(keys)).toEqual(new Set(about.map((one) => one.agent)));
      }),
    );
  });
});
