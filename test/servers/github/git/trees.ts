import type { GitStore } from "./git-store.ts";

interface Entry {
  readonly mode: string;
  readonly name: string;
  readonly oid: string;
}

/** New bytes of a file, or undefined for its deletion. */
export type Changes = ReadonlyMap<string, Uint8Array | undefined>;

/** The tree that `base` becomes by these changes, or undefined where nothing is left of it. A deletion of what is not there throws. */
export async function changeTree(
  git: GitStore,
  base: string | undefined,
  changes: Changes,
): Promise<string | undefined> {
  const entries = new Map((await readTree(git, base)).map((entry) => [entry.name, entry]));
  const below = new Map<string, Map<string, Uint8Array | undefined>>();
  for (const [path, bytes] of changes) {
    const slash = path.indexOf("/");
    if (slash < 0) await setFile(git, entries, path, bytes);
    else {
      const folder = path.slice(0, slash);
      const inner = below.get(folder) ?? new Map();
      below.set(folder, inner.set(path.slice(slash + 1), bytes));
    }
  }
  for (const [name, inner] of below) {
    const existing = entries.get(name);
    const oid = await changeTree(git, existing?.mode === "40000" ? existing.oid : undefined, inner);
    if (oid === undefined) entries.delete(name);
    else entries.set(name, { mode: "40000", name, oid });
  }
  if (entries.size === 0) return undefined;
  return git.write("tree", encode([...entries.values()]));
}

async function setFile(
  git: GitStore,
  entries: Map<string, Entry>,
  name: string,
  bytes: Uint8Array | undefined,
): Promise<void> {
  const existing = entries.get(name);
  if (bytes === undefined) {
    if (existing === undefined || existing.mode === "40000") throw new MissingFileError(name);
    entries.delete(name);
    return;
  }
  const mode = existing !== undefined && existing.mode !== "40000" ? existing.mode : "100644";
  entries.set(name, { mode, name, oid: await git.write("blob", bytes) });
}

/** A deletion named a path that the branch does not hold. */
export class MissingFileError extends Error {}

async function readTree(git: GitStore, oid: string | undefined): Promise<Entry[]> {
  const object = oid === undefined ? undefined : await git.object(oid);
  if (object === undefined) return [];
  const entries: Entry[] = [];
  for (let at = 0; at < object.bytes.length; ) {
    const space = object.bytes.indexOf(32, at);
    const end = object.bytes.indexOf(0, space);
    entries.push({
      mode: object.bytes.toString("latin1", at, space),
      name: object.bytes.toString("utf8", space + 1, end),
      oid: object.bytes.toString("hex", end + 1, end + 21),
    });
    at = end + 21;
  }
  return entries;
}

function encode(entries: readonly Entry[]): Buffer {
  // Git sorts a folder as if its name ended in a slash.
  const key = (entry: Entry): Buffer => Buffer.from(entry.mode === "40000" ? `${entry.name}/` : entry.name);
  const sorted = [...entries].sort((a, b) => Buffer.compare(key(a), key(b)));
  return Buffer.concat(
    sorted.flatMap((entry) => [Buffer.from(`${entry.mode} ${entry.name}\0`), Buffer.from(entry.oid, "hex")]),
  );
}
