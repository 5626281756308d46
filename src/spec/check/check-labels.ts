import type { Config } from "../../domain/kinds/config.ts";
import type { Problem } from "../../domain/problem.ts";
import { covers, reservedBy } from "../../domain/reserved-labels.ts";
import { pointerOf } from "../../domain/values/json-pointer.ts";
import { problemAt } from "../problems/problems.ts";
import type { YamlDocument } from "../yaml/read-yaml.ts";

/** Why an agent may not set a label; undefined where it may. */
export function reservedLabel(key: string, config: Config): string | undefined {
  const by = reservedBy(key, config);
  return by === undefined
    ? undefined
    : `label ${key} is set or read by ${by}, so a spec may not set it; remove it, or choose another name`;
}

/** Problems for reserved names among the labels of an agent's metadata, which its objects get, too. */
export function agentLabelProblems(
  document: YamlDocument,
  labels: Readonly<Record<string, string>>,
  config: Config,
): readonly Problem[] {
  return Object.keys(labels).flatMap((key) => {
    const message = reservedLabel(key, config);
    return message === undefined ? [] : [problemAt(document, pointerOf(["metadata", "labels", key]), message, "key")];
  });
}

/**
 * Problems for reserved names among the labels and annotations of a tenant, which its namespace gets. raos.yaml may allow some of
 * them in tenant files (`namespaceLabels`), such as the one that makes a mesh inject its sidecars.
 */
export function tenantLabelProblems(
  document: YamlDocument,
  metadata: {
    readonly labels?: Readonly<Record<string, string>> | undefined;
    readonly annotations?: Readonly<Record<string, string>> | undefined;
  },
  config: Config,
): readonly Problem[] {
  return (["labels", "annotations"] as const).flatMap((field) =>
    Object.keys(metadata[field] ?? {}).flatMap((key) => {
      const by = reservedBy(key, config);
      if (by === undefined || config.spec.namespaceLabels.some((entry) => covers(entry, key))) return [];
      const what = field === "labels" ? "label" : "annotation";
      const message = `${what} ${key} is set or read by ${by}; remove it, or add ${key} to spec.namespaceLabels in raos.yaml`;
      return [problemAt(document, pointerOf(["metadata", field, key]), message, "key")];
    }),
  );
}
