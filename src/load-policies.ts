import type { PolicyDocument } from "./domain/policy-document.ts";
import type { Problem } from "./domain/problem.ts";
import type { Path } from "./domain/scalars.ts";
import { finished, type Work } from "./domain/work.ts";
import { type CompiledGuardrail, readGuardrails, readingGuardrails, withOwn } from "./policy/read-guardrails.ts";
import { type CompiledRemedy, readingRemedies, readRemedies, withOwnRemedies } from "./remedy/read-remedies.ts";
import { readDocuments } from "./spec/read-yaml.ts";

export interface PolicyFile {
  readonly path: Path;
  readonly bytes: Uint8Array;
}

export interface LoadedPolicies {
  readonly guardrails: readonly CompiledGuardrail[];
  /** The repository's own first. */
  readonly remedies: readonly CompiledRemedy[];
  readonly problems: readonly Problem[];
}

/**
 * The guardrails and remedies that ship and those of a repository's `policies/`; one of its own replaces the one that ships under its
 * name. Problems are those of its own files; a file that cannot be read wants a person for every change. Throws where one
 * that ships has a Problem, which is a bug of ours.
 */
export function loadPolicies(shipped: readonly PolicyFile[], own: readonly PolicyFile[]): LoadedPolicies {
  return finished(loadingPolicies(shipped, own));
}

/** As `loadPolicies`, a file, a guardrail and a remedy at a time. */
export function* loadingPolicies(shipped: readonly PolicyFile[], own: readonly PolicyFile[]): Work<LoadedPolicies> {
  const { standard, answers } = shippedOnce(shipped);
  const read = yield* readingDocuments(own);
  const mine = yield* readingGuardrails(read.documents);
  const closed = readGuardrails(read.problems.map(unreadable));
  const remedies = yield* readingRemedies(read.documents);
  return {
    guardrails: withOwn(standard.guardrails, [...mine.guardrails, ...closed.guardrails]),
    remedies: withOwnRemedies(answers.remedies, remedies.remedies),
    problems: [...mine.problems, ...remedies.problems, ...read.problems],
  };
}

interface Shipped {
  readonly standard: ReturnType<typeof readGuardrails>;
  readonly answers: ReturnType<typeof readRemedies>;
}

/** What ships is the same in every pass: it is read and planned once for each list of files. */
const SHIPPED = new WeakMap<readonly PolicyFile[], Shipped>();

function shippedOnce(files: readonly PolicyFile[]): Shipped {
  const known = SHIPPED.get(files);
  if (known !== undefined) return known;
  const { documents } = documentsOf(files);
  const shipped = { standard: readGuardrails(documents), answers: readRemedies(documents) };
  const [bug] = [...shipped.standard.problems, ...shipped.answers.problems];
  if (bug !== undefined) throw new Error(`${bug.file}:${bug.line} ${bug.message}`);
  SHIPPED.set(files, shipped);
  return shipped;
}

/** Every document of these files, and the Problems of those that hold none. */
export function documentsOf(files: readonly PolicyFile[]): {
  readonly documents: readonly PolicyDocument[];
  readonly problems: readonly Problem[];
} {
  return finished(readingDocuments(files));
}

function* readingDocuments(files: readonly PolicyFile[]): Work<ReturnType<typeof documentsOf>> {
  const documents: PolicyDocument[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    const reading = readDocuments(file.path, file.bytes);
    documents.push(...reading.documents);
    problems.push(...reading.problems);
    yield;
  }
  return { documents, problems };
}

/** Stands for a file that holds no YAML: of the kind, but without anything else, so that it closes the gate. */
function unreadable(problem: Problem): PolicyDocument {
  return { file: problem.file, value: { kind: "Guardrail" }, locate: () => problem };
}
