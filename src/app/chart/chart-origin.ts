import * as z from "zod";
import { blobOid } from "../../domain/values/object-id.ts";
import type { Oid, Path } from "../../domain/values/scalars.ts";

/**
 * Where the files of a chart in a repository come from: for each, the id of the Git blob that RAOS shipped. So a file that a
 * person changed is told from one that they did not, and what RAOS shipped is found again among the repository's own objects.
 */
export interface ChartOrigin {
  /** The version of the chart that was shipped. */
  readonly version: string;
  readonly files: ReadonlyMap<Path, Oid>;
}

const Stored = z.object({
  version: z.string().max(128),
  files: z.record(z.string().max(512), z.string().regex(/^[0-9a-f]{40}$/)),
});

/** The origin of files as they are shipped. */
export function originOf(files: ReadonlyMap<Path, Uint8Array>): ChartOrigin {
  const head = Buffer.from(files.get("Chart.yaml") ?? "").toString("utf8");
  const version = /^version: {0,4}"?([\w.+-]{1,120})/m.exec(head)?.[1] ?? "";
  return { version, files: new Map([...files].map(([path, bytes]) => [path, blobOid(bytes)])) };
}

/** The note in a chart; undefined where there is none, or a person made it unreadable. */
export function decodeOrigin(bytes: Uint8Array | undefined): ChartOrigin | undefined {
  if (bytes === undefined || bytes.length > 1024 * 1024) return undefined;
  try {
    const stored = Stored.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
    return { version: stored.version, files: new Map(Object.entries(stored.files)) };
  } catch {
    return undefined;
  }
}

/** The text of the note. */
export function encodeOrigin({ version, files }: ChartOrigin): Uint8Array {
  const about = "What RAOS shipped, for raos init --upgrade: keep this file in Git, and change nothing in it.";
  return Buffer.from(`${JSON.stringify({ about, version, files: Object.fromEntries(files) }, null, 2)}\n`);
}
