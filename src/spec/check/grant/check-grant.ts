import type { AgentSpec } from "../../../domain/agent/agent.ts";
import { tenantOf } from "../../../domain/agent-key.ts";
import { acceptsTenant } from "../../../domain/consent.ts";
import type { SharedInputs } from "../../../domain/fleet.ts";
import type { AgentFields } from "../../../domain/kinds/kinds.ts";
import { setsValueAt } from "../../edit/place-of-edit.ts";
import { didYouMean } from "../../problems/nearest.ts";
import type { SpecFault } from "../rules/spec-fault.ts";

/** Templates of a grant that do not exist, and agents to improve whose tenant does not accept this one's. */
export function checkGrant(spec: AgentSpec, shared: SharedInputs, tenant: string): readonly SpecFault[] {
  const { createAgents, improves = [] } = spec.supervision;
  const known = [...shared.templates.keys()];
  const unknown = (createAgents?.templates ?? []).flatMap((template, index): readonly SpecFault[] => {
    if (shared.templates.has(template) || shared.broken?.templates.has(template) === true) return [];
    const hint = didYouMean(template, known, `add templates/${template}.yaml`);
    const path = ["supervision", "createAgents", "templates", index];
    return [{ path, message: `unknown template ${template}; ${hint}` }];
  });
  const foreign = improves.flatMap((pattern, index): readonly SpecFault[] => {
    const other = tenantOf(pattern);
    if (acceptsTenant(other, tenant, shared)) return [];
    const message = `tenant ${other} does not accept ${tenant}; add ${tenant} to spec.accepts of tenants/${other}.yaml, or remove ${pattern}`;
    return [{ path: ["supervision", "improves", index], message }];
  });
  return [...unknown, ...foreign];
}

/** The fields of an overlay that have to be the same in every environment: a grant is counted for the agent as a whole. */
export function grantInOverlay(overlay: AgentFields): readonly SpecFault[] {
  return (["createAgents", "improves"] as const)
    .filter((field) => setsValueAt(overlay, ["supervision", field]))
    .map((field) => ({
      path: ["supervision", field],
      message: `${field} is the same in every environment; write it in spec.supervision`,
    }));
}
