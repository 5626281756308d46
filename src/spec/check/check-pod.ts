import type { AgentSpec } from "../../domain/agent/agent.ts";
import type { PodPrivilege } from "../../domain/agent/pod/tenant-allows.ts";
import type { SharedInputs } from "../../domain/fleet.ts";
import { covers, reservedBy } from "../../domain/reserved-labels.ts";
import { POD, type Steps } from "./rules/pod/pod-containers.ts";
import type { SpecFault } from "./rules/spec-fault.ts";

type Pod = NonNullable<AgentSpec["runtime"]["pod"]>;

/** Faults for what `runtime.pod` asks for and the tenant's file does not allow. */
export function checkPod(spec: AgentSpec, shared: SharedInputs, tenant: string): readonly SpecFault[] {
  const { pod } = spec.runtime;
  if (pod === undefined) return [];
  const allowed = shared.tenants.get(tenant)?.spec.allow ?? [];
  const denied = privilegesOf(pod).flatMap(({ privilege, path, what }) =>
    allowed.includes(privilege)
      ? []
      : [
          {
            path,
            message: `${what} is denied; remove it, or let the platform team add ${privilege} to spec.allow in tenants/${tenant}.yaml`,
          },
        ],
  );
  return [...denied, ...metadataFaults(pod, shared, tenant)];
}

interface Asked {
  readonly privilege: PodPrivilege;
  readonly path: Steps;
  readonly what: string;
}

/** Everything in a pod that a tenant has to allow. */
function privilegesOf(pod: Pod): readonly Asked[] {
  const asked: Asked[] = [];
  for (const field of ["hostNetwork", "hostPID", "hostIPC"] as const)
    if (pod[field] === true) asked.push({ privilege: field, path: [...POD, field], what: field });
  for (const [index, { hostPath }] of (pod.volumes ?? []).entries())
    if (hostPath !== undefined)
      asked.push({ privilege: "hostPath", path: [...POD, "volumes", index, "hostPath"], what: "a path of the node" });
  if (pod.securityContext?.runAsUser === 0)
    asked.push({ privilege: "rootUser", path: [...POD, "securityContext", "runAsUser"], what: "the root user" });
  asked.push(...containerPrivileges(pod.containerSecurityContext, [...POD, "containerSecurityContext"]));
  for (const [index, { securityContext }] of (pod.initContainers ?? []).entries()) {
    const path = [...POD, "initContainers", index, "securityContext"];
    if (securityContext?.runAsUser === 0)
      asked.push({ privilege: "rootUser", path: [...path, "runAsUser"], what: "the root user" });
    asked.push(...containerPrivileges(securityContext, path));
  }
  return asked;
}

function containerPrivileges(context: Pod["containerSecurityContext"], path: Steps): readonly Asked[] {
  const asked: Asked[] = [];
  if (context?.privileged === true)
    asked.push({ privilege: "privileged", path: [...path, "privileged"], what: "a privileged container" });
  if (context?.readOnlyRootFilesystem === false)
    asked.push({
      privilege: "writableRootFilesystem",
      path: [...path, "readOnlyRootFilesystem"],
      what: "a writable root file system (an emptyDir where the program writes does for most)",
    });
  if ((context?.capabilities?.add ?? []).length > 0)
    asked.push({ privilege: "capabilities", path: [...path, "capabilities", "add"], what: "an added capability" });
  return asked;
}

/** Those that RAOS, Helm and Dapr set, whatever a tenant's file says. */
const NEVER = ["app.kubernetes.io/", "helm.sh/", "raos.dev/", "dapr.io/"];

function metadataFaults(pod: Pod, { config, tenants }: SharedInputs, tenant: string): readonly SpecFault[] {
  const allowed = tenants.get(tenant)?.spec.podMetadata ?? [];
  return (["labels", "annotations"] as const).flatMap((field) =>
    Object.keys(pod[field] ?? {}).flatMap((key): readonly SpecFault[] => {
      const by = reservedBy(key, config);
      const isOurs = NEVER.some((entry) => covers(entry, key));
      if (by === undefined || (!isOurs && allowed.some((entry) => covers(entry, key)))) return [];
      const what = field === "labels" ? "label" : "annotation";
      const instead = isOurs
        ? "remove it"
        : `remove it, or let the platform team add ${key} to spec.podMetadata in tenants/${tenant}.yaml`;
      return [
        { path: [...POD, field, key], message: `${what} ${key} is set or read by ${by}; ${instead}`, part: "key" },
      ];
    }),
  );
}
