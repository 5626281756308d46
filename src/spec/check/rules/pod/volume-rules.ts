import type { AgentSpec } from "../../../../domain/agent/agent.ts";
import { repeated, type SpecFault } from "../spec-fault.ts";
import { fieldsSet, POD, podContainers, type Steps } from "./pod-containers.ts";
import { bare, takenPath } from "./taken-path.ts";

const SOURCES = [
  "emptyDir",
  "configMap",
  "secret",
  "persistentVolumeClaim",
  "ephemeral",
  "projected",
  "csi",
  "hostPath",
];
const PROJECTED = ["secret", "configMap", "serviceAccountToken", "downwardAPI"];
/** Volumes that the chart and Dapr's injector add. */
const TAKEN: ReadonlySet<string> = new Set(["config", "tmp", "storage", "tokens", "dapr-identity-token"]);

/** Volumes: one source each, a name of their own, and a container that mounts them. */
export function podVolumes({ runtime }: AgentSpec): readonly SpecFault[] {
  const volumes = runtime.pod?.volumes ?? [];
  const mounted = new Set(podContainers(runtime).flatMap((each) => (each.volumeMounts ?? []).map(({ name }) => name)));
  const faults = volumes.flatMap((volume, index): readonly SpecFault[] => {
    const path = [...POD, "volumes", index];
    return [
      ...oneOf(volume, SOURCES, path, "source"),
      ...(volume.projected?.sources ?? []).flatMap((source, at) =>
        oneOf(source, PROJECTED, [...path, "projected", "sources", at], "source"),
      ),
      ...(TAKEN.has(volume.name)
        ? [
            {
              path: [...path, "name"],
              message: `the chart has a volume ${volume.name} of its own; choose another name`,
            },
          ]
        : []),
      ...(mounted.has(volume.name)
        ? []
        : [{ path, message: `no container mounts volume ${volume.name}; add volumeMounts, or remove it` }]),
    ];
  });
  return [...faults, ...repeated(volumes, ({ name }) => name, [...POD, "volumes"], "name", "volume")];
}

/** Mounts: of a volume that exists, at a path that is free. */
export function volumeMounts({ runtime }: AgentSpec): readonly SpecFault[] {
  const volumes = new Set((runtime.pod?.volumes ?? []).map(({ name }) => name));
  const stored = runtime.workload === "StatefulSet" ? runtime.storage?.mountPath : undefined;
  return podContainers(runtime).flatMap((container) => {
    const mounts = container.volumeMounts ?? [];
    const path = [...container.path, "volumeMounts"];
    const faults = mounts.flatMap(({ name, mountPath, subPath }, index): readonly SpecFault[] => {
      const at = [...path, index];
      const taken = takenPath(mountPath, container, stored);
      const known = volumes.has(name) || (name === "storage" && container.init !== undefined && stored !== undefined);
      return [
        ...(known ? [] : [{ path: [...at, "name"], message: `unknown volume ${name}; add it to runtime.pod.volumes` }]),
        ...(taken === undefined ? [] : [{ path: [...at, "mountPath"], message: taken }]),
        ...(hasDots(mountPath) ? [{ path: [...at, "mountPath"], message: "a path with '..'; write it without" }] : []),
        ...(hasDots(subPath ?? "")
          ? [{ path: [...at, "subPath"], message: "a path with '..'; write it without" }]
          : []),
      ];
    });
    return [...faults, ...repeated(mounts, (mount) => bare(mount.mountPath), path, "mountPath", "mount at")];
  });
}

/** Sources of variables: a Secret or a ConfigMap. */
export function environmentSources({ runtime }: AgentSpec): readonly SpecFault[] {
  return podContainers(runtime).flatMap(({ envFrom = [], path }) =>
    envFrom.flatMap((source, index) =>
      oneOf(source, ["secretRef", "configMapRef"], [...path, "envFrom", index], "source"),
    ),
  );
}

/** A fault where not exactly one of the fields is set. */
export function oneOf(
  value: Readonly<Record<string, unknown>>,
  names: readonly string[],
  path: Steps,
  what: string,
): readonly SpecFault[] {
  const count = fieldsSet(value, names).length;
  if (count === 1) return [];
  return [
    { path, message: `${count === 0 ? `no ${what}` : `more than one ${what}`}; write exactly one of ${list(names)}` },
  ];
}

function list(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function hasDots(path: string): boolean {
  return path.split("/").includes("..");
}
