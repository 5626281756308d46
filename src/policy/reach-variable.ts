import * as z from "zod";
import { Dapr } from "../domain/agent-dapr.ts";
import { Networking } from "../domain/agent-exposure.ts";
import { Model, Tool } from "../domain/agent-model.ts";
import { Observability } from "../domain/agent-operations.ts";
import { Runtime } from "../domain/agent-runtime.ts";
import type { SharedInputs } from "../domain/fleet.ts";
import { reachOf } from "../domain/reach.ts";
import type { Json } from "../domain/scalars.ts";

/** The parts of a spec that name destinations. A case of a fixture gives some of them, an effective spec all. */
const Reaching = z.object({
  model: z.object(Model.partial().shape).optional(),
  tools: z.array(Tool).optional(),
  dapr: z.object(Dapr.partial().shape).optional(),
  observability: z.object(Observability.pick({ tracing: true }).shape).optional(),
  networking: z.object(Networking.shape).optional(),
  runtime: z.object(Runtime.pick({ env: true, command: true, args: true }).shape).optional(),
});

/**
 * What an agent of a tenant can reach by its effective spec: the variable `reach` of guardrails. Empty without a spec;
 * undefined where the spec is none, so that a rule which asks cannot be judged and a person looks.
 */
export function reachVariable(
  spec: Json | undefined,
  tenant: string,
  shared: Pick<SharedInputs, "tenants">,
): Json | undefined {
  if (spec === undefined) return [];
  const parsed = Reaching.safeParse(spec);
  return parsed.success ? JSON.parse(JSON.stringify(reachOf(parsed.data, tenant, shared))) : undefined;
}
