import type { Evidence } from "../../../domain/alert/evidence.ts";
import { usualPeak } from "../../../domain/query/peaks.ts";
import type { Instant } from "../../../domain/values/scalars.ts";
import type { EvidenceReader, EvidenceRequest } from "../../../observe/evidence-reader.ts";
import { thresholdOf } from "../../../remedy/apply-rules.ts";
import type { CompiledRemedy } from "../../../remedy/compiled-remedy.ts";
import { beganAt } from "../incident-context.ts";
import { filledLogql, filledPromql } from "./environment-query.ts";
import { lastChangeIn, pastSpecsOf } from "./past-specs.ts";
import { readEither } from "./read-either.ts";
import { lastDeployedAt, type Subject } from "./subject.ts";

/**
 * The evidence a remedy asks for, read concurrently; ids `e1`, `e2`, … in the remedy's order. A source that answers nothing at all
 * is asked what it has instead. Never throws.
 */
export async function gatherEvidence(
  remedy: CompiledRemedy,
  subject: Subject,
  reader: EvidenceReader,
  now: Instant,
): Promise<readonly Evidence[]> {
  const read = await Promise.all(
    remedy.evidence.map(async (wanted, index): Promise<ReadEvidence> => {
      const id = `e${index + 1}`;
      const { name } = wanted;
      if (wanted.kind === "history") return { evidence: await historyOf(subject, id, name, reader), ask: undefined };
      const ask = requestFor(wanted, subject, now);
      if ("problem" in ask) {
        const refused = { kind: "missing", id, name, query: "", reason: "refused", message: ask.problem } as const;
        return { evidence: refused, ask: undefined };
      }
      return { evidence: await readEither(ask, id, reader), ask };
    }),
  );
  const explained = await Promise.all(["promql", "logql"].map((kind) => explainEmptySource(kind, read, reader)));
  return read.map(({ evidence }) => explained.find((one) => one?.id === evidence.id) ?? evidence);
}

interface ReadEvidence {
  readonly evidence: Evidence;
  readonly ask: EvidenceRequest | undefined;
}

/** The first evidence of a source that answered nothing to every query, with what it has instead; undefined without one. */
async function explainEmptySource(
  kind: string,
  read: readonly ReadEvidence[],
  reader: EvidenceReader,
): Promise<Evidence | undefined> {
  const own = read.filter(({ ask }) => ask?.kind === kind);
  const [first] = own;
  const isEmpty = own.every(({ evidence }) => evidence.kind === "missing" && evidence.reason === "empty");
  if (!isEmpty || first?.evidence.kind !== "missing" || first.ask === undefined || first.ask.kind === "kubernetes")
    return undefined;
  const instead = await reader.explainEmpty?.(first.ask);
  return instead === undefined ? undefined : { ...first.evidence, instead };
}

function requestFor(
  wanted: Exclude<CompiledRemedy["evidence"][number], { readonly kind: "history" }>,
  subject: Subject,
  now: Instant,
): EvidenceRequest | { readonly problem: string } {
  const { name } = wanted;
  if (wanted.kind === "kubernetes") {
    return { kind: "kubernetes", name, what: wanted.what, namespace: subject.namespace, agent: subject.agent.name };
  }
  const query = wanted.kind === "logql" ? filledLogql(wanted.query, subject) : filledPromql(wanted.query, subject);
  if (typeof query !== "string") return query;
  const span = { start: now - wanted.rangeMs, end: now };
  if (wanted.kind === "logql") {
    const deployedAt = lastDeployedAt(subject);
    return { kind: "logql", name, query, ...span, lines: wanted.lines, deployedAt };
  }
  return {
    kind: "promql",
    name,
    query,
    ...span,
    unit: wanted.unit,
    peak: wanted.peak ?? usualPeak(query),
    threshold: thresholdOf(wanted, expressionSubject(subject)),
  };
}

/** An incident as a remedy's expressions see it, without evidence. */
export function expressionSubject(subject: Subject) {
  return {
    incident: subject.incident,
    agent: subject.agent.key,
    environment: subject.environment,
    namespace: subject.namespace,
    spec: subject.spec,
  };
}

/** The commits of a spec, and the spec in effect before the last change that came before the first alert. Never throws. */
export async function historyOf(subject: Subject, id: string, name: string, reader: EvidenceReader): Promise<Evidence> {
  const query = `git log -- ${subject.agent.path}`;
  if (subject.versions.length === 0) {
    return { kind: "missing", id, name, query, reason: "empty", message: "the spec has no history here" };
  }
  const began = beganAt(subject.incident.alerts);
  const commits = await Promise.all(
    subject.versions.slice(0, 20).map(async ({ sha, at: when, byBot, subject: line }) => ({
      sha,
      at: when,
      byBot,
      subject: await reader.redact(line),
    })),
  );
  return { kind: "history", id, name, query, commits, previous: await previousOf(subject, began) };
}

/**
 * The version before the last change of what runs: image, prompt, model, tools or resources. Undefined where that change was
 * deployed after the alert began, or more than a day before it: what counts is when it reached the default branch, and where it had
 * to wait for its generated files, when they did.
 */
async function previousOf(
  subject: Subject,
  began: Instant,
): Promise<Extract<Evidence, { kind: "history" }>["previous"]> {
  const last = lastChangeIn(await pastSpecsOf(subject));
  if (last?.changed.deployedAt === undefined || last.changed.at > began) return undefined;
  const { at, deployedAt } = last.changed;
  const since = deployedAt > began ? at : Math.max(at, deployedAt);
  if (began - since > DAY) return undefined;
  return { sha: last.previous.sha, spec: last.previous.spec };
}

const DAY = 86_400_000;
