import type { Edit } from "../domain/change-set.ts";
import type { AgentKey, Fleet, Snapshot } from "../domain/fleet.ts";
import type { Problem } from "../domain/problem.ts";
import type { WrittenSpec } from "../domain/request/agent-request.ts";
import type { Path } from "../domain/values/scalars.ts";
import type { Work } from "../domain/work.ts";
import { consentProblems } from "../spec/check/check-references.ts";
import { tryEdits } from "../spec/edit/edit.ts";
import { type AgentReading, readAgent } from "../spec/read/read-agent.ts";

/** Spec files as a change leaves them; undefined: the file is deleted. */
export interface EditedSpecs {
  readonly edited: ReadonlyMap<Path, string | undefined>;
  readonly refused: readonly Problem[];
}

/**
 * The spec files that are written as a whole, and then those that are edited. An edit that no longer fits its file is a Problem, and
 * then nothing is proposed.
 */
export function* editingSpecs(
  snapshot: Snapshot,
  edits: readonly Edit[],
  written: readonly WrittenSpec[],
): Work<EditedSpecs> {
  const edited = new Map<Path, string | undefined>(written.map(({ file, text }) => [file, text]));
  const problems: Problem[] = [];
  for (const [file, list] of Map.groupBy(edits, (edit) => edit.file)) {
    let current = edited.has(file) ? edited.get(file) : textInSnapshot(snapshot, file);
    for (const edit of list) {
      const problem = (message: string) => ({ file, line: 1, column: 1, pointer: edit.at, message });
      if (current === undefined) {
        problems.push(problem("the file is deleted, so nothing in it can change"));
        continue;
      }
      const { text, refused } = tryEdits(current, [edit]);
      current = text;
      problems.push(...refused.map(({ message }) => problem(message)));
      yield;
    }
    edited.set(file, current);
  }
  return { edited, refused: problems };
}

/** Reads an agent's file as it is after the edits. `path` is not deleted by them. */
export function readEdited(
  path: Path,
  snapshot: Snapshot,
  edited: ReadonlyMap<Path, string | undefined>,
  fleet: Fleet,
): AgentReading {
  const text = edited.get(path);
  const bytes = text === undefined ? snapshot.read(path) : Buffer.from(text);
  const prompt = (file: Path) => (snapshot.oid(file) === undefined ? undefined : snapshot.read(file));
  const read = readAgent(path, snapshot.oid(path) ?? "", bytes, fleet, prompt);
  if (read.agent === undefined) return read;
  // An edit may name another tenant's agent as a peer, and that tenant may have withdrawn its consent since.
  const around = { facts: (key: AgentKey) => fleet.facts.get(key) };
  const problems = consentProblems(read.agent.facts, () => bytes, fleet, around);
  return problems.length === 0 ? read : { agent: undefined, problems };
}

/** The text of a file of the snapshot. */
export function textInSnapshot(snapshot: Snapshot, path: Path): string {
  return Buffer.from(snapshot.read(path)).toString("utf8");
}
