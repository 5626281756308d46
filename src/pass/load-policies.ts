import type { Snapshot } from "../domain/fleet.ts";
import type { PolicyDocument } from "../domain/kinds/policy-document.ts";
import type { Problem } from "../domain/problem.ts";
import type { Path } from "../domain/values/scalars.ts";
import { finished, type Work } from "../domain/work.ts";
import {
  type CompiledGuardrail,
  readGuardrails,
  readingGuardrails,
  withOwnGuardrails,
} from "../policy/read-guardrails.ts";
import type { CompiledRemedy } from "../remedy/compiled-remedy.ts";
import { readingRemedies, readRemedies, withOwnRemedies } from "../remedy/read-remedies.ts";
import { readDocuments } from "../spec/yaml/read-yaml.ts";

export interface PolicyFile {
  readonly path: Path;
  readonly bytes: Uint8Array;
}

/** The files of a repository's `policies/` that may hold guardrails or remedies. */
export function policyFilesIn(snapshot: Snapshot): readonly PolicyFile[] {
  const paths = [...snapshot.list("policies")].filter((path) => /\.(yaml|yml|json)$/.test(path));
  return paths.map((path) => ({ path, bytes: snapshot.read(path) }));
}

export interface LoadedPolicies {
  readonly guardrails: readonly CompiledGuardrail[];
  /** Those of the repository come first. */
  readonly remedies: readonly CompiledRemedy[];
  readonly problems: readonly Problem[];
}

/**
 * The guardrails and remedies that ship, and those of a repository's `policies/`, which replace those of the same name. Problems
 * are those of the repository's files; while one cannot be read, every change needs a review. Throws where one that ships has
 * a Problem, which is a bug.
 */
export function loadPolicies(shipped: readonly PolicyFile[], own: readonly PolicyFile[]): LoadedPolicies {
  return finished(loadingPolicies(shipped, own));
}

/** `loadPolicies` in pieces: one file, guardrail or remedy at a time. */
export function* loadingPolicies(shipped: readonly PolicyFile[], own: readonly PolicyFile[]): Work<LoadedPolicies> {
  const { standard, answers } = shippedOnce(shipped);
  const read = yield* readingDocuments(own);
  const mine = yield* readingGuardrails(read.documents);
  const closed = readGuardrails(read.problems.map(unreadable));
  const remedies = yield* readingRemedies(read.documents);
  return {
    guardrails: withOwnGuardrails(standard.guardrails, [...mine.guardrails, ...closed.guardrails]),
    remedies: withOwnRemedies(answers.remedies, remedies.remedies),
    problems: [...mine.problems, ...remedies.problems, ...read.problems],
  };
}

interface Shipped {
  readonly standard: ReturnType<typeof readGuardrails>;
  readonly answers: ReturnType<typeof readRemedies>;
}

/** The shipped policies are the same in every pass, so they are read once for each list of files. */
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

/** An empty guardrail in the place of a file that cannot be read, so that every change needs a review. */
function unreadable(problem: Problem): PolicyDocument {
  return { file: problem.file, value: { kind: "Guardrail" }, locate: () => problem };
}
