import * as z from "zod";
import { Dapr } from "../domain/agent/agent-dapr.ts";
import { Networking } from "../domain/agent/agent-exposure.ts";
import { LanguageModel, Tool } from "../domain/agent/agent-model.ts";
import { Observability } from "../domain/agent/agent-operations.ts";
import { Runtime } from "../domain/agent/agent-runtime.ts";
import type { SharedInputs } from "../domain/fleet.ts";
import { reachOf } from "../domain/reach/reach.ts";
import type { Json } from "../domain/values/scalars.ts";

/** The parts of a spec that name destinations. A case of a fixture gives some of them, an effective spec all. */
const Reaching = z.object({
  model: z.object(LanguageModel.partial().shape).optional(),
  tools: z.array(Tool).optional(),
  dapr: z.object(Dapr.partial().shape).optional(),
  observability: z.object(Observability.pick({ tracing: true }).shape).optional(),
  networking: z.object(Networking.shape).optional(),
  runtime: z
    .object(Runtime.pick({ env: true, command: true, args: true, pod: true, serviceAccount: true }).shape)
    .optional(),
});

/**
 * What an agent of a tenant can reach by its effective spec: the variable `reach` of guardrails. Empty without a spec. Undefined
 * where the spec is not valid: then a rule that uses it fails, and a person has to review the change.
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
