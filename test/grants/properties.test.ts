import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { CreateGrant } from "../../src/domain/grant/create-grant.ts";
import type { Needs } from "../../src/domain/grant/needs.ts";
import { descendantsOf } from "../../src/grants/ancestors.ts";
import { judgeGrant } from "../../src/grants/judge-grant.ts";
import type { LineageMember, LineageView, RequestedAgent } from "../../src/grants/lineage-view.ts";
import { newLineage } from "../../src/grants/new-lineage.ts";
import { orphansOf } from "../../src/grants/orphans.ts";
import { asking, GRANT, granting, HOUR, lineageOf, member, NEEDS, SCOPE, viewOf } from "./line.ts";

const ROOT = "acme/root";
const MODELS = ["openai/a@", "openai/b@", "openai/c@"];

/** A default branch with a line of agents, and the open pull requests of requests. */
interface Fleet {
  readonly root: CreateGrant;
  readonly tree: Map<string, RequestedAgent>;
  open: readonly RequestedAgent[];
  asked: number;
}

const facts = ({ environments, grant }: RequestedAgent) =>
  grant === undefined ? {} : granting(grant, environments[0]?.scope ?? {});

function memberOf({ agent, lineage, environments }: RequestedAgent, state: LineageMember["state"]): LineageMember {
  return { agent, lineage, needs: { production: environments[0]?.needs ?? NEEDS }, state };
}

function view({ root, tree }: Fleet, reserved: readonly RequestedAgent[]): LineageView {
  const all = [...tree.values()];
  const known = Object.fromEntries(all.map((one) => [one.agent, facts(one)]));
  const members = [...all.map((one) => memberOf(one, "deployed")), ...reserved.map((one) => memberOf(one, "reserved"))];
  return viewOf({ ...known, [ROOT]: granting(root, { models: MODELS.slice(0, 2) }) }, members);
}

type Action =
  | {
      readonly kind: "ask";
      readonly by: number;
      readonly sees: boolean;
      readonly what: Partial<RequestedAgent> & { needs: Needs; models: readonly string[] };
    }
  | { readonly kind: "merge" | "close" | "delete"; readonly which: number };

function act(fleet: Fleet, action: Action): void {
  switch (action.kind) {
    case "ask": {
      const askers = [ROOT, ...fleet.tree.keys()];
      const by = askers[action.by % askers.length] ?? ROOT;
      fleet.asked += 1;
      const number = fleet.asked;
      const known = view(fleet, []).factsOf(by);
      const made = newLineage(
        { agent: by, environment: "production", request: `r${number}`, at: number * HOUR },
        known,
      );
      if (made.kind === "refused") return;
      const { needs, models, ...rest } = action.what;
      const places = [{ environment: "production", scope: { ...SCOPE, models }, needs, before: undefined }];
      const asked = asking(`acme/a${number}`, made.lineage, { ...rest, environments: places });
      // One that does not see the others was asked at the same moment.
      if (judgeGrant(asked, view(fleet, action.sees ? fleet.open : [])).kind === "granted")
        fleet.open = [...fleet.open, asked];
      return;
    }
    case "merge":
    case "close": {
      const asked = fleet.open[action.which % Math.max(1, fleet.open.length)];
      if (asked === undefined) return;
      fleet.open = fleet.open.filter((one) => one !== asked);
      // What is merged is judged on the result, as the check and the next pass do.
      if (action.kind === "merge" && judgeGrant(asked, view(fleet, [])).kind === "granted")
        fleet.tree.set(asked.agent, asked);
      return;
    }
    case "delete": {
      const gone = [...fleet.tree.values()][action.which % Math.max(1, fleet.tree.size)];
      if (gone === undefined) return;
      const { members } = view(fleet, []);
      const orphans = orphansOf(gone.agent, gone.grant, { root: ROOT, members, owner: "@acme/owners" });
      fleet.tree.delete(gone.agent);
      if (orphans.kind === "none") return;
      for (const key of orphans.agents) {
        const orphan = fleet.tree.get(key);
        if (orphans.kind === "remove" || orphan === undefined) fleet.tree.delete(key);
        else fleet.tree.set(key, { ...orphan, lineage: { ...orphan.lineage, owner: orphans.owner } });
      }
      return;
    }
    default:
      action satisfies never;
  }
}

/** Nothing exceeds the grant of an agent above it, and nothing is wider than it. */
function assertWithin(fleet: Fleet): void {
  const { members } = view(fleet, []);
  const granting = [
    [ROOT, fleet.root, 0] as const,
    ...[...fleet.tree.values()].flatMap(({ agent, grant, lineage }) =>
      grant === undefined ? [] : [[agent, grant, lineage.depth] as const],
    ),
  ];
  for (const [agent, grant, depth] of granting) {
    const below = descendantsOf(agent, ROOT, members);
    const sum = (name: keyof Needs) =>
      below.reduce((all, { needs }) => all + (needs.production?.[name] ?? Number.NaN), 0);
    expect(below.length).toBeLessThanOrEqual(grant.max);
    expect(sum("cpu")).toBeLessThanOrEqual(grant.budget.cpu + 1e-6);
    expect(sum("memory")).toBeLessThanOrEqual(grant.budget.memory + 1);
    expect(sum("dollars")).toBeLessThanOrEqual(grant.budget.dollars + 1e-6);
    expect(Math.max(0, ...below.map(({ lineage }) => lineage.depth - depth))).toBeLessThanOrEqual(grant.maxDepth);
    for (const { agent: key } of below) {
      const own = fleet.tree.get(key);
      const above = agent === ROOT ? MODELS.slice(0, 2) : (fleet.tree.get(agent)?.environments[0]?.scope.models ?? []);
      expect(above).toEqual(expect.arrayContaining([...(own?.environments[0]?.scope.models ?? [])]));
      if (own?.grant === undefined) continue;
      expect(own.grant.max).toBeLessThan(grant.max);
      expect(own.grant.maxDepth).toBeLessThan(grant.maxDepth);
      expect(own.grant.budget.cpu).toBeLessThanOrEqual(grant.budget.cpu + 1e-6);
    }
  }
}

const amount = fc.integer({ min: 0, max: 3 }).map((eighths) => eighths / 8);
const needs = fc.record({ cpu: amount, memory: amount.map((share) => share * 2 ** 30), dollars: amount });
/** A grant with at most so many agents and generations, and a budget of at most so many cores, gibibytes and dollars. */
const grantUpTo = (most: { readonly agents: number; readonly generations: number; readonly amount: number }) => {
  const whole = fc.integer({ min: 1, max: most.amount });
  return fc.record({
    max: fc.integer({ min: 1, max: most.agents }),
    maxDepth: fc.integer({ min: 1, max: most.generations }),
    budget: fc.record({ cpu: whole, memory: whole.map((gibi) => gibi * 2 ** 30), dollars: whole }),
    onDelete: fc.constantFrom("handOver" as const, "remove" as const),
    perDay: fc.constant(100),
    templates: fc.constant(["support-agent"]),
    timeToLive: fc.constant(GRANT.timeToLive),
    sponsor: fc.constant(GRANT.sponsor),
  });
};
const grants = grantUpTo({ agents: 4, generations: 2, amount: 1 });
const roomy = grantUpTo({ agents: 12, generations: 3, amount: 4 }).map((grant) => ({
  ...grant,
  max: grant.max + 3,
  maxDepth: grant.maxDepth + 1,
  budget: {
    cpu: grant.budget.cpu + 1,
    memory: grant.budget.memory + 2 ** 30,
    dollars: grant.budget.dollars + 1,
  },
}));
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("ask"),
      by: fc.nat(20),
      sees: fc.boolean(),
      what: fc
        .tuple(needs, fc.option(grants, { nil: undefined }), fc.subarray(MODELS, { minLength: 1, maxLength: 2 }))
        .map(([taken, grant, models]) => ({ needs: taken, grant, models })),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("merge"), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("close", "delete"), which: fc.nat(20) }) },
);

test("no order of requests, merges and deletions exceeds a grant, and none is wider than the one above it", () => {
  let largest = 0;
  let deepest = 0;
  fc.assert(
    fc.property(roomy, fc.array(action, { minLength: 10, maxLength: 60 }), (root, actions) => {
      const fleet: Fleet = { root, tree: new Map(), open: [], asked: 0 };
      for (const one of actions) {
        act(fleet, one);
        assertWithin(fleet);
        largest = Math.max(largest, fleet.tree.size);
        deepest = Math.max(deepest, ...[...fleet.tree.values()].map(({ lineage }) => lineage.depth));
      }
    }),
    { numRuns: 300 },
  );
  // Else nothing was tried.
  expect(largest).toBeGreaterThan(4);
  expect(deepest).toBeGreaterThan(1);
});

test("what is deleted gives back what it took", () => {
  fc.assert(
    fc.property(roomy, needs, fc.nat(5), (root, taken, others) => {
      const fleet: Fleet = { root: { ...root, perDay: 100 }, tree: new Map(), open: [], asked: 0 };
      const what = { needs: taken, grant: undefined, models: MODELS.slice(0, 1) };
      for (let count = 0; count <= others; count += 1) {
        act(fleet, { kind: "ask", by: 0, sees: true, what });
        act(fleet, { kind: "merge", which: 0 });
      }
      const full = fleet.tree.size;
      fc.pre(full > 0);
      act(fleet, { kind: "delete", which: full - 1 });
      expect(fleet.tree.size).toBe(full - 1);
      act(fleet, { kind: "ask", by: 0, sees: true, what });
      act(fleet, { kind: "merge", which: 0 });
      expect(fleet.tree.size).toBe(full);
    }),
  );
});

test("agents that name each other as the one that asked for them are covered by nothing, whatever they claim", () => {
  const claim = fc.record({
    parent: fc.nat(5),
    depth: fc.integer({ min: 1, max: 10 }),
    root: fc.nat(5),
    hour: fc.nat(3),
  });
  fc.assert(
    fc.property(fc.array(claim, { minLength: 1, maxLength: 6 }), (claims) => {
      const name = (index: number) => `acme/a${index % claims.length}`;
      const members = claims.map(({ parent, depth, root, hour }, index) =>
        member(name(index), lineageOf(name(parent), depth, name(root), hour)),
      );
      const known = Object.fromEntries(members.map(({ agent }) => [agent, granting({ max: 1000, maxDepth: 10 })]));
      for (const { agent, lineage } of members)
        expect(judgeGrant(asking(agent, lineage), viewOf(known, members)).kind).toBe("refused");
    }),
  );
});
