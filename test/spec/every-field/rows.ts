import { loadPolicies } from "../../../src/pass/load-policies.ts";
import { policyWarnings } from "../../../src/pass/policy-warnings.ts";
import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { readDocuments } from "../../../src/spec/yaml/read-yaml.ts";
import { CONFIG, DEMO_TENANT, HELLO, snapshotOf } from "../../support/specs/snapshot.ts";
import type { FieldType, Question } from "./fields.ts";

/**
 * Names of fields: a path, a path with `.**` for all that is below it, or `**.` before an end; and, where a row is about types,
 * every field of these types.
 */
export interface Fields {
  readonly of: readonly string[];
  readonly types?: readonly FieldType[];
}

/** An answer to a question about fields: what is said of a value, or why nothing is. */
export type Row = { readonly fields: Fields; readonly questions: readonly Question[] } & (
  | { readonly kind: "said"; readonly title: string; readonly find: () => readonly string[]; readonly said: string }
  | { readonly kind: "silent"; readonly reason: string }
);

type Files = Readonly<Record<string, string>>;

/** Why nothing is said. */
export function silent(of: string | readonly string[], questions: Question | readonly Question[], reason: string): Row {
  return { kind: "silent", fields: { of: [of].flat() }, questions: [questions].flat(), reason };
}

/** Why nothing is said of any field of these types. */
export function silentTypes(types: readonly FieldType[], question: Question, reason: string): Row {
  return { kind: "silent", fields: { of: ["**"], types }, questions: [question], reason };
}

/** What is said of lines in the spec of the agent demo/hello; `tenant` are fields of its tenant's spec. */
export function agent(
  of: string | readonly string[],
  question: Question,
  spec: string,
  said: string,
  { tenant = "", files = {} }: { readonly tenant?: string; readonly files?: Files } = {},
): Row {
  const find = () =>
    complaintsIn({
      "raos.yaml": CONFIG,
      "tenants/demo.yaml": DEMO_TENANT.replace("demo-agents}", `demo-agents${tenant === "" ? "" : `, ${tenant}`}}`),
      "agents/demo/hello.yaml": withLines(spec),
      ...files,
    });
  return { kind: "said", fields: { of: [of].flat() }, questions: [question], title: spec, find, said };
}

/** The smallest agent with these lines, which replace its own of the same name. */
export function withLines(spec: string): string {
  const keys = [...spec.matchAll(/^([a-zA-Z0-9]+):/gm)].map((match) => match[1]);
  const own = HELLO.split("\n").filter((line) => !keys.includes(/^ {2}([a-z]+):/.exec(line)?.[1]));
  return `${own.join("\n").trimEnd()}\n${spec
    .split("\n")
    .map((line) => `  ${line}\n`)
    .join("")}`;
}

/** What is said of the spec of a tenant. */
export function tenant(of: string | readonly string[], question: Question, spec: string, said: string): Row {
  const file = `apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: demo}\nspec: ${spec}\n`;
  const find = () => complaintsIn({ "raos.yaml": CONFIG, "tenants/demo.yaml": file, "agents/demo/hello.yaml": HELLO });
  return { kind: "said", fields: { of: [of].flat() }, questions: [question], title: spec, find, said };
}

/** What is said of the spec of raos.yaml. */
export function config(of: string | readonly string[], question: Question, spec: string, said: string): Row {
  const file = `apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: ${spec}\n`;
  const find = () =>
    complaintsIn({ "raos.yaml": file, "tenants/demo.yaml": DEMO_TENANT, "agents/demo/hello.yaml": HELLO });
  return { kind: "said", fields: { of: [of].flat() }, questions: [question], title: spec, find, said };
}

/** What is said of a template that the agent uses. */
export function template(of: string | readonly string[], question: Question, spec: string, said: string): Row {
  const file = `apiVersion: raos.dev/v1alpha1\nkind: AgentTemplate\nmetadata: {name: t}\nspec: ${spec}\n`;
  const find = () =>
    complaintsIn({
      "raos.yaml": CONFIG,
      "tenants/demo.yaml": DEMO_TENANT,
      "templates/t.yaml": file,
      "agents/demo/hello.yaml": `${HELLO}  template: {ref: t}\n`,
    });
  return { kind: "said", fields: { of: [of].flat() }, questions: [question], title: spec, find, said };
}

/** What is said of a guardrail or remedy, beside a remedy that ships for AgentOutOfMemory. */
export function policy(
  of: string | readonly string[],
  question: Question,
  kind: string,
  spec: string,
  said: string,
): Row {
  const document = (name: string, text: string) =>
    Buffer.from(`apiVersion: raos.dev/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${text}\n`);
  const shipped = readDocuments("shipped.yaml", document("shipped", "{on: {alerts: [AgentOutOfMemory]}}")).documents;
  const find = () => {
    const bytes = document("own", spec);
    const { problems } = loadPolicies([], [{ path: "policies/own.yaml", bytes }]);
    const { fleet } = readFleet(snapshotOf({ "raos.yaml": CONFIG }));
    const own = readDocuments("policies/own.yaml", bytes).documents;
    const warnings = policyWarnings(own, shipped, fleet.config);
    return [...problems.map(shownProblem), ...warnings.map((one) => `warning: ${shownProblem(one)}`)];
  };
  return { kind: "said", fields: { of: [of].flat() }, questions: [question], title: spec, find, said };
}

/** Problems and warnings of a whole repository, as `pointer: message` without /spec/. */
export function complaintsIn(files: Files): readonly string[] {
  const { problems, warnings } = readFleet(snapshotOf(files));
  return [...problems.map(shownProblem), ...warnings.map((one) => `warning: ${shownProblem(one)}`)];
}

function shownProblem({ pointer, message }: { readonly pointer: string; readonly message: string }): string {
  return `${pointer.replace(/^\/spec\//, "")}: ${message}`;
}

/** Whether a row's fields hold one. */
export function holds({ of, types }: Fields, field: { readonly path: string; readonly type: FieldType }): boolean {
  if (types !== undefined && !types.includes(field.type)) return false;
  return of.some((pattern) => {
    if (pattern === "**") return true;
    if (pattern.startsWith("**.")) return field.path.endsWith(pattern.slice(2));
    if (!pattern.endsWith(".**")) return pattern === field.path;
    const above = pattern.slice(0, -3);
    return field.path === above || field.path.startsWith(`${above}.`) || field.path.startsWith(`${above}[`);
  });
}
