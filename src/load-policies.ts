import type { Problem } from "./domain/problem.ts";
import type { Path } from "./domain/scalars.ts";
import { type CompiledGuardrail, type PolicyDocument, readGuardrails, withOwn } from "./policy/read-guardrails.ts";
import { readDocuments } from "./spec/read-yaml.ts";

export interface PolicyFile {
  readonly path: Path;
  readonly bytes: Uint8Array;
}

export interface LoadedPolicies {
  readonly guardrails: readonly CompiledGuardrail[];
  readonly problems: readonly Problem[];
}

/**
 * The guardrails that ship and those of a repository's `policies/`; one of its own replaces the one that ships under its
 * name. Problems are those of its own files; a file that cannot be read wants a person for every change.
 */
export function loadPolicies(shipped: readonly PolicyFile[], own: readonly PolicyFile[]): LoadedPolicies {
  const read = own.map((file) => readDocuments(file.path, file.bytes));
  const mine = readGuardrails(read.flatMap((reading) => reading.documents.map(documentOf)));
  const unread = read.flatMap((reading) => reading.problems);
  const closed = readGuardrails(unread.map((problem) => unreadable(problem)));
  return {
    guardrails: withOwn(shippedGuardrails(shipped), [...mine.guardrails, ...closed.guardrails]),
    problems: [...mine.problems, ...unread],
  };
}

/** Those that ship; throws where one of them has a Problem, which is a bug of ours. */
export function shippedGuardrails(files: readonly PolicyFile[]): readonly CompiledGuardrail[] {
  const documents = files.flatMap((file) => readDocuments(file.path, file.bytes).documents.map(documentOf));
  const { guardrails, problems } = readGuardrails(documents);
  const [problem] = problems;
  if (problem !== undefined) throw new Error(`${problem.file}:${problem.line} ${problem.message}`);
  return guardrails;
}

function documentOf(document: {
  readonly file: Path;
  readonly value: unknown;
  readonly locate: (pointer: string) => { readonly line: number; readonly column: number };
}): PolicyDocument {
  return { path: document.file, value: JSON.parse(JSON.stringify(document.value ?? null)), locate: document.locate };
}

/** Stands for a file that holds no YAML: of the kind, but without anything else, so that it closes the gate. */
function unreadable(problem: Problem): PolicyDocument {
  return {
    path: problem.file,
    value: { kind: "Guardrail" },
    locate: () => ({ line: problem.line, column: problem.column }),
  };
}
