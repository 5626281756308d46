import { nameOf, tenantOf } from "../domain/agent-key.ts";
import type { AgentChange, ChangeSet, Edit, FileChange } from "../domain/change-set.ts";
import { type Variables, variable } from "../domain/expression/expression.ts";
import type { SharedInputs } from "../domain/fleet.ts";
import type { ChangeCounts } from "../domain/record/change-counts.ts";
import type { Json } from "../domain/values/scalars.ts";
import { reachVariable } from "./reach-variable.ts";

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
  "reach",
  "record",
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
 * The variables of a rule, for one agent's change in one environment:
 * - `after`, `before`: `{spec, values}` and `{values}`; `spec` is the effective spec, `values` are those of the chart.
 *   `after` is empty where the agent is removed (`has(after.spec)` is false), `before` where it is new;
 * - `change`: "new", "changed" or "removed"; `environment`; `stage`, the DACA stage;
 * - `agent`: `{key, name, tenant}`; `tenant`: `{name, spec}`; `config`: the spec of raos.yaml;
 * - `cause`: as a marker holds it, `{kind, …}`; of a request also `wants` ("create", "change", "retire" or "orphans"), and `by` ("person" or "agent");
 * - `edits`: the edits of this agent, `{kind, agent, file, at, path, from, to, why, by}`; `path` is the path in the spec in effect,
 *   the same for an edit of the agent's spec and of an environment's overlay;
 * - `files`: `{path, change}` of this agent's generated files, change "added", "changed" or "removed";
 * - `reach`: the destinations that the agent can reach, or whose address it is given, from every field of the new spec that names one
 *   (model, MCP servers, peers, Dapr components and their metadata, traces, declared egress, variables, arguments):
 *   `{kind, field, for, opens, metadata, accepted, own, …}`. `kind` is "cidr" (`cidr`), "anywhere" (a `cidr` of every
 *   address), "namespace" (`namespace`, `host`), "host" (`host`, a name outside the cluster), "agent" (`host`, a peer's name,
 *   `tenant`) or "unreadable" (`host`). `field` is the pointer to the field; `opens`: it opens the network policy; `port`: absent
 *   where every port is meant; `metadata`: it is a cloud's metadata service or a link-local address; `tenant`: the owner of the
 *   namespace; `own`: it is the agent's own namespace; `accepted`: that tenant accepts the agent's tenant.
 * - `record`: `{merged, refused, verified, worse, reverted}`, what became of the changes that the same remedy, or the same kind of
 *   cause, asked for before; empty where that is not known, so that each rule that reads it fails.
 */
export function variablesOf(
  { change, edits, files }: Part,
  { cause, request }: Pick<ChangeSet, "cause" | "request">,
  inputs: PolicyInputs,
  record: ChangeCounts | undefined,
): Variables {
  const tenant = tenantOf(change.agent);
  const spec = fieldOf(change.spec, "stage");
  return {
    after: variable(present({ spec: change.spec, values: change.after })),
    before: variable(present({ values: change.before })),
    change: change.before === undefined ? "new" : change.after === undefined ? "removed" : "changed",
    environment: change.environment,
    stage: typeof spec === "string" ? spec : "",
    agent: variable({ key: change.agent, name: nameOf(change.agent), tenant }),
    tenant: variable(tenantVariable(tenant, inputs)),
    config: variable(json(inputs.config.spec)),
    cause: variable(json({ ...cause, ...(request && { wants: request.wants, by: request.from.kind }) })),
    edits: variable(edits.map(editOf)),
    files: variable(files.map(fileOf)),
    reach: variable(reachVariable(change.spec, tenant, inputs)),
    record: variable({ ...record }),
  };
}

function tenantVariable(name: string, inputs: PolicyInputs): Json {
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
