import type { AgentSpec } from "../../../domain/agent/agent.ts";
import { displayValue } from "../../problems/display-value.ts";
import { repeated, type SpecFault } from "./spec-fault.ts";

/** State store and broker. */
export function components({ dapr }: AgentSpec): readonly SpecFault[] {
  return (["state", "pubsub"] as const).flatMap((name): readonly SpecFault[] => {
    const component = dapr[name];
    if (component === undefined) return [];
    if (!component.type.startsWith(`${name}.`))
      return [
        {
          path: ["dapr", name, "type"],
          message: `${displayValue(component.type)} is not a ${name} component; write ${name}.redis or another one`,
        },
      ];
    const located =
      component.host !== undefined || component.secretRef !== undefined || component.metadata !== undefined;
    if (located || component.type.endsWith(".in-memory") || component.type === `${name}.redis`) return [];
    return [
      { path: ["dapr", name], message: `nothing says where ${component.type} is; add secretRef, host or metadata` },
    ];
  });
}

/** Subscriptions. */
export function subscriptions({ dapr }: AgentSpec): readonly SpecFault[] {
  const list = dapr.subscriptions ?? [];
  const findings: SpecFault[] = [];
  if (list.length > 0 && !dapr.enabled)
    findings.push({
      path: ["dapr", "subscriptions"],
      message: "subscriptions need Dapr; write dapr.enabled: true, or remove them",
    });
  else if (list.length > 0 && dapr.pubsub === undefined)
    findings.push({ path: ["dapr", "subscriptions"], message: "subscriptions need a broker; add dapr.pubsub" });
  for (const [index, { topic, deadLetter }] of list.entries()) {
    if (topic === deadLetter)
      findings.push({
        path: ["dapr", "subscriptions", index, "deadLetter"],
        message: `${topic} would be its own dead letter; write another topic`,
      });
  }
  return [
    ...findings,
    ...repeated(list, (subscription) => subscription.topic, ["dapr", "subscriptions"], "topic", "subscription to"),
  ];
}
