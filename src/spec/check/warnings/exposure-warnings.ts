import type { AgentSpec } from "../../../domain/agent/agent.ts";
import { fieldsSet } from "../rules/pod/pod-containers.ts";
import type { SpecFault } from "../rules/spec-fault.ts";

/** Parts of a card that is not served. */
export function cards({ a2a }: AgentSpec): readonly SpecFault[] {
  if (a2a.enabled) return [];
  return fieldsSet(a2a, ["skills", "streaming", "provider", "documentationUrl"]).map((field) => ({
    path: ["a2a", field],
    message: "no card is served; write a2a.enabled: true, or remove it",
  }));
}

/** Hosts without a certificate, over which everything can be read on its way. */
export function hosts({ networking }: AgentSpec): readonly SpecFault[] {
  return (networking?.hosts ?? []).flatMap(({ host, ingress }, index) => {
    if (ingress === undefined || ingress.tlsSecretName !== undefined) return [];
    const message = `${host} is served without a certificate of its own; add ingress.tlsSecretName, unless the controller has one for it`;
    return [{ path: ["networking", "hosts", index, "ingress"], message }];
  });
}
