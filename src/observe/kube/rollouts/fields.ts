import * as z from "zod";
import type { Condition } from "../../../domain/rollout/facts.ts";
import type { Instant, Sha } from "../../../domain/values/scalars.ts";
import type { WordCollector } from "./collect-words.ts";

/** A text that the API server bounds itself; a longer one is as if it were not there. */
export const Text = z.string().max(1024).catch("");
export const Count = z.int().min(0).catch(0);
/** A message of a controller, of any length. */
export const Message = z.string().catch("");

/** RFC 3339, as metav1.Time is written; undefined for anything else. */
export const Time = z
  .string()
  .max(40)
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/)
  .transform((text): Instant | undefined => {
    const at = Date.parse(text);
    return Number.isFinite(at) ? at : undefined;
  })
  .optional()
  .catch(undefined);

export const RawCondition = z.object({
  type: Text,
  status: z.enum(["True", "False", "Unknown"]).catch("Unknown"),
  reason: Text,
  message: Message,
  lastTransitionTime: Time,
  lastUpdateTime: Time,
  observedGeneration: Count,
});

export const RawConditions = z.array(RawCondition).max(100).catch([]);

export const Name = z.string().min(1).max(253);
export const RawMetadata = z.object({
  name: Name,
  namespace: Name,
  generation: Count,
  labels: z.record(z.string(), z.string()).catch({}),
  annotations: z.record(z.string(), z.string()).catch({}),
  ownerReferences: z.array(z.unknown()).catch([]),
});

/** Conditions that hold are no news, so that their messages are not kept. */
export function conditionsOf(raw: z.infer<typeof RawConditions>, words: WordCollector): readonly Condition[] {
  return raw.map(({ type, status, reason, message, lastTransitionTime, lastUpdateTime }) => ({
    ...{ type, status, reason: /^[A-Za-z][\w,:]{0,99}$/.test(reason) ? reason : "" },
    words: words.collect(status === "True" && !TROUBLE.has(type) ? "" : message),
    since: lastUpdateTime ?? lastTransitionTime,
  }));
}

/** Conditions that say something is wrong where they hold. */
const TROUBLE: ReadonlySet<string> = new Set(["Stalled", "Failed", "Remediated"]);

/** The commit in a revision of Flux: `main@sha1:<40 digits>`, and what older versions wrote. */
export function commitIn(revision: string): Sha | undefined {
  return /(?:^|[:/@])([0-9a-f]{40}|[0-9a-f]{64})$/.exec(revision)?.[1];
}
