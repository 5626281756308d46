import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shippedPolicies } from "../../../src/app/world/shipped-policies.ts";
import {
  openRemedyFixture,
  REMEDY_FIXTURES,
  type RemedyFixture,
} from "../../../src/causes/alert/fixture/remedy-fixture.ts";
import { type Expression, planExpression } from "../../../src/domain/expression/expression.ts";
import type { Snapshot } from "../../../src/domain/fleet.ts";
import { workingSnapshot } from "../../../src/git/objects/working-snapshot.ts";
import { type LoadedPolicies, loadPolicies } from "../../../src/pass/load-policies.ts";
import type { CompiledRemedy } from "../../../src/remedy/compiled-remedy.ts";

const ROOT = resolve(import.meta.dirname, "../../..");

describe("the remedies that ship", () => {
  let files: Snapshot;
  let policies: LoadedPolicies;
  let fixtures: ReadonlyMap<string, RemedyFixture>;

  beforeAll(async () => {
    files = await workingSnapshot(ROOT, process.env, (path) => path.startsWith(`${REMEDY_FIXTURES}/`));
    policies = loadPolicies(await shippedPolicies(), []);
    const names = [...new Set([...files.list(REMEDY_FIXTURES)].map((path) => path.split("/")[2] ?? ""))];
    const opened = names.map(async (name) => [name, await openRemedyFixture(name, files)] as const);
    fixtures = new Map(await Promise.all(opened));
  });

  afterAll(() => {
    for (const fixture of fixtures.values()) fixture.close();
  });

  test("there are twenty or more, each with a fixture", () => {
    expect(policies.remedies.length).toBeGreaterThanOrEqual(20);
    const tested = new Set([...fixtures.keys()].map((fixture) => fixture.split(".")[0]));
    expect(policies.remedies.map((remedy) => remedy.name).filter((name) => !tested.has(name))).toEqual([]);
  });

  test.each([...fixtureNames()])("%s", async (name) => {
    expect((await fixtures.get(name)?.run(policies))?.problems).toEqual([]);
  });

  test("a remedy that differs in any part of what it does fails a fixture", { timeout: 300_000 }, async () => {
    const survivors: string[] = [];
    let count = 0;
    for (const remedy of policies.remedies) {
      for (const [what, mutant] of mutantsOf(remedy)) {
        // First, so that it answers whatever it can.
        const mutated = { ...policies, remedies: [mutant, ...policies.remedies.filter((one) => one !== remedy)] };
        count += 1;
        if (await passEach(fixtures, mutated, remedy.name)) survivors.push(`${remedy.name} ${what}`);
      }
    }
    expect(survivors).toEqual([]);
    expect(count).toBeGreaterThan(110);
  });

  test("a fixture whose after/ holds another value fails, and says which line", async () => {
    const wrong: Snapshot = {
      ...files,
      read: (path) =>
        path === `${REMEDY_FIXTURES}/hpa-at-max/after/agents/support/triage.yaml`
          ? Buffer.from(Buffer.from(files.read(path)).toString("utf8").replace("max: 12", "max: 13"))
          : files.read(path),
    };
    const fixture = await openRemedyFixture("hpa-at-max", wrong);
    expect((await fixture.run(policies)).problems).toEqual([
      'after/agents/support/triage.yaml:9 expected "  scaling: {min: 2, max: 13, hpa: {cpu: 70}}", got "  scaling: {min: 2, max: 12, hpa: {cpu: 70}}"',
    ]);
    fixture.close();
  });

  test("a change that a guardrail denies is no edit", async () => {
    const text =
      "apiVersion: raos.dev/v1alpha1\nkind: Guardrail\nmetadata: {name: nothing-goes}\nspec: {description: no change, enforce: always, rules: [{deny: 'true', message: 'no'}]}\n";
    const own = [{ path: "policies/nothing-goes.yaml", bytes: Buffer.from(text) }];
    const denying = loadPolicies(await shippedPolicies(), own);
    expect(denying.problems).toEqual([]);
    expect((await fixtures.get("hpa-at-max")?.run(denying))?.problems).toEqual([
      expect.stringMatching(/^expected edits, got denied/),
      expect.stringMatching(/^after\/agents\/support\/triage.yaml:9 expected/),
    ]);
  });
});

/** The fixtures, one test each; those of the remedy itself are the first to fail. */
function fixtureNames(): readonly string[] {
  return readdirSync(join(ROOT, REMEDY_FIXTURES));
}

async function passEach(
  fixtures: ReadonlyMap<string, RemedyFixture>,
  policies: LoadedPolicies,
  first: string,
): Promise<boolean> {
  const isOwn = (name: string) => (name.split(".")[0] === first ? 0 : 1);
  const inOrder = [...fixtures].toSorted(([a], [b]) => isOwn(a) - isOwn(b));
  for (const [, fixture] of inOrder) if (!(await fixture.run(policies)).passed) return false;
  return true;
}

/** The remedy with one part of it left out, or another. */
function mutantsOf(remedy: CompiledRemedy): readonly (readonly [what: string, mutant: CompiledRemedy])[] {
  const { edits, otherwise } = remedy;
  const credulous = remedy.evidence.map((one) => ({ ...one, required: false }));
  return [
    ...(remedy.evidence.some((one) => one.required)
      ? [["whatever is missing", { ...remedy, evidence: credulous }] as const]
      : []),
    ...edits.map((edit) => [`without ${edit.at}`, { ...remedy, edits: edits.filter((one) => one !== edit) }] as const),
    ...edits.flatMap((edit) => {
      const unconditional = edits.map((one) => (one === edit ? { ...one, when: undefined } : one));
      return edit.when === undefined
        ? []
        : [[`${edit.at} without a condition`, { ...remedy, edits: unconditional }] as const];
    }),
    ...edits.flatMap((edit) =>
      partsOf(edit.when?.source ?? "").map(([part, rest]) => {
        const weaker = edits.map((one) => (one === edit ? { ...one, when: planned(rest) } : one));
        return [`${edit.at} whether or not ${part}`, { ...remedy, edits: weaker }] as const;
      }),
    ),
    ...edits.flatMap((edit) =>
      (["most", "least"] as const).flatMap((limit) => {
        const limitless = edits.map((one) => (one === edit ? { ...one, [limit]: undefined } : one));
        return edit[limit] === undefined
          ? []
          : [[`${edit.at} without ${limit}`, { ...remedy, edits: limitless }] as const];
      }),
    ),
    ...(["ask", "report", "none"] as const)
      .filter((other) => other !== otherwise)
      .map((other) => [`otherwise: ${other}`, { ...remedy, otherwise: other }] as const),
    ...remedy.notes.flatMap((note, index) => {
      const others = remedy.notes.filter((one) => one !== note);
      const always = remedy.notes.map((one) => (one === note ? { ...one, when: undefined } : one));
      const weaker = partsOf(note.when?.source ?? "").map(([part, rest]) => {
        const some = remedy.notes.map((one) => (one === note ? { ...one, when: planned(rest) } : one));
        return [`note ${index + 1} whether or not ${part}`, { ...remedy, notes: some }] as const;
      });
      // Where there is no edit, there is none to hold back.
      const other = remedy.notes.map((one) => (one === note ? { ...one, holds: !one.holds } : one));
      const held = [
        `note ${index + 1} ${note.holds ? "holds nothing" : "holds"}`,
        { ...remedy, notes: other },
      ] as const;
      const silent = [`without note ${index + 1}`, { ...remedy, notes: others }] as const;
      return note.when === undefined
        ? [silent]
        : [
            silent,
            ...(edits.length > 0 ? [held] : []),
            ...weaker,
            [`note ${index + 1}, whatever is found`, { ...remedy, notes: always }] as const,
          ];
    }),
    ...(remedy.when === undefined ? [] : [["whatever the alert's labels", { ...remedy, when: undefined }] as const]),
    ...(remedy.fold === undefined ? [] : [["without fold", { ...remedy, fold: undefined }] as const]),
  ];
}

/** Each part of a condition that has several, joined by `&&`, with the others. */
function partsOf(condition: string): readonly (readonly [part: string, others: string])[] {
  const parts: string[] = [""];
  let depth = 0;
  for (const token of condition.split(/("(?:[^"\\]|\\.)*"|[()[\]]|&&)/)) {
    if (token === "(" || token === "[") depth += 1;
    if (token === ")" || token === "]") depth -= 1;
    if (token === "&&" && depth === 0) parts.push("");
    else parts.push(`${parts.pop() ?? ""}${token}`);
  }
  if (parts.length === 1) return [];
  const split = parts.map(
    (part, index) => [part.trim(), parts.filter((_, other) => other !== index).join("&&")] as const,
  );
  return split.filter(([part]) => !isGuard(part));
}

/** Whether the part only says that there is a value: without it the expression fails, and nothing is edited either. */
function isGuard(part: string): boolean {
  return /^has\([^()]*\)$/.test(part) || part === "current != null";
}

function planned(condition: string): Expression {
  const expression = planExpression(condition, ["agent", "alert", "current", "evidence", "spec"]);
  if ("problem" in expression) throw new Error(`${condition} ${expression.problem}`);
  return expression;
}
