import type { JsonPointer } from "../domain/values/scalars.ts";

/** Why a grant does not cover what is asked. Public: agents act on these words. */
export const REFUSAL_REASONS = [
  "no-grant",
  "asker-deleted",
  "asker-handed-over",
  "lineage-missing",
  "lineage-unreadable",
  "no-sponsor",
  "sponsor-differs",
  "tenant-not-granted",
  "template-not-granted",
  "environment-not-granted",
  "too-many-agents",
  "too-deep",
  "rate-exceeded",
  "cpu-exceeded",
  "memory-exceeded",
  "dollars-exceeded",
  "needs-unknown",
  "model-wider-than-parents",
  "tools-wider-than-parents",
  "egress-wider-than-parents",
  "secrets-wider-than-parents",
  "image-wider-than-parents",
  "program-wider-than-parents",
  "dapr-wider-than-parents",
  "identity-wider-than-parents",
  "privileges-wider-than-parents",
  "storage-wider-than-parents",
  "exposure-wider-than-parents",
  "supervision-wider-than-parents",
  "grant-wider-than-parents",
  "not-among-improved",
  "not-a-descendant",
  "improves-own-grant",
] as const;

/** One of `REFUSAL_REASONS`. */
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** A named reason, what is wrong in words, and the field of the agent's spec where it is known. */
export interface GrantRefusal {
  readonly reason: RefusalReason;
  readonly message: string;
  readonly pointer: JsonPointer | undefined;
}

/** What a grant says. */
export type GrantAnswer = { readonly kind: "granted" } | ({ readonly kind: "refused" } & GrantRefusal);

/** A refusal; the pointer may be left out. */
export function refusal(reason: RefusalReason, message: string, pointer?: JsonPointer): GrantRefusal {
  return { reason, message, pointer };
}

/** The answer to a list of refusals: the first of them. */
export function answerOf([first]: readonly GrantRefusal[]): GrantAnswer {
  return first === undefined ? { kind: "granted" } : { kind: "refused", ...first };
}
