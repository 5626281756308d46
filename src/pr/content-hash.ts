import { createHash } from "node:crypto";
import type { ChangeSet, FileChange } from "../domain/change-set.ts";
import { parseDeployPath } from "../domain/deployed/deploy-path.ts";
import type { Oid, Path } from "../domain/values/scalars.ts";
import { finished, type Work } from "../domain/work.ts";

/**
 * SHA-256 over the content of a change: each file's path, its id on the base and its new text, and the edits. It leaves out the
 * edits' reasons: the same change with another reason is the same change. It also leaves out a tenant's objects in an agent's
 * pull request: they may move to another pull request, and a refused agent has to stay refused. (The body names them, and
 * `textHash` covers the body.)
 */
export function contentHash(changes: Pick<ChangeSet, "cause" | "files" | "edits">): string {
  return finished(hashingContent(changes));
}

/** As `contentHash`, one file at a time. */
export function* hashingContent(changes: Pick<ChangeSet, "cause" | "files" | "edits">): Work<string> {
  const hash = createHash("sha256").update("[[");
  let comma = "";
  for (const file of changes.files) {
    if (isTenantFileOfAgent(file, changes.cause)) continue;
    hash.update(comma).update(JSON.stringify([file.path, file.before?.oid ?? null, file.text ?? null]));
    comma = ",";
    yield;
  }
  const edits = changes.edits.map(({ why: _, ...edit }) => Object.entries(edit).sort(([a], [b]) => (a < b ? -1 : 1)));
  return hash.update(`],${JSON.stringify(edits)}]`).digest("hex");
}

/** Whether an agent's pull request holds the file only for its tenant: one of the tenant's own files, or its copy of the chart. */
function isTenantFileOfAgent(file: FileChange, cause: ChangeSet["cause"]): boolean {
  if (cause.kind !== "drift" || cause.scope.kind !== "agent") return false;
  const parsed = parseDeployPath(file.path);
  return parsed !== undefined && parsed.kind !== "agent";
}

/** SHA-256 over the paths a change touches and the ids they have on the base. */
export function baseHash(files: readonly FileChange[]): string {
  return hashOfBase(files.map(({ path, before }) => ({ path, oid: before?.oid })));
}

/** As `baseHash`, from the paths, sorted as strings are, and their ids; undefined: the path is not on the base. */
export function hashOfBase(files: readonly { readonly path: Path; readonly oid: Oid | undefined }[]): string {
  return sha256(JSON.stringify(files.map(({ path, oid }) => [path, oid ?? null])));
}

/** SHA-256 over what a reviewer reads. */
export function textHash(title: string, body: string): string {
  return sha256(JSON.stringify([title, body]));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
