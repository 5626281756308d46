import type { AgentSpec } from "../../../src/domain/agent/agent.ts";
import { checkSpec } from "../../../src/spec/check/check-spec.ts";

/** Most times that parts are taken away: each may make another one wrong, such as a mount without its volume. */
const ROUNDS = 6;

type Runtime = AgentSpec["runtime"];

/**
 * The spec without those parts of its pod, Job, ServiceAccount and External Secrets of which RAOS says that they cannot work, so
 * that what remains there has to deploy.
 */
export function acceptedParts(spec: AgentSpec): AgentSpec {
  let left = spec;
  for (let round = 0; round < ROUNDS; round++) {
    const faults = checkSpec(left).filter(
      ({ path, message }) => path[0] === "runtime" || message.includes("ends by itself"),
    );
    if (faults.length === 0) return left;
    let { runtime } = left;
    for (const { path, message } of faults) runtime = without(runtime, path, message);
    left = { ...left, runtime };
  }
  const { pod: _, job: __, serviceAccount: ___, externalSecrets: ____, ...runtime } = left.runtime;
  return { ...left, runtime: { ...runtime, workload: "Deployment" } };
}

function without(runtime: Runtime, [, field, part]: readonly (string | number)[], message: string): Runtime {
  if (message.includes("ends by itself") || field === "workload")
    return { ...runtime, workload: "Deployment", job: undefined };
  if (field === "pod" && part !== undefined)
    return { ...runtime, pod: Object.fromEntries(Object.entries(runtime.pod ?? {}).filter(([name]) => name !== part)) };
  if (
    field === "job" ||
    field === "serviceAccount" ||
    field === "externalSecrets" ||
    field === "pod" ||
    field === "strategy"
  )
    return { ...runtime, [field]: undefined };
  return runtime;
}
