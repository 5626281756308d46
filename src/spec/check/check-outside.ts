import type { AgentSpec } from "../../domain/agent/agent.ts";
import { coversHost } from "../../domain/agent/public-hosts.ts";
import type { SharedInputs } from "../../domain/fleet.ts";
import { ingressAnnotationFault } from "./rules/ingress-annotations.ts";
import { repeated, type SpecFault } from "./rules/spec-fault.ts";

/** Faults for hosts and secret stores outside of the cluster, which the tenant's file has to name. */
export function checkOutside(spec: AgentSpec, shared: SharedInputs, tenant: string): readonly SpecFault[] {
  return [...hostFaults(spec, shared, tenant), ...storeFaults(spec, shared, tenant)];
}

function hostFaults({ networking }: AgentSpec, shared: SharedInputs, tenant: string): readonly SpecFault[] {
  const { hosts = [], ingress = [] } = networking ?? {};
  const path = ["networking", "hosts"];
  const allowed = shared.tenants.get(tenant)?.spec.hosts ?? [];
  const faults = hosts.flatMap((entry, index): readonly SpecFault[] => {
    const ways = [entry.ingress, entry.httpRoute].filter((way) => way !== undefined).length;
    return [
      ...(ways === 1 ? [] : [{ path: [...path, index], message: "write exactly one of ingress and httpRoute" }]),
      ...annotationFaults(entry, [...path, index, "ingress", "annotations"], shared, tenant),
      ...listenerFaults(entry, [...path, index, "httpRoute", "parentRefs"]),
      ...(allowed.some((pattern) => coversHost(pattern, entry.host))
        ? []
        : [
            {
              path: [...path, index, "host"],
              message: `the tenant does not have this host; the platform team may add ${entry.host} to spec.hosts in tenants/${tenant}.yaml`,
            },
          ]),
    ];
  });
  const closed =
    hosts.length > 0 && ingress.length === 0
      ? [
          {
            path,
            message:
              "the network policy is closed to what serves the host; add its namespace to networking.ingress, such as {namespace: ingress-nginx}",
          },
        ]
      : [];
  return [
    ...faults,
    ...closed,
    ...repeated(hosts, ({ host, path: at = "/" }) => `${host}${at}`, path, undefined, "host"),
  ];
}

type PublicHost = NonNullable<NonNullable<AgentSpec["networking"]>["hosts"]>[number];

function annotationFaults(
  { ingress }: PublicHost,
  path: SpecFault["path"],
  { config, tenants }: SharedInputs,
  tenant: string,
): readonly SpecFault[] {
  const allowed = tenants.get(tenant)?.spec.ingressAnnotations ?? [];
  return Object.keys(ingress?.annotations ?? {}).flatMap((key): readonly SpecFault[] => {
    const message = ingressAnnotationFault(key, { config, tenant, allowed });
    return message === undefined ? [] : [{ path: [...path, key], message, part: "key" }];
  });
}

/** A Gateway that is named twice, of which the API server wants the listeners told apart. */
function listenerFaults({ httpRoute }: PublicHost, path: SpecFault["path"]): readonly SpecFault[] {
  const refs = httpRoute?.parentRefs ?? [];
  const gateways = Map.groupBy(refs.entries(), ([, { name, namespace = "" }]) => `${namespace}/${name}`);
  return [...gateways.values()].flatMap((same) =>
    same.slice(1).flatMap(([index, { name, sectionName }]) => {
      const isApart = same.every(
        ([other, ref]) => ref.sectionName !== undefined && (other === index || ref.sectionName !== sectionName),
      );
      const message = `a second Gateway ${name}; name each only once, or each listener of it by another sectionName`;
      return isApart ? [] : [{ path: [...path, index], message }];
    }),
  );
}

function storeFaults({ runtime }: AgentSpec, shared: SharedInputs, tenant: string): readonly SpecFault[] {
  const list = runtime.externalSecrets ?? [];
  const path = ["runtime", "externalSecrets"];
  const allowed = shared.tenants.get(tenant)?.spec.secretStores ?? [];
  const faults = list.flatMap(({ secretStoreRef: { kind, name }, data }, index): readonly SpecFault[] => [
    ...(allowed.some((store) => store.kind === kind && store.name === name)
      ? []
      : [
          {
            path: [...path, index, "secretStoreRef"],
            message: `the tenant may not read from this store; the platform team may add {kind: ${kind}, name: ${name}} to spec.secretStores in tenants/${tenant}.yaml`,
          },
        ]),
    ...repeated(data, ({ secretKey }) => secretKey, [...path, index, "data"], "secretKey", "key"),
  ]);
  return [...faults, ...repeated(list, ({ name }) => name, path, "name", "Secret")];
}
