import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { branchFor, causeOf } from "../../src/domain/branch-name.ts";
import type { Cause } from "../../src/domain/cause.ts";

const agent = "acme/triage";
const named: readonly (readonly [Cause, string])[] = [
  [{ kind: "drift", scope: { kind: "agent", agent } }, "raos/agent/acme/triage"],
  [{ kind: "drift", scope: { kind: "tenant", tenant: "acme" } }, "raos/tenant/acme"],
  [{ kind: "drift", scope: { kind: "agent", agent, wave: "production" } }, "raos/promote/acme/triage/production"],
  [{ kind: "drift", scope: { kind: "tenant", tenant: "acme", wave: "eu+us" } }, "raos/promote-tenant/acme/eu=2bus"],
  [
    { kind: "alert", agent, environment: "production", remedy: "out-of-memory" },
    "raos/alert/acme/triage/production/out-of-memory",
  ],
  [{ kind: "request", id: "7f3a" }, "raos/request/7f3a"],
  [{ kind: "request", id: "Look: a/b..c~1" }, "raos/request/=4cook=3a=20a=2fb=2e=2ec=7e1"],
  [
    { kind: "tune", agent, remedy: "right-size", environment: "production" },
    "raos/tune/acme/triage/production/right-size",
  ],
  [{ kind: "regression", pull: 42 }, "raos/regression/42"],
];

const text = fc.string({ unit: "binary", maxLength: 80 }).map((each) => each.toWellFormed());
const word = text.filter((each) => each !== "" && !each.includes("/"));
const key = fc.tuple(word, word).map(([tenant, name]) => `${tenant}/${name}`);
const cause: fc.Arbitrary<Cause> = fc.oneof(
  key.map((agent): Cause => ({ kind: "drift", scope: { kind: "agent", agent } })),
  text.map((tenant): Cause => ({ kind: "drift", scope: { kind: "tenant", tenant } })),
  fc.tuple(key, text).map(([agent, wave]): Cause => ({ kind: "drift", scope: { kind: "agent", agent, wave } })),
  fc.tuple(text, text).map(([tenant, wave]): Cause => ({ kind: "drift", scope: { kind: "tenant", tenant, wave } })),
  fc
    .tuple(key, text, text)
    .map(([agent, environment, remedy]): Cause => ({ kind: "alert", agent, environment, remedy })),
  text.map((id): Cause => ({ kind: "request", id })),
  fc
    .tuple(key, text, text)
    .map(([agent, environment, remedy]): Cause => ({ kind: "tune", agent, environment, remedy })),
  fc.integer({ min: 1 }).map((pull): Cause => ({ kind: "regression", pull })),
);

describe("branchFor", () => {
  test.each(named)("%j → %s", (cause, branch) => {
    expect(branchFor(cause)).toBe(branch);
    expect(causeOf(branch)).toEqual(cause);
  });

  test("two causes never share a branch, nor lies one in the folder of another, also where case is ignored", () => {
    fc.assert(
      fc.property(cause, cause, (a, b) => {
        if (JSON.stringify(a) === JSON.stringify(b)) return;
        const [one, other] = [branchFor(a).toLowerCase(), branchFor(b).toLowerCase()];
        expect(one).not.toBe(other);
        expect(other.startsWith(`${one}/`)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test("Git takes every branch", () => {
    const branches = fc.sample(cause, 150).map(branchFor);
    const refused = branches.filter(
      (branch) => spawnSync("git", ["check-ref-format", "--branch", branch]).status !== 0,
    );
    expect(refused).toEqual([]);
    expect(branches.filter((branch) => branch.split("/").some((part) => part.length > 200))).toEqual([]);
  });

  test("an agent's key that is none is a bug", () => {
    expect(() => branchFor({ kind: "upgrade", agent: "triage" })).toThrow(RangeError);
    expect(() => branchFor({ kind: "upgrade", agent: "a/b/c" })).toThrow(RangeError);
  });
});

describe("causeOf", () => {
  test("reads back what branchFor made", () => {
    fc.assert(
      fc.property(cause, (made) => {
        const branch = branchFor(made);
        const read = causeOf(branch);
        // An id too long for a file name is hashed, and cannot be read back.
        if (branch.includes("=h")) expect(read).toBeUndefined();
        else expect(read).toEqual(made);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    "main",
    "raos/",
    "raos/agent",
    "raos/agent/acme",
    "raos/agent/acme/triage/more",
    "raos/agent/Acme/triage",
    "raos/agent/acme/=74riage",
    "raos/agent/acme/=ff",
    "raos/agent/acme/a=",
    "raos/agent/a=2fb/c",
    "raos/regression/0",
    "raos/regression/01",
    "raos/regression/99999999999999999999",
    "raos/unknown/x",
    "raos/request/%20",
    `raos/request/${"a".repeat(5000)}`,
  ])("is undefined for %s", (branch) => {
    expect(causeOf(branch)).toBeUndefined();
  });

  test("never throws, and what it reads is the branch's cause", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (rest) => {
        const branch = `raos/${rest}`;
        const read = causeOf(branch);
        if (read !== undefined) expect(branchFor(read)).toBe(branch);
      }),
      { numRuns: 2000 },
    );
  });
});
