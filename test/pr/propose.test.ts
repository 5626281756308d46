import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AgentChange, ChangeSet, FileChange } from "../../src/domain/change-set.ts";
import { Config, Tenant } from "../../src/domain/kinds/kinds.ts";
import type { Json } from "../../src/domain/values/scalars.ts";
import type { Verdict, Violation } from "../../src/domain/verdict.ts";
import { LONGEST_BODY } from "../../src/pr/body/body.ts";
import { contentHash, textHash } from "../../src/pr/content-hash.ts";
import { decodeMarker, withoutMarker } from "../../src/pr/marker.ts";
import { propose } from "../../src/pr/propose.ts";
import { LONGEST_TITLE } from "../../src/pr/title.ts";
import { expectGolden } from "../support/golden.ts";
import { dangers } from "./dangers.ts";
import { SCENARIOS } from "./scenarios.ts";

const apiVersion = "raos.dev/v1alpha1";
const environments = [{ name: "staging" }, { name: "production" }];
const config = Config.parse({ apiVersion, kind: "Config", spec: { environments } });
const acme = Tenant.parse({
  apiVersion,
  kind: "Tenant",
  metadata: { name: "acme" },
  spec: { owners: ["@acme/platform", "@acme/audit"] },
});
const context = { config, tenants: new Map([["acme", acme]]), incident: undefined };
const [first] = SCENARIOS;
if (first === undefined) throw new Error("no scenario");
const GOLDEN = resolve(import.meta.dirname, "golden");

describe("propose", () => {
  test.each(SCENARIOS)("$name: $title", ({ title, changes, verdict }) => {
    const proposal = propose(changes, verdict, context);
    expect(proposal.title).toBe(title);
    expect(dangers(proposal.body)).toEqual([]);
  });

  test("reads as it should", () => {
    const told = SCENARIOS.map(({ name, changes, verdict }): [string, string] => {
      const { title, body } = propose(changes, verdict, context);
      return [`${name}.md`, `# ${title}\n\n${withoutMarker(body).trimEnd()}\n`];
    });
    expectGolden(GOLDEN, new Map(told));
  });

  test("the marker holds what the proposal is", () => {
    const { changes, verdict } = first;
    const { body, marker, title } = propose(changes, verdict, context);
    expect(decodeMarker(body)).toEqual(marker);
    expect(marker).toMatchObject({
      cause: changes.cause,
      base: changes.base,
      content: contentHash(changes),
    });
    expect(marker.text).toBe(textHash(title, withoutMarker(body).trimEnd()));
  });

  test("the same change is the same proposal, and another base below other files changes neither content nor text", () => {
    const { changes, verdict } = first;
    const one = propose(changes, verdict, context);
    const other = propose({ ...changes, base: "2".repeat(40) }, verdict, context);
    expect(propose(changes, verdict, context)).toEqual(one);
    expect(other.marker).toEqual({ ...one.marker, base: "2".repeat(40) });
  });

  test("what is below a file and what is in it are different contents", () => {
    const { changes, verdict } = first;
    const moved = changes.files.map(
      (file, index): FileChange => (index === 0 ? { ...file, before: { oid: "3".repeat(40), text: "x\n" } } : file),
    );
    const one = propose(changes, verdict, context).marker;
    const other = propose({ ...changes, files: moved }, verdict, context).marker;
    expect(other.baseHash).not.toBe(one.baseHash);
    const texts = changes.files.map((file, index): FileChange => (index === 1 ? { ...file, text: "x\n" } : file));
    const third = propose({ ...changes, files: texts }, verdict, context).marker;
    expect(third.baseHash).toBe(one.baseHash);
    expect(third.content).not.toBe(one.content);
  });

  test("a tenant's objects in an agent's pull request are no part of the content", () => {
    const { changes, verdict } = first;
    const riding = changes.files.filter((file) => file.path !== "deploy/production/acme/tenant.yaml");
    expect(riding).toHaveLength(changes.files.length - 1);
    const [one, other] = [changes, { ...changes, files: riding }].map((each) => propose(each, verdict, context).marker);
    expect(other?.content).toBe(one?.content);
    expect(other?.text).not.toBe(one?.text);
  });

  test("an edit's reason in other words is no other content", () => {
    const memory = SCENARIOS.find((scenario) => scenario.name === "memory");
    const changes = memory?.changes ?? first.changes;
    const reworded = changes.edits.map((edit) => ({ ...edit, why: "Said otherwise." }));
    expect(contentHash({ ...changes, edits: reworded })).toBe(contentHash(changes));
    const asked = changes.edits.map((edit) => (edit.kind === "set" ? { ...edit, to: "1Gi" } : edit));
    expect(contentHash({ ...changes, edits: asked })).not.toBe(contentHash(changes));
  });

  test("the tenant's owners review it; what wants a person says so in its labels", () => {
    const { changes } = first;
    const review: Verdict = {
      kind: "review",
      reasons: [{ guardrail: "x", message: "y", agent: undefined, environment: undefined }],
      warnings: [],
    };
    const labelled = { ...context, config: { ...config, spec: { ...config.spec, labels: ["raos"] } } };
    expect(propose(changes, first.verdict, labelled)).toMatchObject({
      reviewers: ["@acme/audit", "@acme/platform"],
      labels: ["raos"],
    });
    expect(propose(changes, review, labelled).labels).toEqual(["raos", "needs-review"]);
    expect(propose(changes, review, context).labels).toEqual([]);
    expect(propose(changes, first.verdict, { config, tenants: new Map(), incident: undefined }).reviewers).toEqual([]);
  });

  test("rendered objects, where the shell has them, come before what is worked out", () => {
    const object = {
      agent: "acme/triage",
      environment: "production",
      kind: "Deployment",
      name: "triage",
      change: "changed",
      fields: ["spec.replicas"],
    } as const;
    const { body } = propose(first.changes, first.verdict, { ...context, rendered: { objects: [object] } });
    expect(body).toContain("- Changes Deployment `triage` in production: spec.replicas");
    expect(body).not.toContain("NetworkPolicy");
  });
});

describe("merging by itself", () => {
  const memory = SCENARIOS.find((scenario) => scenario.name === "memory") ?? first;
  const lowRisk: Verdict = { kind: "allow", warnings: [], lowRisk: true };
  const wanting = (autoMerge: string, by: "rule" | "model" = "rule"): ChangeSet => ({
    ...memory.changes,
    edits: memory.changes.edits.map((edit) => ({ ...edit, by })),
    changes: memory.changes.changes.map((change) => ({ ...change, spec: { supervision: { autoMerge } } })),
  });
  test.each<[string, ChangeSet, Verdict, boolean]>([
    ["the spec asks for it, a guardrail allows it, a rule made the edit", wanting("low-risk"), lowRisk, true],
    ["the spec does not ask for it", wanting("never"), lowRisk, false],
    ["no guardrail says that it is of low risk", wanting("low-risk"), { ...lowRisk, lowRisk: false }, false],
    ["a person should look", wanting("low-risk"), { kind: "review", reasons: [], warnings: [] }, false],
    ["a model made the edit", wanting("low-risk", "model"), lowRisk, false],
    ["nobody edited anything", { ...wanting("low-risk"), edits: [] }, lowRisk, false],
    ["nothing is known of the agent", { ...wanting("low-risk"), changes: [] }, lowRisk, false],
  ])("%s", (_, changes, verdict, expected) => {
    expect(propose(changes, verdict, context).autoMerge).toBe(expected);
  });
});

describe("whatever there is to tell", () => {
  const nasty = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }).map((text) => text.toWellFormed()),
    fc.constantFrom(
      "@acme",
      "Fixes #1",
      "closes GH-2",
      "https://github.com/a/b/issues/3",
      "|",
      "`",
      "```",
      "</details>",
      "<!-- raos:pull x -->",
      "-->",
      "\u202e",
      "\n\n# x",
      "#".repeat(3000),
      "|".repeat(3000),
      "\u202e".repeat(3000),
      "x".repeat(70_000),
      "a\n".repeat(9000),
    ),
  );
  const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      nasty,
      fc.integer(),
      fc.constant(null),
      fc.boolean(),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(nasty, tie("value"), { maxKeys: 4 }),
    ),
  })).value;
  const values = fc.option(fc.oneof(json, fc.constant(first.changes.changes[0]?.after ?? null)), { nil: undefined });
  const name = fc.constantFrom("acme/triage", "acme/billing", `${"t".repeat(63)}/${"n".repeat(53)}`);
  const environment = fc.oneof(
    fc.constantFrom("staging", "production"),
    fc.string({ minLength: 1, maxLength: 63, unit: fc.constantFrom("a", "-", "9") }),
  );
  const change: fc.Arbitrary<AgentChange> = fc.record({
    agent: name,
    environment,
    before: values,
    after: values,
    spec: values,
  });
  const file: fc.Arbitrary<FileChange> = fc.record({
    path: fc.oneof(
      nasty,
      fc.constantFrom("deploy/production/acme/triage/release.yaml", "deploy/production/acme/tenant.yaml"),
    ),
    before: fc.option(
      nasty.map((text) => ({ oid: "0".repeat(40), text })),
      { nil: undefined },
    ),
    text: fc.option(nasty, { nil: undefined }),
  });
  const violation: fc.Arbitrary<Violation> = fc.record({
    guardrail: nasty,
    message: nasty,
    agent: fc.option(name, { nil: undefined }),
    environment: fc.option(environment, { nil: undefined }),
  });
  const violations = fc.array(violation, { maxLength: 40 });
  const verdict: fc.Arbitrary<Verdict> = fc.oneof(
    violations.map((warnings): Verdict => ({ kind: "allow", warnings, lowRisk: false })),
    fc.tuple(violations, violations).map(([reasons, warnings]): Verdict => ({ kind: "review", reasons, warnings })),
    fc
      .tuple(violations, violations)
      .map(([found, warnings]): Verdict => ({ kind: "deny", violations: found, warnings })),
  );
  const cause: fc.Arbitrary<ChangeSet["cause"]> = fc.oneof(
    name.map((agent): ChangeSet["cause"] => ({ kind: "drift", scope: { kind: "agent", agent } })),
    fc.constant<ChangeSet["cause"]>({ kind: "drift", scope: { kind: "tenant", tenant: "acme" } }),
    fc.tuple(name, environment).map(([agent, place]): ChangeSet["cause"] => ({
      kind: "alert",
      agent,
      environment: place,
      remedy: "out-of-memory",
    })),
    fc.string({ maxLength: 64 }).map((id): ChangeSet["cause"] => ({ kind: "request", id })),
  );
  const why = nasty.map((text) => text.slice(0, 2000));
  const changes: fc.Arbitrary<ChangeSet> = fc
    .record({
      cause,
      files: fc.array(file, { maxLength: 30 }),
      changes: fc.array(change, { maxLength: 12 }),
      whys: fc.array(why, { maxLength: 4 }),
    })
    .map(({ cause, files, changes, whys }) => ({
      cause,
      base: "1".repeat(40),
      agents: [...new Set(changes.map((each) => each.agent))],
      edits: whys.map(
        (why) =>
          ({
            kind: "add",
            agent: "acme/triage",
            file: "agents/acme/triage.yaml",
            at: "/spec/x",
            to: 1,
            why,
            by: "model",
          }) as const,
      ),
      files,
      changes,
      problems: [],
    }));

  test("a body fits GitHub, a title is a line of plain words, nothing in either is followed, and the marker comes back", () => {
    fc.assert(
      fc.property(changes, verdict, (told, judged) => {
        const proposal = propose(told, judged, context);
        expect(proposal.body.length).toBeLessThanOrEqual(LONGEST_BODY);
        expect(proposal.title.length).toBeLessThanOrEqual(LONGEST_TITLE);
        expect(proposal.title).toMatch(/^[\w.:/+%, →…-]+$/);
        expect(proposal.title).not.toMatch(/gh-\d|:\/\//i);
        expect(dangers(proposal.body)).toEqual([]);
        expect(decodeMarker(proposal.body)).toEqual(JSON.parse(JSON.stringify(proposal.marker)));
      }),
      { numRuns: 150 },
    );
  });
});
