import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Cause } from "../../src/domain/cause.ts";
import type { AgentChange, ChangeSet, Edit } from "../../src/domain/change-set.ts";
import { Config } from "../../src/domain/kinds/kinds.ts";
import { judge } from "../../src/policy/judge.ts";
import { readGuardrails } from "../../src/policy/read-guardrails.ts";
import { documentsOf } from "../support/documents.ts";

const apiVersion = "raos.dev/v1alpha1";
const inputs = { config: Config.parse({ apiVersion, kind: "Config" }), tenants: new Map() };
const agent = "acme/triage";
const drift: Cause = { kind: "drift", scope: { kind: "agent", agent } };
const alert: Cause = { kind: "alert", agent, environment: "production", remedy: "out-of-memory" };

/** A guardrail of these rules, written as YAML flow mappings. */
function guardrail(rules: readonly string[], more = ""): string {
  return `apiVersion: ${apiVersion}\nkind: Guardrail\nmetadata: {name: test}\nspec:\n${more}  rules:\n${rules.map((rule) => `    - ${rule}\n`).join("")}`;
}

function changeIn(environment: string): AgentChange {
  return { agent, environment, before: {}, after: {}, spec: { stage: "medium", scaling: { max: 8 } } };
}

function changeSet(cause: Cause, parts: Partial<ChangeSet> = {}): ChangeSet {
  const changes = [changeIn("staging"), changeIn("production")];
  const files = changes.map(({ environment }) => ({
    path: `deploy/${environment}/${agent}/values.yaml`,
    before: undefined,
    text: "a",
  }));
  return { cause, base: "0".repeat(40), agents: [agent], edits: [], files, changes, problems: [], ...parts };
}

function said(changes: ChangeSet, ...texts: readonly string[]): string {
  const { guardrails, problems } = readGuardrails(texts.flatMap((text) => documentsOf(text)));
  expect(problems).toEqual([]);
  const verdict = judge(changes, guardrails, inputs, undefined);
  const main = verdict.kind === "deny" ? verdict.violations : verdict.kind === "review" ? verdict.reasons : [];
  const line = (list: typeof main) => list.map(({ message, environment }) => `${message}@${environment}`).join(", ");
  const risk = verdict.kind === "allow" && verdict.lowRisk ? " of low risk" : "";
  return `${verdict.kind}${risk}${main.length > 0 ? `: ${line(main)}` : ""}${verdict.warnings.length > 0 ? `; warned: ${line(verdict.warnings)}` : ""}`;
}

const inProduction = "environment == 'production'";

describe("judge", () => {
  test.each<[string, Cause, readonly string[], string, string]>([
    ["nothing to say", alert, ["{deny: 'false', message: no}"], "", "allow"],
    ["deny", alert, [`{deny: "${inProduction}", message: no}`], "", "deny: no@production"],
    ["review", alert, [`{review: "${inProduction}", message: look}`], "", "review: look@production"],
    ["warn", alert, [`{warn: "${inProduction}", message: mind}`], "", "allow; warned: mind@production"],
    [
      "deny before review before warn",
      alert,
      [
        "{warn: 'true', message: w}",
        `{review: "${inProduction}", message: r}`,
        `{deny: "${inProduction}", message: d}`,
      ],
      "",
      "deny: d@production; warned: r@production, w@staging, w@production",
    ],
    [
      "a person's own commit is warned",
      drift,
      [`{deny: "${inProduction}", message: no}`],
      "",
      "allow; warned: no@production",
    ],
    ["and yet reviewed", drift, [`{review: "${inProduction}", message: look}`], "", "review: look@production"],
    [
      "enforced always",
      drift,
      [`{deny: "${inProduction}", message: no}`],
      "  enforce: always\n",
      "deny: no@production",
    ],
    ["of other causes", drift, ["{deny: 'true', message: no}"], "  causes: [alert, tune]\n", "allow"],
    [
      "of this cause",
      alert,
      [`{deny: "${inProduction}", message: no}`],
      "  causes: [alert, tune]\n",
      "deny: no@production",
    ],
    ["of other environments", alert, ["{deny: 'true', message: no}"], "  environments: [testing]\n", "allow"],
    ["of this environment", alert, ["{deny: 'true', message: no}"], "  environments: [staging]\n", "deny: no@staging"],
    ["allowed everywhere", alert, ["{allow: 'true', message: fine}"], "", "allow of low risk"],
    ["allowed in one environment of two", alert, [`{allow: "${inProduction}", message: fine}`], "", "allow"],
    [
      "allowed and warned",
      alert,
      ["{allow: 'true', message: fine}", `{warn: "${inProduction}", message: mind}`],
      "",
      "allow; warned: mind@production",
    ],
    [
      "allowed and to be reviewed",
      alert,
      ["{allow: 'true', message: fine}", `{review: "${inProduction}", message: look}`],
      "",
      "review: look@production",
    ],
    [
      "a rule that cannot be judged is reviewed",
      alert,
      [`{deny: "${inProduction} && after.spec.scaling.min > 1", message: no}`],
      "",
      "review: could not be judged (after.spec.scaling.min is not set; check it with has() first): no@production",
    ],
    [
      "also where a person wrote it",
      drift,
      [`{deny: "${inProduction} && after.spec.scaling.min > 1", message: no}`],
      "",
      "review: could not be judged (after.spec.scaling.min is not set; check it with has() first): no@production",
    ],
    [
      "one that asks first is not",
      alert,
      ["{deny: 'has(after.spec.scaling.min) && after.spec.scaling.min > 1', message: no}"],
      "",
      "allow",
    ],
    [
      "a review that cannot be judged is one",
      alert,
      [`{review: "${inProduction} && quantity(after.spec.stage) > 1.0", message: look}`],
      "",
      'review: could not be judged ("medium" is not a quantity): look@production',
    ],
    [
      "a warning that cannot be judged is one",
      alert,
      [`{warn: "${inProduction} && after.spec.stage > 1", message: mind}`],
      "",
      "allow; warned: could not be judged (found no matching overload for '_>_' applied to '(string, int)'): mind@production",
    ],
    [
      "an answer that is neither true nor false",
      alert,
      [`{deny: "${inProduction} ? after.spec.stage : false", message: no}`],
      "",
      "review: could not be judged (the expression is neither true nor false): no@production",
    ],
    [
      "an allow that cannot be judged does not hold",
      alert,
      ["{allow: 'after.spec.scaling.min > 1', message: fine}"],
      "",
      "allow",
    ],
    [
      "one that takes too long",
      alert,
      [
        `{deny: "${inProduction} && [1,2,3,4,5,6,7,8,9,0,1,2,3,4,5].all(a, [1,2,3,4,5,6,7,8,9,0,1,2,3,4,5].all(b, [1,2,3,4,5,6,7,8,9,0,1,2,3,4,5].all(c, [1,2,3,4,5,6,7,8,9,0,1,2,3,4,5].all(d, a+b+c+d >= 0))))", message: no}`,
      ],
      "",
      "review: could not be judged (it takes too long): no@production",
    ],
  ])("%s", (_, cause, rules, more, expected) => {
    expect(said(changeSet(cause), guardrail(rules, more))).toBe(expected);
  });

  test("what does not change is not judged: not an environment without a changed file, unless the spec is edited", () => {
    const rule = guardrail(["{deny: 'true', message: no}"]);
    const edit: Edit = {
      kind: "set",
      agent,
      file: `agents/${agent}.yaml`,
      at: "/spec/stage",
      from: "medium",
      to: "planet",
      why: "",
      by: "rule",
    };
    const [first] = changeSet(alert).files;
    expect(said(changeSet(alert, { files: [] }), rule)).toBe("allow");
    expect(said(changeSet(alert, { files: first === undefined ? [] : [first] }), rule)).toBe("deny: no@staging");
    expect(said(changeSet(alert, { files: [], edits: [edit] }), rule)).toBe("deny: no@staging, no@production");
    expect(
      said(
        changeSet(alert, { files: [], edits: [{ ...edit, agent: "acme/other", file: "agents/acme/other.yaml" }] }),
        rule,
      ),
    ).toBe("allow");
  });

  test("nothing is of low risk where there is nothing", () => {
    expect(said(changeSet(alert, { changes: [] }), guardrail(["{allow: 'true', message: fine}"]))).toBe("allow");
  });

  test("problems deny", () => {
    const problem = { file: "agents/acme/triage.yaml", line: 3, column: 5, pointer: "/spec/x", message: "is no field" };
    expect(said(changeSet(drift, { problems: [problem] }))).toBe(
      "deny: agents/acme/triage.yaml:3:5 /spec/x: is no field@undefined",
    );
  });

  test("edits too large to be remembered, too many, or of a file that is not the agent's, deny", () => {
    const edit: Edit = {
      kind: "set",
      agent,
      file: `agents/${agent}.yaml`,
      at: "/spec/instructions/inline",
      from: "",
      to: "x",
      why: "",
      by: "person",
    };
    expect(said(changeSet(alert, { edits: [edit, { ...edit, file: `agents/${agent}.yml` }] }))).toBe("allow");
    const dense = randomBytes(24_000).toString("base64");
    for (const edits of [
      [{ ...edit, to: dense }],
      [{ ...edit, to: "x".repeat(2_000_001) }],
      Array.from({ length: 5001 }, () => ({ ...edit, why: "" })),
    ]) {
      expect(said(changeSet(alert, { edits }))).toMatch(/^deny: \d+ edits are too many for one pull request/);
    }
    expect(said(changeSet(alert, { edits: Array.from({ length: 2000 }, () => edit) }))).toBe("allow");
    for (const file of [
      "raos.yaml",
      "tenants/acme.yaml",
      "agents/acme/other.yaml",
      "agents/acme/triage.yaml/../x.yaml",
      ".yamlagents/acme/triage",
      "deploy/production/acme/triage/values.yaml",
    ]) {
      expect(said(changeSet(alert, { edits: [{ ...edit, file }] }))).toBe(
        `deny: an edit of acme/triage changes ${file}, which is not the agent's spec@undefined`,
      );
    }
  });

  test("an overlay is no way around a path", () => {
    const rule = guardrail(["{deny: 'edits.exists(e, e.path == \"/spec/model/name\")', message: no}"]);
    const edit: Edit = {
      kind: "add",
      agent,
      file: `agents/${agent}.yaml`,
      at: "/spec/environments/production/model/name",
      to: "x",
      why: "",
      by: "model",
    };
    expect(said(changeSet(alert, { edits: [edit], files: [] }), rule)).toBe("deny: no@production");
    // One of an environment that is not there would else be judged nowhere.
    const astray = { ...edit, at: edit.at.replace("production", "moon") };
    expect(said(changeSet(alert, { edits: [astray], files: [] }), rule)).toBe("deny: no@staging, no@production");
  });
});
