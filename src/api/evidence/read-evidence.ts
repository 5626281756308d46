import * as z from "zod";
import { createInstruments } from "../../causes/alert/evidence/instruments.ts";
import type { Subject } from "../../causes/alert/evidence/subject.ts";
import type { Evidence } from "../../domain/alert/evidence.ts";
import type { EvidenceReader } from "../../observe/evidence-reader.ts";

const seconds = z.int().min(60).max(604_800).default(3600).describe("How far back, in seconds: at most a week");

/** What may be read about an agent: what the instruments of a model answer, and nothing else. */
export const EvidenceQuery = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("metrics"),
    promql: z.string().min(1).max(2000).describe("A PromQL range query; it is limited to the agent's namespace"),
    seconds,
  }),
  z.strictObject({
    kind: z.literal("logs"),
    pattern: z.string().max(500).default("").describe("An RE2 pattern; empty: all lines"),
    seconds,
  }),
  z.strictObject({
    kind: z.literal("objects"),
    what: z.enum(["pods", "events", "workload", "quota", "autoscaler"]),
  }),
  z.strictObject({ kind: z.literal("history") }),
]);
export type EvidenceQuery = z.infer<typeof EvidenceQuery>;

/** Reads evidence about an agent in an environment; the ids are e1, e2, … in the order of the queries. Never throws. */
export async function readEvidence(
  subject: Subject,
  queries: readonly EvidenceQuery[],
  reader: EvidenceReader,
  now: () => number,
): Promise<readonly Evidence[]> {
  const instruments = createInstruments(subject, reader, now);
  const read = await Promise.all(queries.map((query) => ask(query, instruments)));
  return read.map((one, index) => ({ ...one, id: `e${index + 1}` }));
}

async function ask(query: EvidenceQuery, instruments: ReturnType<typeof createInstruments>): Promise<Evidence> {
  switch (query.kind) {
    case "metrics":
      return instruments.metrics(query.promql, query.seconds);
    case "logs":
      return instruments.logs(query.pattern, query.seconds);
    case "objects":
      return instruments.objects(query.what);
    case "history":
      return instruments.history();
    default:
      return query satisfies never;
  }
}
