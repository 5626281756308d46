import type { AgentSpec } from "../../domain/agent/agent.ts";
import type { SharedInputs } from "../../domain/fleet.ts";
import { covers, reservedBy } from "../../domain/reserved-labels.ts";
import { ACCOUNT } from "./rules/pod/service-account-rules.ts";
import type { SpecFault } from "./rules/spec-fault.ts";

/** Annotations that name an identity in a cloud: the cloud itself decides which ServiceAccounts may have it. */
const IDENTITIES = ["eks.amazonaws.com/", "iam.gke.io/gcp-service-account", "azure.workload.identity/"];

/** Faults for what a ServiceAccount asks for and the tenant's file does not allow. */
export function checkServiceAccount(spec: AgentSpec, shared: SharedInputs, tenant: string): readonly SpecFault[] {
  const { annotations = {}, roleRefs = [] } = spec.runtime.serviceAccount ?? {};
  const own = shared.tenants.get(tenant)?.spec;
  const roles = roleRefs.flatMap(({ kind, name, clusterWide = false }, index): readonly SpecFault[] => {
    const known = (own?.roles ?? []).some(
      (role) => role.kind === kind && role.name === name && (role.clusterWide === true || !clusterWide),
    );
    if (known) return [];
    const entry = `{kind: ${kind}, name: ${name}${clusterWide ? ", clusterWide: true" : ""}}`;
    const message = `the tenant may not use this role; the platform team may add ${entry} to spec.roles in tenants/${tenant}.yaml`;
    return [{ path: [...ACCOUNT, "roleRefs", index], message }];
  });
  const names = Object.keys(annotations).flatMap((key): readonly SpecFault[] => {
    if ([...IDENTITIES, ...(own?.podMetadata ?? [])].some((entry) => covers(entry, key))) return [];
    const by = reservedBy(key, shared.config);
    if (by === undefined) return [];
    return [
      {
        path: [...ACCOUNT, "annotations", key],
        message: `annotation ${key} is set or read by ${by}; remove it`,
        part: "key",
      },
    ];
  });
  return [...roles, ...names];
}
