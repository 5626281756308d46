import { constants, type Dirent, lstatSync, readFileSync } from "node:fs";
import { lstat, open, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Snapshot } from "../../domain/fleet.ts";
import { blobOid } from "../../domain/values/object-id.ts";
import type { Oid, Path } from "../../domain/values/scalars.ts";
import { GitError } from "../git-error.ts";
import { gitEnvironment, type ProcessEnvironment } from "../git-place.ts";
import { isTreePath } from "../names.ts";
import { splitNul } from "../nul-records.ts";
import { runBareGit } from "../run-git.ts";
import { OBJECT_LIMIT } from "./batch-parser.ts";
import { pathsBelow, tooLargeContent } from "./listing.ts";

/** Files read at once. */
const READERS = 16;
const NO_COMMIT = "0".repeat(40);

/**
 * A folder's working files, committed or not, as a Snapshot whose `sha` is 40 zeros. In a Git working tree ignored
 * files are left out; elsewhere `.git` and `node_modules` are. Symbolic links are left out, and none is followed. Files for
 * which `load` is true are read; the ids of the others are computed when they are requested. Throws GitError where there
 * is no such folder.
 */
export async function workingSnapshot(
  folder: string,
  outside: ProcessEnvironment,
  load: (path: Path) => boolean,
): Promise<Snapshot> {
  const root = await realpath(folder).catch((cause: unknown) => {
    throw new GitError("not-found", `there is no folder ${folder}`, { cause });
  });
  const listed = (await listTracked(root, outside)) ?? (await walkFolder(root, ""));
  const paths = await keepRegularFiles(root, listed);
  const contents = new Map<Path, Uint8Array>();
  const wanted = paths.filter(load);
  let next = 0;
  const read = async () => {
    for (let path = wanted[next++]; path !== undefined; path = wanted[next++]) {
      const bytes = await readRegular(join(root, path));
      if (bytes !== undefined) contents.set(path, bytes);
    }
  };
  await Promise.all(Array.from({ length: READERS }, read));
  return lazySnapshot(
    root,
    paths.filter((path) => !load(path) || contents.has(path)),
    contents,
  );
}

function lazySnapshot(root: string, sorted: readonly Path[], contents: ReadonlyMap<Path, Uint8Array>): Snapshot {
  const known = new Set(sorted);
  const oids = new Map<Path, Oid | undefined>();
  return {
    sha: NO_COMMIT,
    oid(path) {
      if (!known.has(path)) return undefined;
      if (!oids.has(path)) oids.set(path, oidOf(contents.get(path) ?? readNow(join(root, path))));
      return oids.get(path);
    },
    list: (prefix) => pathsBelow(sorted, prefix),
    read(path) {
      const bytes = contents.get(path);
      if (bytes === undefined) throw new RangeError(`${path} was not loaded`);
      return bytes;
    },
  };
}

function oidOf(bytes: Uint8Array | undefined): Oid | undefined {
  return bytes === undefined ? undefined : blobOid(bytes);
}

function readNow(file: string): Uint8Array | undefined {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  return stat?.isFile() === true ? readFileSync(file, { flag: constants.O_RDONLY | constants.O_NOFOLLOW }) : undefined;
}

/** The file's bytes; undefined where it was removed, became a link, or may not be read. */
async function readRegular(file: string): Promise<Uint8Array | undefined> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (handle === undefined) return undefined;
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) return undefined;
    return stat.size > OBJECT_LIMIT ? tooLargeContent() : await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** The files that Git tracks or would add; undefined where the folder is in no repository of this user. */
async function listTracked(root: string, outside: ProcessEnvironment): Promise<readonly Path[] | undefined> {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "-z"];
  const { code, stdout } = await runBareGit(gitEnvironment(outside, "none"), root, args, { accept: [0, 128] });
  return code === 0 ? splitNul(stdout) : undefined;
}

async function walkFolder(root: string, folder: Path): Promise<readonly Path[]> {
  const found: Path[] = [];
  const folders: Path[] = [folder];
  for (let current = folders.pop(); current !== undefined; current = folders.pop()) {
    const read: readonly Dirent[] = await readdir(join(root, current), { withFileTypes: true });
    for (const entry of read) {
      const path = current === "" ? entry.name : `${current}/${entry.name}`;
      if (entry.isFile()) found.push(path);
      else if (entry.isDirectory() && entry.name !== ".git" && entry.name !== "node_modules") folders.push(path);
    }
  }
  return found;
}

/** The paths that are regular files in real folders, not links. Sorted by code unit. */
async function keepRegularFiles(root: string, paths: readonly Path[]): Promise<readonly Path[]> {
  const folders = new Map<Path, Promise<boolean>>([["", Promise.resolve(true)]]);
  const isFolder = (path: Path): Promise<boolean> => {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const answer = isFolder(parentOf(path)).then(
      async (whole) => whole && (await kindOf(join(root, path))) === "folder",
    );
    folders.set(path, answer);
    return answer;
  };
  const kept: Path[] = [];
  for (let start = 0; start < paths.length; start += 256) {
    const group = paths.slice(start, start + 256).filter(isTreePath);
    const isFile = await Promise.all(
      group.map(async (path) => (await isFolder(parentOf(path))) && (await kindOf(join(root, path))) === "file"),
    );
    kept.push(...group.filter((_, index) => isFile[index] === true));
  }
  return kept.sort();
}

async function kindOf(file: string): Promise<"file" | "folder" | "other"> {
  const stat = await lstat(file).catch(() => undefined);
  return stat?.isFile() === true ? "file" : stat?.isDirectory() === true ? "folder" : "other";
}

function parentOf(path: Path): Path {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
