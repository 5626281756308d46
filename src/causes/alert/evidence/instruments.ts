import type { Evidence } from "../../../domain/alert/evidence.ts";
import { usualPeak } from "../../../domain/query/peaks.ts";
import type { Instruments } from "../../../model/investigator.ts";
import type { EvidenceReader } from "../../../observe/evidence-reader.ts";
import { logSelector, scopePromql } from "../../../remedy/promql-scope.ts";
import { logqlIn, seriesBounds } from "./environment-query.ts";
import { historyOf } from "./gather-evidence.ts";
import { lastDeployedAt, type Subject } from "./subject.ts";

/**
 * The instruments of a model, or of whoever asks from outside: they read the namespace of this agent in this environment, and nothing
 * else. What they answer is redacted and limited in size.
 */
export function createInstruments(subject: Subject, reader: EvidenceReader, now: () => number): Instruments {
  let next = 100;
  const id = () => `e${++next}`;
  const { namespace, agent } = subject;
  const span = (seconds: number) => ({ start: now() - Math.min(Math.max(seconds, 60), WEEK) * 1000, end: now() });
  const refused = (query: string, message: string) =>
    withRedactedQuery(
      { kind: "missing", id: id(), name: "asked", query: query.slice(0, 200), reason: "refused", message },
      reader,
    );
  return {
    async metrics(query, rangeSeconds) {
      const scoped = scopePromql(query, namespace, seriesBounds(subject));
      if (typeof scoped !== "string") return refused(query, scoped.problem);
      const ask = { kind: "promql", name: "asked", query: scoped, unit: "count", threshold: undefined } as const;
      const peak = usualPeak(scoped);
      return withRedactedQuery(await reader.read({ ...ask, peak, ...span(rangeSeconds) }, id()), reader);
    },
    async logs(pattern, rangeSeconds) {
      const query = logqlIn(subject, logSelector(namespace, agent.name, pattern));
      if (typeof query !== "string") return refused(pattern, query.problem);
      const deployedAt = lastDeployedAt(subject);
      const ask = { kind: "logql", name: "asked", query, lines: 2000, deployedAt } as const;
      return withRedactedQuery(await reader.read({ ...ask, ...span(rangeSeconds) }, id()), reader);
    },
    objects: (what) => reader.read({ kind: "kubernetes", name: what, what, namespace, agent: agent.name }, id()),
    history: async () => redactPreviousSpec(await historyOf(subject, id(), "history", reader), reader),
  };
}

/** The evidence with its query redacted: the model wrote the query, and people see it. */
async function withRedactedQuery(one: Evidence, reader: EvidenceReader): Promise<Evidence> {
  const query = await reader.redact(one.query);
  if (query === one.query) return one;
  return "link" in one ? { ...one, query, link: undefined } : { ...one, query };
}

const WEEK = 7 * 86_400;

/** An earlier spec may hold a secret that today's checks refuse. The model gets it redacted; rules get it unchanged. */
export async function redactPreviousSpec(one: Evidence, reader: EvidenceReader): Promise<Evidence> {
  if (one.kind !== "history" || one.previous === undefined) return one;
  return { ...one, previous: { ...one.previous, spec: await reader.redactJson(one.previous.spec) } };
}
