import type { Sha } from "../../domain/values/scalars.ts";
import type { ObjectReader } from "./object-reader.ts";

/** A commit as Git stores it: lines of headers, an empty line, the message. */
export interface CommitObject {
  /** The values of a header, such as `parent`, in their order. */
  header(name: string): readonly string[];
  /** Undefined where the empty line is missing, which Git itself always writes. */
  readonly message: string | undefined;
}

/** The commit of that id; undefined where there is none. Throws GitError. */
export async function readCommitObject(
  objects: Pick<ObjectReader, "object">,
  sha: Sha,
): Promise<CommitObject | undefined> {
  const read = await objects.object(sha);
  if (read.kind !== "object" || read.type !== "commit") return undefined;
  const text = read.bytes.toString("utf8");
  const end = text.indexOf("\n\n");
  const lines = (end < 0 ? text : text.slice(0, end)).split("\n");
  return {
    header: (name) => lines.flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : [])),
    message: end < 0 ? undefined : text.slice(end + 2),
  };
}
