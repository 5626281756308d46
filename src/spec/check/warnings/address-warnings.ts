import type { AgentSpec } from "../../../domain/agent/agent.ts";
import { millisecondsOf } from "../../../domain/values/duration.ts";
import { displayValue } from "../../problems/display-value.ts";
import type { Steps } from "../rules/pod/pod-containers.ts";
import type { SpecFault } from "../rules/spec-fault.ts";

/** Ports below this one belong to root, which an agent is not. */
const FIRST_OPEN_PORT = 1024;

/** Ports on which an agent may not listen, or nobody does. */
export function ports({ runtime, networking }: AgentSpec): readonly SpecFault[] {
  const isLow = runtime.port < FIRST_OPEN_PORT && runtime.pod?.securityContext?.runAsUser !== 0;
  const low = `the agent is not root, and many nodes let only root listen on ports below ${FIRST_OPEN_PORT}; write another, such as 8080`;
  const known = [
    runtime.port,
    ...(runtime.pod?.initContainers ?? []).flatMap((one) =>
      (one.ports ?? []).map(({ containerPort }) => containerPort),
    ),
  ];
  const closed = (networking?.ingress ?? []).flatMap(({ port }, index): readonly SpecFault[] => {
    if (port === undefined || known.includes(port)) return [];
    const message = `the agent listens on ${runtime.port}; remove the port, or see that something listens on ${port}`;
    return [{ path: ["networking", "ingress", index, "port"], message }];
  });
  return isLow ? [{ path: ["runtime", "port"], message: low }, ...closed] : closed;
}

const LOOPBACK =
  /^(?:[a-z][a-z0-9+.-]{0,31}:\/\/)?(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]|0\.0\.0\.0)(?=[:/]|$)/i;

/** Addresses of the pod itself, where no sidecar could listen. */
export function localAddresses(spec: AgentSpec): readonly SpecFault[] {
  const { runtime, model, tools = [], dapr, observability } = spec;
  if ((runtime.pod?.initContainers ?? []).some(({ restartPolicy }) => restartPolicy === "Always")) return [];
  if (runtime.pod?.hostNetwork === true) return [];
  const written: readonly (readonly [path: Steps, address: string | undefined])[] = [
    [["model", "endpoint"], model.endpoint],
    ...tools.flatMap((tool, index) =>
      (["streamableHTTP", "sse"] as const).map(
        (way) => [["tools", index, "mcp", way, "url"], "mcp" in tool ? tool.mcp[way]?.url : undefined] as const,
      ),
    ),
    ...(["state", "pubsub"] as const).map((name) => [["dapr", name, "host"], dapr[name]?.host] as const),
    ...(dapr.components ?? []).map(({ host }, index) => [["dapr", "components", index, "host"], host] as const),
    [["observability", "tracing", "endpoint"], observability.tracing?.endpoint],
  ];
  return written.flatMap(([path, address]) => {
    if (address === undefined || !LOOPBACK.test(address) || isListening(address, runtime.port)) return [];
    const message = `${displayValue(address)} is the agent's own pod, in which no sidecar listens; write the address of the server`;
    return [{ path, message }];
  });
}

/** Dapr's own sidecar is in the pod, and the way to other agents; and an agent may be a model's server itself. */
function isListening(address: string, port: number): boolean {
  const written = /:(\d{1,5})(?:\/|$)/.exec(address)?.[1];
  return written === "3500" || written === "50001" || written === String(port);
}

/** Longest time that somebody waits for an agent, and shortest that one needs. */
const LONGEST_SECONDS = 120;
const SHORTEST_CALL = 1000;
/** A share of failures above this one is most likely a percentage. */
const MOST_FAILED = 0.2;

/** Times and shares with another unit: milliseconds for seconds, percent for shares. */
export function units({ observability, dapr, tools = [] }: AgentSpec): readonly SpecFault[] {
  const { errorRate = 0, p95Seconds = 0 } = observability.slo ?? {};
  const slo = ["observability", "slo"];
  const faults: SpecFault[] = [];
  if (errorRate > MOST_FAILED)
    faults.push({
      path: [...slo, "errorRate"],
      message: `${errorRate} lets ${Math.round(errorRate * 100)} of 100 requests fail; for ${errorRate} % write ${errorRate / 100}`,
    });
  if (p95Seconds > LONGEST_SECONDS)
    faults.push({
      path: [...slo, "p95Seconds"],
      message: `${p95Seconds} are seconds; for ${p95Seconds} milliseconds write ${p95Seconds / 1000}`,
    });
  const calls: readonly (readonly [path: Steps, span: string | undefined])[] = [
    [["dapr", "resiliency", "timeout"], dapr.resiliency?.timeout],
    ...tools.flatMap((tool, index) =>
      (["streamableHTTP", "sse"] as const).map(
        (way) => [["tools", index, "mcp", way, "timeout"], "mcp" in tool ? tool.mcp[way]?.timeout : undefined] as const,
      ),
    ),
  ];
  for (const [path, span] of calls) {
    if (span === undefined || !/[1-9]/.test(span) || millisecondsOf(span) >= SHORTEST_CALL) continue;
    const digits = /\d{1,9}/.exec(span)?.[0] ?? "";
    faults.push({
      path,
      message: `an agent's call hardly ever takes less than ${span}; if seconds are meant, write ${digits}s`,
    });
  }
  return faults;
}
