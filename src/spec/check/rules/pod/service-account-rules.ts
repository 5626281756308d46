import type { AgentSpec } from "../../../../domain/agent/agent.ts";
import type { SpecFault } from "../spec-fault.ts";
import { identityFault } from "./identity-annotations.ts";
import type { Steps } from "./pod-containers.ts";
import { grantsNothing } from "./readable-resources.ts";

export const ACCOUNT: Steps = ["runtime", "serviceAccount"];

/**
 * Resources whose reading gives more than sight: Secrets, and paths on which a GET opens a shell or a tunnel
 * (https://kubernetes.io/docs/concepts/security/rbac-good-practices/).
 */
const BEYOND_READING: ReadonlySet<string> = new Set(["exec", "attach", "portforward", "proxy", "token"]);

/** Rights in the cluster: only with a token and a way to the API server, and only for reading. */
export function serviceAccounts(spec: AgentSpec): readonly SpecFault[] {
  const { serviceAccount } = spec.runtime;
  if (serviceAccount === undefined) return [];
  const { annotations = {}, rules = [], roleRefs = [], automountServiceAccountToken } = serviceAccount;
  const faults: SpecFault[] = [...rules.flatMap(ruleFaults), ...identities(annotations)];
  for (const [index, { kind, clusterWide }] of roleRefs.entries())
    if (kind === "Role" && clusterWide === true)
      faults.push({
        path: [...ACCOUNT, "roleRefs", index, "clusterWide"],
        message: "a Role is in one namespace; write kind: ClusterRole, or remove clusterWide",
      });
  const field = rules.length > 0 ? "rules" : "roleRefs";
  if (rules.length + roleRefs.length === 0) return faults;
  if (automountServiceAccountToken !== true)
    faults.push({
      path: [...ACCOUNT, field],
      message: "without a token the agent cannot use its rights; add automountServiceAccountToken: true",
    });
  else if (!reachesApiServer(spec))
    faults.push({
      path: [...ACCOUNT, "automountServiceAccountToken"],
      message:
        "the network policy is closed to the API server; add its address to networking.egress, such as {cidr: 10.0.0.1/32, port: 443} (kubectl get endpointslices -l kubernetes.io/service-name=kubernetes)",
    });
  return faults;
}

type Rule = NonNullable<NonNullable<AgentSpec["runtime"]["serviceAccount"]>["rules"]>[number];

function ruleFaults({ apiGroups, resources }: Rule, index: number): readonly SpecFault[] {
  const path = [...ACCOUNT, "rules", index];
  const groups = apiGroups.flatMap((group, at) =>
    group === "core" || /^v\d/.test(group)
      ? [
          {
            path: [...path, "apiGroups", at],
            message: `${group} is no API group; write "" for that of pods and services`,
          },
        ]
      : [],
  );
  const read = resources.flatMap((resource, at): readonly SpecFault[] => {
    const [name = "", below = ""] = resource.split("/");
    const isMore = name === "secrets" || BEYOND_READING.has(below);
    const message = isMore
      ? `reading ${resource} gives more than sight; remove it, or refer to a role of the platform team (roleRefs)`
      : groups.length > 0
        ? undefined
        : grantsNothing(resource, apiGroups);
    return message === undefined ? [] : [{ path: [...path, "resources", at], message }];
  });
  return [...groups, ...read];
}

function identities(annotations: Readonly<Record<string, string>>): readonly SpecFault[] {
  return Object.entries(annotations).flatMap(([key, value]) => {
    const message = identityFault(key, value);
    return message === undefined ? [] : [{ path: [...ACCOUNT, "annotations", key], message }];
  });
}

function reachesApiServer({ networking }: AgentSpec): boolean {
  return (networking?.egress ?? []).some(({ port }) => port === undefined || port === 443 || port === 6443);
}
