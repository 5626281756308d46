import * as z from "zod";
import type { KustomizationFacts, ReleaseFacts, SourceFacts } from "../../../domain/rollout/facts.ts";
import type { Json, Path } from "../../../domain/values/scalars.ts";
import type { WordCollector } from "./collect-words.ts";
import { Count, commitIn, conditionsOf, RawConditions, RawMetadata, Text, Time } from "./fields.ts";

const Suspended = z.boolean().catch(false);

const RawSource = z.object({
  metadata: RawMetadata,
  spec: z.object({ suspend: Suspended }),
  status: z
    .object({
      observedGeneration: Count,
      conditions: RawConditions,
      artifact: z.object({ revision: Text }).catch({ revision: "" }),
    })
    .catch({ observedGeneration: 0, conditions: [], artifact: { revision: "" } }),
});

/** A GitRepository as the API server lists it; undefined where it has another shape. */
export function readSource(object: Json, words: WordCollector): SourceFacts | undefined {
  const { data } = RawSource.safeParse(object);
  if (data === undefined) return undefined;
  return { ...controlled(data, words), fetched: commitIn(data.status.artifact.revision) };
}

const RawKustomization = z.object({
  metadata: RawMetadata,
  spec: z.object({
    suspend: Suspended,
    path: Text,
    sourceRef: z.object({ kind: Text, name: Text, namespace: Text }),
  }),
  status: z
    .object({ observedGeneration: Count, conditions: RawConditions, lastAppliedRevision: Text })
    .catch({ observedGeneration: 0, conditions: [], lastAppliedRevision: "" }),
});

/** A Kustomization of Flux; undefined where it has another shape. */
export function readKustomization(object: Json, words: WordCollector): KustomizationFacts | undefined {
  const { data } = RawKustomization.safeParse(object);
  if (data === undefined) return undefined;
  const { path, sourceRef } = data.spec;
  const namespace = sourceRef.namespace === "" ? data.metadata.namespace : sourceRef.namespace;
  return {
    ...controlled(data, words),
    path: plainPath(path),
    source: sourceRef.kind === "GitRepository" ? `${namespace}/${sourceRef.name}` : undefined,
    applied: commitIn(data.status.lastAppliedRevision),
  };
}

const RawRelease = z.object({
  metadata: RawMetadata,
  spec: z.object({ suspend: Suspended, valuesFrom: z.array(z.object({ name: Text })).catch([]) }),
  status: z
    .object({
      observedGeneration: Count,
      conditions: RawConditions,
      history: z.array(z.object({ lastDeployed: Time })).catch([]),
    })
    .catch({ observedGeneration: 0, conditions: [], history: [] }),
});

/** A HelmRelease of Flux; undefined where it has another shape. */
export function readRelease(object: Json, words: WordCollector): ReleaseFacts | undefined {
  const { data } = RawRelease.safeParse(object);
  if (data === undefined) return undefined;
  const [values] = data.spec.valuesFrom;
  return {
    ...controlled(data, words),
    digest: /\.([0-9a-f]{10})$/.exec(values?.name ?? "")?.[1],
    deployedAt: data.status.history[0]?.lastDeployed,
  };
}

interface RawControlled {
  readonly metadata: z.infer<typeof RawMetadata>;
  readonly spec: { readonly suspend: boolean };
  readonly status: { readonly observedGeneration: number; readonly conditions: z.infer<typeof RawConditions> };
}

function controlled({ metadata, spec, status }: RawControlled, words: WordCollector) {
  // A controller that fails leaves the status at the generation before; its conditions name their own.
  const seen = status.conditions.find(({ type }) => type === "Ready")?.observedGeneration ?? 0;
  return {
    name: `${metadata.namespace}/${metadata.name}`,
    isObserved: Math.max(seen, status.observedGeneration) >= metadata.generation,
    isSuspended: spec.suspend,
    conditions: conditionsOf(status.conditions, words),
  };
}

/** A path without "./" before and "/" behind it. */
function plainPath(path: string): Path {
  return path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}
