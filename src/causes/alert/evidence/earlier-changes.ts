import type { WantedEdit } from "../../../domain/alert/incident.ts";
import type { Instant, JsonPointer } from "../../../domain/values/scalars.ts";
import type { EvidenceReader } from "../../../observe/evidence-reader.ts";
import type { RecentChange } from "../../../remedy/bounds/bound-edits.ts";
import { type EarlierChanges, triesOf } from "../../../remedy/bounds/earlier-changes.ts";
import { LOAD_PATHS } from "../../../remedy/bounds/load-direction.ts";
import { beganAt } from "../incident-context.ts";
import { lastChangeIn, pastSpecsOf, recentChangesIn } from "./past-specs.ts";
import { readRunningValues } from "./running-values.ts";
import type { Subject } from "./subject.ts";

/** A query that holds once the problem is solved, filled in for an agent. */
export interface Verification {
  readonly promql: string;
  readonly afterSeconds: number;
}

/**
 * What is known of earlier changes of the values that some edits change: by the history of the spec, by what runs, and by
 * whether `verify` held after the last try. Reads only what the edits need. Throws GitError.
 */
export async function readEarlierChanges(
  subject: Subject,
  edits: readonly WantedEdit[],
  { verify, firedUntil }: { readonly verify: Verification | undefined; readonly firedUntil: Instant | undefined },
  reader: EvidenceReader,
  now: Instant,
): Promise<EarlierChanges> {
  const paths = edits.map((edit) => edit.at);
  const past = await pastSpecsOf(subject);
  const recent = recentChangesIn(past, [...new Set([...paths, ...LOAD_PATHS])]);
  const began = beganAt(subject.incident.alerts);
  const [running, verified] = await Promise.all([
    readRunningValues(subject, paths, reader, now),
    readVerified(edits, recent, verify, reader, { began, now }),
  ]);
  return { recent, began, now, firedUntil, lastChangedAt: lastChangeIn(past)?.changed.at, running, verified };
}

/** Whether `verify` held after the last try of each edit that was tried before. */
async function readVerified(
  edits: readonly WantedEdit[],
  recent: readonly RecentChange[],
  verify: Verification | undefined,
  reader: EvidenceReader,
  { began, now }: { readonly began: Instant; readonly now: Instant },
): Promise<ReadonlyMap<JsonPointer, boolean>> {
  const verified = new Map<JsonPointer, boolean>();
  if (verify === undefined) return verified;
  for (const edit of edits) {
    const since = triesOf(edit, recent, now)[0]?.deployedAt;
    if (since === undefined) continue;
    const held = await holds(verify, { start: since + verify.afterSeconds * 1000, end: began }, reader);
    if (held !== undefined) verified.set(edit.at, held);
  }
  return verified;
}

/** Whether a condition held at some time in a range; undefined where it could not be read. A comparison that is false has no series. */
async function holds(
  { promql }: Verification,
  range: { readonly start: Instant; readonly end: Instant },
  reader: EvidenceReader,
): Promise<boolean | undefined> {
  if (range.start >= range.end) return false;
  const read = await reader.read(
    { kind: "promql", name: "verify", query: promql, ...range, unit: "count", threshold: undefined },
    "verify",
  );
  if (read.kind === "series") return true;
  return read.kind === "missing" && read.reason === "empty" ? false : undefined;
}
