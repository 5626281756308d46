import type { Oid } from "../../domain/values/scalars.ts";
import { GitError } from "../git-error.ts";

/** An object as `git cat-file` gave it. */
export type ObjectRead =
  | { readonly kind: "object"; readonly oid: Oid; readonly type: string; readonly bytes: Buffer }
  | { readonly kind: "too-large"; readonly oid: Oid; readonly size: number }
  | { readonly kind: "missing" };

/** Largest object that is returned; a larger one is skipped. Bytes. */
export const OBJECT_LIMIT = 10 * 1024 * 1024;

/** Parses the output of `git cat-file --batch`: one answer for each requested name, in the same order. */
export interface BatchParser {
  /** Call it for each requested name: an object id, `<commit>:<path>` or a ref. */
  expect(name: string): void;
  /** The answers that this chunk completes. Throws GitError where the output is not that of cat-file. */
  push(chunk: Buffer): readonly ObjectRead[];
}

interface Body {
  readonly oid: Oid;
  readonly type: string;
  readonly size: number;
  /** Undefined where the object is too large to keep. */
  readonly bytes: Buffer | undefined;
  seen: number;
}

/** A parser for one process; objects of more than `limit` bytes are skipped. */
export function batchParser(limit: number = OBJECT_LIMIT): BatchParser {
  const names: string[] = [];
  let next = 0;
  let head: Buffer = Buffer.alloc(0);
  let body: Body | undefined;

  function push(chunk: Buffer): readonly ObjectRead[] {
    const answers: ObjectRead[] = [];
    let rest = chunk;
    while (rest.length > 0) {
      if (body === undefined) {
        head = head.length === 0 ? rest : Buffer.concat([head, rest]);
        const header = readHeader(head, names[next]);
        if (header === undefined) return answers;
        rest = head.subarray(header.length);
        head = Buffer.alloc(0);
        if (header.kind === "missing") answers.push(finish({ kind: "missing" }));
        else body = { ...header, bytes: header.size <= limit ? Buffer.allocUnsafe(header.size) : undefined, seen: 0 };
        continue;
      }
      const used = Math.min(rest.length, body.size + 1 - body.seen);
      // The last byte is the line end after the object.
      if (body.bytes !== undefined) rest.copy(body.bytes, body.seen, 0, Math.min(used, body.size - body.seen));
      body.seen += used;
      rest = rest.subarray(used);
      if (body.seen <= body.size) continue;
      const { oid, type, size, bytes } = body;
      answers.push(
        finish(bytes === undefined ? { kind: "too-large", oid, size } : { kind: "object", oid, type, bytes }),
      );
      body = undefined;
    }
    return answers;
  }

  function finish(answer: ObjectRead): ObjectRead {
    next += 1;
    if (next > 1024) {
      names.splice(0, next);
      next = 0;
    }
    return answer;
  }

  return { expect: (name) => void names.push(name), push };
}

type Header =
  | {
      readonly kind: "object";
      readonly length: number;
      readonly oid: Oid;
      readonly type: string;
      readonly size: number;
    }
  | { readonly kind: "missing"; readonly length: number };

/**
 * For a missing object cat-file repeats the requested name, which may contain a line end. No name looks like a header: an id
 * alone is not a header, and the id of a commit is followed by a colon.
 */
function readHeader(bytes: Buffer, name: string | undefined): Header | undefined {
  if (name === undefined) throw new GitError("failed", "git cat-file sent an answer that was not requested");
  const end = bytes.indexOf(10);
  if (end < 0) return undefined;
  const match = /^([0-9a-f]{40}|[0-9a-f]{64}) ([a-z]+) (\d+)$/.exec(bytes.toString("latin1", 0, end));
  if (match !== null) {
    const [, oid = "", type = "", size = ""] = match;
    return { kind: "object", length: end + 1, oid, type, size: Number(size) };
  }
  const missing = Buffer.from(`${name} missing\n`);
  const common = Math.min(missing.length, bytes.length);
  if (!bytes.subarray(0, common).equals(missing.subarray(0, common))) {
    throw new GitError("failed", "git cat-file sent an answer of another format");
  }
  return common === missing.length ? { kind: "missing", length: missing.length } : undefined;
}
