import type { AgentSpec } from "../../../../domain/agent/agent.ts";

type Pod = NonNullable<AgentSpec["runtime"]["pod"]>;
export type BesideAgent = NonNullable<Pod["initContainers"]>[number];
export type Steps = readonly (string | number)[];

/** What the agent's container and its init containers have in common. */
export type PodContainer = Pick<
  BesideAgent,
  "envFrom" | "volumeMounts" | "startupProbe" | "readinessProbe" | "livenessProbe" | "lifecycle"
> & {
  /** Where its fields are. */
  readonly path: Steps;
  /** Undefined: the agent's own. */
  readonly init: BesideAgent | undefined;
};

/** Where `runtime.pod` is. */
export const POD: Steps = ["runtime", "pod"];

/** The agent's container, then the init containers; none without `runtime.pod`. */
export function podContainers({ pod }: AgentSpec["runtime"]): readonly PodContainer[] {
  if (pod === undefined) return [];
  const init = (pod.initContainers ?? []).map((container, index) => ({
    ...container,
    path: [...POD, "initContainers", index],
    init: container,
  }));
  return [{ ...pod, path: POD, init: undefined }, ...init];
}

/** The names of those fields that are set. */
export function fieldsSet(value: Readonly<Record<string, unknown>>, names: readonly string[]): readonly string[] {
  return names.filter((name) => value[name] !== undefined);
}
