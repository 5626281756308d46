import type { AgentSpec } from "../../domain/agent/agent.ts";
import type { SharedInputs } from "../../domain/fleet.ts";
import type { SpecFault } from "./rules/spec-fault.ts";

/** Kubernetes appends eleven characters to a CronJob's name for each of its Jobs. */
const LONGEST_CRONJOB = 52;

/** Faults of a Job or CronJob together with its name, and with what delivers it. */
export function checkJob({ runtime }: AgentSpec, shared: SharedInputs, name: string): readonly SpecFault[] {
  if (runtime.workload === "CronJob" && name.length > LONGEST_CRONJOB)
    return [
      {
        path: ["runtime", "workload"],
        message: `a CronJob's name has at most ${LONGEST_CRONJOB} characters, and ${name} has ${name.length}; shorten it`,
      },
    ];
  const deletes = runtime.workload === "Job" && runtime.job?.ttlSecondsAfterFinished !== undefined;
  if (!deletes || shared.config.spec.delivery !== "argocd") return [];
  return [
    {
      path: ["runtime", "job", "ttlSecondsAfterFinished"],
      message: "Argo CD would make the deleted Job again, and so run it for ever; remove it",
    },
  ];
}
