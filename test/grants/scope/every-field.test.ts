import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AgentSpec } from "../../../src/domain/agent/agent.ts";
import { createGrantOf } from "../../../src/domain/grant/create-grant.ts";
import { needsOf } from "../../../src/domain/grant/needs.ts";
import { scopeOf } from "../../../src/domain/grant/scope.ts";
import { grantRefusals } from "../../../src/grants/judge-grant.ts";
import { asking, GRANT, lineageOf, viewOf } from "../line.ts";
import { FIELD_ROWS, type FieldRow } from "./field-rows.ts";
import { merged } from "./merged.ts";
import { differingAt, type Leaf, leavesOfSpec } from "./spec-fields.ts";

/** What fields mean depends on others: what is counted, how a run of a job overlaps, where the model is. */
const AROUND: readonly object[] = [
  { runtime: { resources: { requests: { cpu: 1, memory: "1Gi" } } }, dapr: { sidecar: { cpuRequest: 1 } } },
  { runtime: { workload: "CronJob", resources: { requests: { cpu: 1, memory: "1Gi" } }, job: { parallelism: 2 } } },
  { model: { provider: "bedrock", region: "eu-central-1" }, dapr: { state: { type: "state.redis" } } },
];

const leaves = leavesOfSpec();

describe("how a grant treats each field, where it is all in which a child differs from its parent", () => {
  test.each(leaves.map((leaf) => [leaf.path, leaf] as const))("%s", (path, leaf) => {
    const row = rowOf(path);
    const found = treatments(leaf);
    if (row?.treatment === "harmless") expect(found).toEqual([]);
    else expect(found).toContain(row?.treatment);
  });
});

test("every field has a row, and no row is about a field that there is not", () => {
  expect(leaves.map(({ path }) => path).filter((path) => rowOf(path) === undefined)).toEqual([]);
  const lost = FIELD_ROWS.flatMap(({ fields }) => fields).filter(
    (field) => !leaves.some(({ path }) => holds(field, path)),
  );
  expect(lost).toEqual([]);
});

test("what is harmless is named field by field, so that a new field is asked about", () => {
  const wide = FIELD_ROWS.filter(({ treatment }) => treatment === "harmless" || treatment === "counted");
  expect(wide.flatMap(({ fields }) => fields).filter((field) => field.endsWith(".**"))).toEqual([]);
});

/** The row that names a path itself, or else the longest part of it. */
function rowOf(path: string): FieldRow | undefined {
  const named = FIELD_ROWS.flatMap((row) =>
    row.fields.filter((field) => holds(field, path)).map((field) => ({ row, field })),
  );
  const length = (field: string) => (field === path ? Number.POSITIVE_INFINITY : field.length);
  return named.toSorted((a, b) => length(b.field) - length(a.field))[0]?.row;
}

function holds(field: string, path: string): boolean {
  return field === path || (field.endsWith(".**") && path.startsWith(field.slice(0, -2)));
}

/** Every reason for which a child is refused, or counted differently, over pairs of specs that differ at a leaf alone. */
function treatments(leaf: Leaf): readonly string[] {
  const pairs = fc.sample(differingAt(leaf), { numRuns: 12, seed: 1 });
  const specs = AROUND.flatMap((around) =>
    pairs.map(({ one, other }) =>
      [merged(around, one), merged(around, other)].map((spec) => AgentSpec.safeParse(spec)),
    ),
  );
  const both = specs.flatMap(([one, other]) =>
    one?.success && other?.success ? [[one.data, other.data] as const] : [],
  );
  expect(both.length).toBeGreaterThan(5);
  return [...new Set(both.flatMap(([one, other]) => [...between(one, other), ...between(other, one)]))];
}

function between(parent: AgentSpec, child: AgentSpec): readonly string[] {
  const [above, below] = [parent, child].map((spec) => scopeOf(spec, { tenant: "acme", labels: {} }));
  if (above === undefined || below === undefined) return [];
  const { createAgents, improves = [] } = child.supervision;
  const asked = asking("acme/c", lineageOf("acme/triage", 1), {
    template: child.template?.ref ?? "support-agent",
    ...{ improves, grant: createAgents && createGrantOf(createAgents) },
    environments: [
      { environment: "production", scope: below, needs: { cpu: 0, memory: 0, dollars: 0 }, before: undefined },
    ],
  });
  const granted = { ...GRANT, budget: { cpu: 0, memory: 0, dollars: 0 } };
  const grant = { createAgents: granted, improves: parent.supervision.improves ?? [], scopes: { production: above } };
  const refused = grantRefusals(asked, viewOf({ "acme/triage": { grant } })).map(({ reason }) => reason);
  const isCounted = JSON.stringify(needsOf(parent)) !== JSON.stringify(needsOf(child));
  return [...refused, ...(isCounted ? ["counted"] : [])];
}
