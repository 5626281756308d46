import * as z from "zod";
import type { ApplicationFacts, SyncOperation } from "../../../domain/rollout/facts.ts";
import type { Json, Sha } from "../../../domain/values/scalars.ts";
import type { WordCollector } from "./collect-words.ts";
import { commitIn, Message, RawMetadata, Text, Time } from "./fields.ts";

const Revisions = z.object({
  revision: Text.optional(),
  revisions: z.array(Text).catch([]).optional(),
});
type Revisions = z.infer<typeof Revisions>;

const RawApplication = z.object({
  metadata: RawMetadata,
  spec: z.object({
    sources: z.array(z.object({ ref: Text.optional() })).catch([]),
    syncPolicy: z
      .object({ automated: z.object({ enabled: z.boolean().optional() }).optional().catch(undefined) })
      .optional()
      .catch(undefined),
  }),
  status: z
    .object({
      sync: Revisions.extend({ status: z.enum(["Synced", "OutOfSync"]).or(z.literal("Unknown")).catch("Unknown") })
        .optional()
        .catch(undefined),
      health: z.object({ status: Text, lastTransitionTime: Time }).optional().catch(undefined),
      operationState: z
        .object({
          phase: z.enum(["Running", "Succeeded", "Failed", "Error", "Terminating"]),
          message: Message,
          startedAt: Time,
          finishedAt: Time,
          syncResult: Revisions.optional().catch(undefined),
        })
        .optional()
        .catch(undefined),
      conditions: z
        .array(z.object({ type: Text, message: Message, lastTransitionTime: Time }))
        .max(100)
        .catch([]),
    })
    .optional()
    .catch(undefined),
});

/**
 * An Application of Argo CD; undefined where it has another shape. Of several sources the one with `ref: values` holds the agent's
 * values; then `revision` is empty, and `revisions` has an entry for each source.
 */
export function readApplication(object: Json, words: WordCollector): ApplicationFacts | undefined {
  const { data } = RawApplication.safeParse(object);
  if (data === undefined) return undefined;
  const { spec, status } = data;
  const index = spec.sources.findIndex(({ ref }) => ref === "values");
  const { automated } = spec.syncPolicy ?? {};
  return {
    name: data.metadata.name,
    isAutomated: automated !== undefined && automated.enabled !== false,
    sync: status?.sync?.status ?? "Unknown",
    compared: commitOf(status?.sync, index),
    health: { status: status?.health?.status ?? "Unknown", since: status?.health?.lastTransitionTime },
    operation: operationOf(status?.operationState, index, words),
    conditions: (status?.conditions ?? []).map(({ type, message, lastTransitionTime }) => ({
      ...{ type, words: words.collect(message), since: lastTransitionTime },
    })),
  };
}

type RawStatus = NonNullable<z.infer<typeof RawApplication>["status"]>;

function operationOf(raw: RawStatus["operationState"], index: number, words: WordCollector): SyncOperation | undefined {
  if (raw === undefined) return undefined;
  const { phase, message, startedAt, finishedAt, syncResult } = raw;
  const text = phase === "Succeeded" ? "" : message;
  return { phase, commit: commitOf(syncResult, index), words: words.collect(text), startedAt, finishedAt };
}

function commitOf(found: Revisions | undefined, index: number): Sha | undefined {
  return commitIn((index < 0 ? found?.revision : found?.revisions?.[index]) ?? "");
}
