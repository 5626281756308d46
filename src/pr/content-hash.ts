import { createHash } from "node:crypto";
import type { ChangeSet, FileChange } from "../domain/change.ts";
import { finished, type Work } from "../domain/work.ts";

/**
 * SHA-256 over what a change holds: each file's path, the id it has on the base and its text after, and the edits.
 * Not the edits' reasons: a reason may name the moment, and the same change said in other words is no other change.
 * Nor a tenant's objects that ride along with an agent: they may move to another pull request, and a person's no to the
 * agent holds all the same. (What the reviewer reads names them, and `textHash` covers that.)
 */
export function contentHash(changes: Pick<ChangeSet, "cause" | "files" | "edits">): string {
  return finished(hashingContent(changes));
}

/** As `contentHash`, a file at a time. */
export function* hashingContent(changes: Pick<ChangeSet, "cause" | "files" | "edits">): Work<string> {
  const hash = createHash("sha256").update("[[");
  let comma = "";
  for (const file of changes.files) {
    if (rides(file, changes.cause)) continue;
    hash.update(comma).update(JSON.stringify([file.path, file.before?.oid ?? null, file.text ?? null]));
    comma = ",";
    yield;
  }
  const edits = changes.edits.map(({ why: _, ...edit }) => Object.entries(edit).sort(([a], [b]) => (a < b ? -1 : 1)));
  return hash.update(`],${JSON.stringify(edits)}]`).digest("hex");
}

/** A tenant's own files lie beside its agents' folders: `deploy/<environment>/<tenant>/<file>`. */
function rides(file: FileChange, cause: ChangeSet["cause"]): boolean {
  return cause.kind === "drift" && cause.scope.kind === "agent" && /^deploy\/[^/]+\/[^/]+\/[^/]+$/.test(file.path);
}

/** SHA-256 over the paths a change touches and the ids they have on the base. */
export function underHash(files: readonly FileChange[]): string {
  return sha256(JSON.stringify(files.map((file) => [file.path, file.before?.oid ?? null])));
}

/** SHA-256 over what a reviewer reads. */
export function textHash(title: string, body: string): string {
  return sha256(JSON.stringify([title, body]));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
