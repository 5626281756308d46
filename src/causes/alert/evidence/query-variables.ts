import { measuredLabels } from "../../../remedy/owner/measured-labels.ts";
import type { Subject } from "./subject.ts";

/** The variables of a remedy's queries. */
export function queryVariables({ agent, environment, namespace, incident }: Subject) {
  return {
    agent: { name: agent.name, namespace, tenant: agent.tenant, environment },
    labels: measuredLabels(
      (incident.alerts.find((one) => one.status === "firing") ?? incident.alerts[0])?.labels ?? {},
    ),
  };
}
