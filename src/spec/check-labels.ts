import type { Config } from "../domain/config.ts";
import type { Problem } from "../domain/problem.ts";
import { covers, reservedBy } from "../domain/reserved-labels.ts";
import { pointerOf } from "./pointer.ts";
import { problemAt } from "./problems.ts";
import type { YamlDocument } from "./read-yaml.ts";

/** What is wrong with the name of a label that an agent gives its objects; undefined where it is free to. */
export function reservedLabel(key: string, config: Config): string | undefined {
  const by = reservedBy(key, config);
  return by === undefined
    ? undefined
    : `label ${key} is set or obeyed by ${by}, and not for a spec to set; remove it, or choose another name`;
}

/** Reserved names among the labels of an agent's metadata, which its objects carry as well as those of its spec. */
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
 * Reserved names among the labels and annotations of a tenant, which its namespace carries. raos.yaml may let tenant files
 * set some of them (`namespaceLabels`), such as the one that has a mesh inject its sidecars.
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
      const message = `${what} ${key} is set or obeyed by ${by}; remove it, or add ${key} to spec.namespaceLabels in raos.yaml`;
      return [problemAt(document, pointerOf(["metadata", field, key]), message, "key")];
    }),
  );
}
