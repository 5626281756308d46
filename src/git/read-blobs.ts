import type { Oid } from "../domain/scalars.ts";
import { batchParser, type ObjectRead } from "./batch-parser.ts";
import type { GitPlace } from "./git-place.ts";
import { isOid } from "./names.ts";
import { endOf, endWith, failure, feed, startGit } from "./run-git.ts";

const ARGS = ["cat-file", "--batch", "--buffer"];
/** Longest time it may take to read them all, milliseconds. */
const TIMEOUT = 1_800_000;

/**
 * Objects in the order asked for, as a stream with back-pressure through a child of its own, so that a slow reader holds
 * up nobody else. Too large and missing ones are named, not thrown. `limit` is the largest object kept, in bytes.
 */
export async function* readObjects(place: GitPlace, oids: readonly Oid[], limit?: number): AsyncGenerator<ObjectRead> {
  if (oids.length === 0) return;
  const child = startGit(place, ARGS);
  const ended = endOf(child);
  const watch = endWith(child, ARGS, { timeout: TIMEOUT });
  const parser = batchParser(limit);
  const names = oids.map((oid) => (isOid(oid) ? oid : "0".repeat(40)));
  for (const name of names) parser.expect(name);
  const fed = feed(child, chunked(names));
  let answered = 0;
  try {
    for await (const chunk of child.stdout) {
      for (const read of parser.push(chunk)) {
        answered += 1;
        yield read;
      }
    }
  } catch (error) {
    throw watch.reason() ?? error;
  } finally {
    if (answered < oids.length) child.kill();
    await fed;
    watch.release();
  }
  const end = await ended;
  const reason = watch.reason();
  if (reason !== undefined) throw reason;
  if (answered < oids.length) throw failure(ARGS, end);
}

function* chunked(names: readonly string[]): Generator<string> {
  for (let start = 0; start < names.length; start += 256) yield `${names.slice(start, start + 256).join("\n")}\n`;
}
