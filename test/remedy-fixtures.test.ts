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

  test("a remedy without one of its edits fails a fixture of its own", () => {
    const survivors: string[] = [];
    let mutants = 0;
    for (const remedy of remedies) {
      const own = fixtures.filter((fixture) => fixture.split(".")[0] === remedy.name);
      for (const [index, edit] of remedy.edits.entries()) {
        const mutant = { ...remedy, edits: remedy.edits.filter((_, at) => at !== index) };
        const mutated = remedies.map((one) => (one === remedy ? mutant : one));
        mutants += 1;
        if (own.every((fixture) => remedyTest(fixture, files, mutated).passed))
          survivors.push(`${remedy.name} ${edit.at}`);
      }
    }
    expect(survivors).toEqual([]);
    expect(mutants).toBeGreaterThan(25);
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
