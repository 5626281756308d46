import { resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { shippedPolicies } from "../src/cli/open-world.ts";
import type { Snapshot } from "../src/domain/fleet.ts";
import { workingSnapshot } from "../src/git/working-snapshot.ts";
import { loadPolicies } from "../src/load-policies.ts";
import type { CompiledRemedy } from "../src/remedy/read-remedies.ts";
import { REMEDY_FIXTURES, remedyTest } from "../src/remedy-fixture.ts";

const ROOT = resolve(import.meta.dirname, "..");

describe("the remedies that ship", () => {
  let files: Snapshot;
  let remedies: readonly CompiledRemedy[];
  let fixtures: readonly string[];

  beforeAll(async () => {
    files = await workingSnapshot(ROOT, process.env, (path) => path.startsWith(`${REMEDY_FIXTURES}/`));
    remedies = loadPolicies(await shippedPolicies(), []).remedies;
    fixtures = [...new Set([...files.list(REMEDY_FIXTURES)].map((path) => path.split("/")[2] ?? ""))];
  });

  test("there are twenty or more, each with a fixture", () => {
    expect(remedies.length).toBeGreaterThanOrEqual(20);
    const tested = new Set(fixtures.map((fixture) => fixture.split(".")[0]));
    expect(remedies.map((remedy) => remedy.name).filter((name) => !tested.has(name))).toEqual([]);
  });

  test("every fixture passes", () => {
    const failures = fixtures.flatMap((fixture) => remedyTest(fixture, files, remedies).problems);
    expect(failures).toEqual([]);
  });

  test("a remedy that differs in any part of what it does fails a fixture", () => {
    const survivors: string[] = [];
    let count = 0;
    for (const remedy of remedies) {
      for (const [what, mutant] of mutantsOf(remedy)) {
        // First, so that it answers whatever it can.
        const mutated = [mutant, ...remedies.filter((one) => one !== remedy)];
        count += 1;
        if (fixtures.every((fixture) => remedyTest(fixture, files, mutated).passed))
          survivors.push(`${remedy.name} ${what}`);
      }
    }
    expect(survivors).toEqual([]);
    expect(count).toBeGreaterThan(110);
  });

  test("a fixture whose after/ holds another value fails, and says which line", () => {
    const wrong: Snapshot = {
      ...files,
      read: (path) =>
        path === `${REMEDY_FIXTURES}/hpa-at-max/after/agents/support/triage.yaml`
          ? Buffer.from(Buffer.from(files.read(path)).toString("utf8").replace("max: 12", "max: 13"))
          : files.read(path),
    };
    expect(remedyTest("hpa-at-max", wrong, remedies).problems).toEqual([
      'after/agents/support/triage.yaml:9 expected "  scaling: {min: 2, max: 13, hpa: {cpu: 70}}", got "  scaling: {min: 2, max: 12, hpa: {cpu: 70}}"',
    ]);
  });
});

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
    ...(["ask", "report", "none"] as const)
      .filter((other) => other !== otherwise)
      .map((other) => [`otherwise: ${other}`, { ...remedy, otherwise: other }] as const),
    ...(remedy.when === undefined ? [] : [["whatever the alert's labels", { ...remedy, when: undefined }] as const]),
    ...(remedy.fold === undefined ? [] : [["without fold", { ...remedy, fold: undefined }] as const]),
  ];
}
