import * as z from "zod";
import type { Evidence } from "../../../domain/alert/evidence.ts";
import type { Instant, Json, JsonPointer } from "../../../domain/values/scalars.ts";
import type { EvidenceReader } from "../../../observe/evidence-reader.ts";
import { filledPromql } from "./environment-query.ts";
import { readEither } from "./read-either.ts";
import type { Subject } from "./subject.ts";

const RESOURCES = "/spec/runtime/resources";
const IMAGE = "/spec/runtime/image";

/** How far back a pod's resources are looked for, in milliseconds. */
const RECENT = 300_000;
const PODS = `namespace="{{agent.namespace}}",pod=~"{{agent.pods}}",container="agent"`;

const Quantities = z.record(z.string(), z.union([z.string(), z.number()])).optional();
const Workloads = z.object({
  workloads: z.array(
    z.object({
      containers: z
        .array(z.object({ name: z.string(), image: z.string(), limits: Quantities, requests: Quantities }))
        .optional(),
    }),
  ),
});

/**
 * The image and the resources that an agent's container runs with, as far as they can be read: by the Deployment or
 * StatefulSet, else (resources only) by kube-state-metrics. Only values at these paths are looked for; without any, nothing is
 * read. Never throws.
 */
export async function readRunningValues(
  subject: Subject,
  paths: readonly JsonPointer[],
  reader: EvidenceReader,
  now: Instant,
): Promise<ReadonlyMap<JsonPointer, readonly Json[]>> {
  if (!paths.some((path) => path === IMAGE || path.startsWith(`${RESOURCES}/`))) return new Map();
  const { namespace, agent } = subject;
  const workload = await reader.read(
    { kind: "kubernetes", name: "workload", what: "workload", namespace, agent: agent.name },
    "running",
  );
  const declared = valuesInWorkload(workload);
  if (declared.size > 0) return declared;
  const wanted = [...new Set(paths.map((path) => /\/resources\/(limits|requests)\//.exec(path)?.[1]))];
  const read = await Promise.all(
    wanted.map((part) => (part === undefined ? [] : readResources(part, subject, reader, now))),
  );
  return new Map(read.flat());
}

/** The values in the pod template of the agent's workload. */
function valuesInWorkload(evidence: Evidence): ReadonlyMap<JsonPointer, readonly Json[]> {
  const read = Workloads.safeParse(evidence.kind === "objects" ? evidence.value : undefined);
  const values = new Map<JsonPointer, Json[]>();
  for (const container of (read.data?.workloads ?? []).flatMap((one) => one.containers ?? [])) {
    if (container.name !== "agent") continue;
    const resources = { limits: container.limits ?? {}, requests: container.requests ?? {} };
    const found: readonly (readonly [JsonPointer, Json])[] = [
      [IMAGE, container.image],
      ...Object.entries(resources).flatMap(([part, list]) =>
        Object.entries(list).map(([name, value]) => [`${RESOURCES}/${part}/${name}`, value] as const),
      ),
    ];
    for (const [path, value] of found) values.set(path, [...(values.get(path) ?? []), value]);
  }
  return values;
}

async function readResources(
  part: string,
  subject: Subject,
  reader: EvidenceReader,
  now: Instant,
): Promise<readonly (readonly [JsonPointer, readonly Json[]])[]> {
  const metric = `kube_pod_container_resource_${part}`;
  const query = filledPromql(`max by (pod, resource) (${metric}{${PODS}})`, subject);
  if (typeof query !== "string") return [];
  const span = { start: now - RECENT, end: now };
  const ask = { kind: "promql", name: part, query, ...span, unit: "count", threshold: undefined } as const;
  const read = await readEither(ask, "running", reader);
  if (read.kind !== "series") return [];
  const values = new Map<JsonPointer, Json[]>();
  for (const { labels, points } of read.series) {
    const [path, value] = [`${RESOURCES}/${part}/${labels.resource ?? ""}`, points.at(-1)?.[1]];
    if (value !== undefined) values.set(path, [...(values.get(path) ?? []), value]);
  }
  return [...values];
}
