import * as z from "zod";
import { API_VERSION } from "../domain/agent/agent.ts";
import { tenantOf } from "../domain/agent-key.ts";
import type { Cause } from "../domain/cause.ts";
import type { ChangeSet, Edit } from "../domain/change-set.ts";
import { deployDir } from "../domain/fleet.ts";
import { Config, Tenant } from "../domain/kinds/kinds.ts";
import type { ChangeCounts } from "../domain/record/change-counts.ts";
import type { AgentRequest } from "../domain/request/agent-request.ts";
import type { Principal } from "../domain/request/principal.ts";
import type { Json } from "../domain/values/scalars.ts";
import type { PolicyInputs } from "./variables.ts";

const JsonValue: z.ZodType<Json> = z.json();
const Count = z.int().nonnegative().default(0);
const CauseKind = z.enum(["drift", "alert", "request", "tune", "upgrade", "regression"]);

/**
 * One case of a guardrail's fixture. Without `before` the agent is new; without `after` it is removed. Without `spec`, `after`
 * has an empty one. A rule that reads a value which the case does not give fails, and the result of the case says so.
 */
export const PolicyCase = z.strictObject({
  name: z.string().min(1).max(200),
  cause: CauseKind.default("alert"),
  /** Of a request: what is wanted, and who asks. */
  asked: z
    .strictObject({ wants: z.enum(["create", "change", "retire", "orphans"]), by: z.enum(["person", "agent"]) })
    .default({ wants: "change", by: "person" }),
  agent: z
    .string()
    .regex(/^[a-z0-9-]{1,63}\/[a-z0-9-]{1,63}$/, "is not an agent; write tenant/name")
    .default("acme/triage"),
  environment: z.string().min(1).default("production"),
  before: z.strictObject({ values: JsonValue.default({}) }).optional(),
  after: z.strictObject({ spec: JsonValue.default({}), values: JsonValue.default({}) }).optional(),
  edits: z
    .array(
      z.strictObject({
        kind: z.enum(["set", "add", "remove"]).default("set"),
        by: z.enum(["rule", "model", "agent", "person"]).default("rule"),
        at: z.string(),
        from: JsonValue.optional(),
        to: JsonValue.default(null),
      }),
    )
    .default([]),
  /** The spec of the tenant, and of raos.yaml. */
  tenant: Tenant.shape.spec.optional(),
  /** The specs of other tenants, by name. */
  tenants: z.record(z.string(), Tenant.shape.spec).default({}),
  config: Config.shape.spec.optional(),
  /** What became of earlier changes of the same remedy or cause; unknown: it cannot be read. */
  record: z
    .union([
      z.literal("unknown"),
      z.strictObject({ merged: Count, refused: Count, verified: Count, worse: Count, reverted: Count }),
    ])
    .prefault({}),
  expect: z.strictObject({
    verdict: z.enum(["allow", "review", "deny"]),
    lowRisk: z.boolean().optional(),
    messages: z.array(z.string()).default([]),
  }),
});
export type PolicyCase = z.infer<typeof PolicyCase>;
export const PolicyCases = z.array(PolicyCase).min(1).max(500);

/** The change a case describes. */
export function changesOfCase(one: PolicyCase): ChangeSet {
  const { agent, environment } = one;
  const blob = { oid: "0".repeat(40), text: "before" };
  const path = `${deployDir(environment, agent)}/values.yaml`;
  return {
    cause: causeOf(one),
    base: "0".repeat(40),
    agents: [agent],
    edits: one.edits.map((edit) => editOf(edit, agent)),
    files: [{ path, before: one.before && blob, text: one.after && "after" }],
    changes: [{ agent, environment, before: one.before?.values, after: one.after?.values, spec: one.after?.spec }],
    problems: [],
    ...(one.cause === "request" ? { request: requestOfCase(one) } : {}),
  };
}

function requestOfCase({ agent, asked: { wants, by }, environment }: PolicyCase): AgentRequest {
  const from: Principal =
    by === "person" ? { kind: "person", login: "somebody" } : { kind: "agent", agent, environment, chain: [] };
  return { id: "1", wants, agent, from, words: "", assumptions: [] };
}

/** Configuration and tenant of a case: their specs where it gives them, else the defaults. */
export function inputsOf(one: PolicyCase): PolicyInputs {
  const name = tenantOf(one.agent);
  const config = { apiVersion: API_VERSION, kind: "Config", spec: one.config ?? Config.shape.spec.parse({}) } as const;
  const specs = Object.entries({ ...one.tenants, [name]: one.tenant ?? Tenant.shape.spec.parse({}) });
  const tenants = specs.map(
    ([tenant, spec]) =>
      [tenant, { apiVersion: API_VERSION, kind: "Tenant", metadata: { name: tenant }, spec } as const] as const,
  );
  return { config, tenants: new Map(tenants) };
}

/** The record of earlier changes that a case gives: of none where it gives none, undefined where it says that it is unknown. */
export function recordOfCase({ record }: PolicyCase): ChangeCounts | undefined {
  return record === "unknown" ? undefined : record;
}

function causeOf({ cause, agent, environment }: PolicyCase): Cause {
  switch (cause) {
    case "drift":
      return { kind: "drift", scope: { kind: "agent", agent } };
    case "alert":
    case "tune":
      return { kind: cause, agent, environment, remedy: "out-of-memory" };
    case "request":
      return { kind: "request", id: "1" };
    case "upgrade":
      return { kind: "upgrade", agent };
    case "regression":
      return { kind: "regression", pull: 1 };
    default:
      return cause satisfies never;
  }
}

function editOf(edit: PolicyCase["edits"][number], agent: string): Edit {
  const place = { agent, file: `agents/${agent}.yaml`, at: edit.at, why: "a case of a fixture", by: edit.by };
  switch (edit.kind) {
    case "set":
      return { kind: "set", ...place, from: edit.from, to: edit.to };
    case "add":
      return { kind: "add", ...place, to: edit.to };
    case "remove":
      return { kind: "remove", ...place, from: edit.from };
    default:
      return edit.kind satisfies never;
  }
}
