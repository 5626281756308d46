import { tenantOf } from "../../domain/agent-key.ts";
import type { Ancestor } from "../ancestors.ts";
import type { RequestedAgent } from "../lineage-view.ts";
import { type GrantRefusal, refusal } from "../refusal.ts";

/** Whether an agent is of the tenant of the one that asks, made from a template that is granted, and somebody answers for it. */
export function belongingRefusals(
  asked: Pick<RequestedAgent, "agent" | "template" | "lineage" | "isNew">,
  parent: Ancestor,
): readonly GrantRefusal[] {
  const { agent, template, lineage } = asked;
  const { sponsor, templates } = parent.grant;
  const found: GrantRefusal[] = [];
  if (tenantOf(agent) !== tenantOf(parent.agent))
    found.push(
      refusal("tenant-not-granted", `${parent.agent} may ask for agents of tenant ${tenantOf(parent.agent)} only`),
    );
  if (template === undefined || !templates.includes(template)) {
    const used = template === undefined ? "it has no template" : `${template} is not among them`;
    const granted = templates.join(", ") || "none";
    const message = `agents that ${parent.agent} asks for are made from templates it is granted (${granted}); ${used}`;
    found.push(refusal("template-not-granted", message, "/spec/template/ref"));
  }
  if (sponsor === undefined)
    found.push(
      refusal(
        "no-sponsor",
        `nobody answers for what ${parent.agent} asks for; write supervision.createAgents.sponsor there`,
      ),
    );
  else if (asked.isNew && lineage.sponsor !== sponsor)
    found.push(
      refusal("sponsor-differs", `${sponsor} is the sponsor, not ${lineage.sponsor}`, "/metadata/annotations"),
    );
  return found;
}
