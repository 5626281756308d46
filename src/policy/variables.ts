import type { AgentChange, Cause, Edit, FileChange } from "../domain/change.ts";
import { type Variables, variable } from "../domain/expression.ts";
import type { SharedInputs } from "../domain/fleet.ts";
import type { Json } from "../domain/scalars.ts";

/** The names that a guardrail's expressions may use; `variablesOf` says what each holds. */
export const VARIABLES = [
  "after",
  "agent",
  "before",
  "cause",
  "change",
  "config",
  "edits",
  "environment",
  "files",
  "stage",
  "tenant",
] as const;

export type PolicyInputs = Pick<SharedInputs, "config" | "tenants">;

/** One agent's change in one environment, with its edits and its generated files. */
export interface Part {
  readonly change: AgentChange;
  readonly edits: readonly Edit[];
  readonly files: readonly FileChange[];
}

/**
 * What a rule sees of one agent's change in one environment:
 * - `after`, `before`: `{spec, values}` and `{values}`; `spec` is the effective spec, `values` what the chart is given.
 *   Without them (`has(after.spec)` is false) where the agent goes away, or was not there;
 * - `change`: "new", "changed" or "removed"; `environment`; `stage`, the DACA stage;
 * - `agent`: `{key, name, tenant}`; `tenant`: `{name, spec}`; `config`: the spec of raos.yaml;
 * - `cause`: as a marker holds it, `{kind, …}`;
 * - `edits`: those to this agent, `{kind, agent, file, at, path, from, to, why, by}`; `path` is the path in effect, the same
 *   whether the edit lands in the agent's spec or in an environment's overlay;
 * - `files`: `{path, change}` of this agent's generated files, change "added", "changed" or "removed".
 */
export function variablesOf({ change, edits, files }: Part, cause: Cause, inputs: PolicyInputs): Variables {
  const [tenant = "", name = ""] = change.agent.split("/");
  const spec = fieldOf(change.spec, "stage");
  return {
    after: variable(present({ spec: change.spec, values: change.after })),
    before: variable(present({ values: change.before })),
    change: change.before === undefined ? "new" : change.after === undefined ? "removed" : "changed",
    environment: change.environment,
    stage: typeof spec === "string" ? spec : "",
    agent: variable({ key: change.agent, name, tenant }),
    tenant: variable(tenantOf(tenant, inputs)),
    config: variable(json(inputs.config.spec)),
    cause: variable(json(cause)),
    edits: variable(edits.map(editOf)),
    files: variable(files.map(fileOf)),
  };
}

function tenantOf(name: string, inputs: PolicyInputs): Json {
  const tenant = inputs.tenants.get(name);
  return tenant === undefined ? { name } : { name, spec: json(tenant.spec) };
}

function editOf(edit: Edit): Json {
  const path = edit.at.replace(/^\/spec\/environments\/[^/]+/, "/spec");
  return json({ ...edit, path });
}

function fileOf(file: FileChange): Json {
  return {
    path: file.path,
    change: file.before === undefined ? "added" : file.text === undefined ? "removed" : "changed",
  };
}

function present(parts: Readonly<Record<string, Json | undefined>>): Json {
  const entries = Object.entries(parts).flatMap(([key, value]): [string, Json][] =>
    value === undefined ? [] : [[key, value]],
  );
  return Object.fromEntries(entries);
}

function fieldOf(value: Json | undefined, key: string): Json | undefined {
  const mapping = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  return Object.entries(mapping).find(([name]) => name === key)?.[1];
}

function json(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}
