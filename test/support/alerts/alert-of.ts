import type { Alert } from "../../../src/domain/alert/alert.ts";
import { fingerprintOf } from "../../../src/domain/alert/alert-payload.ts";
import { Config, Tenant } from "../../../src/domain/kinds/kinds.ts";
import type { FleetDirectory } from "../../../src/remedy/alert-owner.ts";

export const BEGAN = Date.parse("2026-06-01T11:40:00Z");

/** A firing alert with these labels, and what else differs from the usual. */
export function alertOf(labels: Readonly<Record<string, string>>, more: Partial<Alert> = {}): Alert {
  const name = labels.alertname ?? "AgentOutOfMemory";
  return {
    name,
    labels,
    annotations: {},
    status: more.endsAt === undefined ? "firing" : "resolved",
    startsAt: BEGAN,
    endsAt: undefined,
    generatorURL: undefined,
    fingerprint: fingerprintOf(labels),
    sender: "alertmanager",
    ...more,
  };
}

/** An alert of RAOS's own rules about an agent `tenant/name`. */
export function ownAlert(
  agent: string,
  labels: Readonly<Record<string, string>> = {},
  more: Partial<Alert> = {},
): Alert {
  const [tenant = "", name = ""] = agent.split("/");
  const whose = { raos_agent: name, raos_tenant: tenant, raos_environment: "production" };
  return alertOf({ alertname: "AgentOutOfMemory", ...whose, ...labels }, more);
}

/** A fleet as alerts see it: agents by key with their environments, the tenants' namespaces, and raos.yaml. */
export function directoryOf(
  agents: Readonly<Record<string, readonly string[]>>,
  namespaces: Readonly<Record<string, string>> = {},
  config: Readonly<Record<string, unknown>> = {},
): FleetDirectory {
  const head = { apiVersion: "raos.dev/v1alpha1" };
  const tenants = new Set(Object.keys(agents).map((key) => key.slice(0, key.indexOf("/"))));
  return {
    someAgentsOf: (tenant) =>
      Object.keys(agents)
        .filter((key) => key.startsWith(`${tenant}/`))
        .sort(),
    facts: new Map(
      Object.entries(agents).map(([key, environments]) => [
        key,
        {
          key,
          path: "",
          oid: "",
          namespace: "",
          environments,
          template: undefined,
          models: [],
          prompts: [],
          calls: [],
          callsAcross: [],
          admits: [],
        },
      ]),
    ),
    tenants: new Map(
      [...tenants].map((name) => [
        name,
        Tenant.parse({ ...head, kind: "Tenant", metadata: { name }, spec: { namespace: namespaces[name] } }),
      ]),
    ),
    config: Config.parse({ ...head, kind: "Config", spec: config }),
  };
}

export const STAGES = {
  environments: [
    { name: "staging", alerts: { cluster: "staging-eu" } },
    { name: "production", alerts: { cluster: "prod-eu" } },
  ],
};
