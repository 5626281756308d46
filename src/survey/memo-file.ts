import { closeSync, mkdirSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";

/**
 * The file of a memo. It is used only where a seal beside it says that it is byte for byte what this program left: no
 * damage then goes unseen, whatever part of the file it is in. A run that is killed while it writes leaves no seal.
 */
export interface MemoFile {
  readonly database: DatabaseSync;
  /** Whether it lies in memory, since the disk cannot be used. */
  readonly inMemory: boolean;
  /** Called before anything is written. Throws where the seal cannot be taken away. */
  unseal(): void;
  /** Called after something was written. */
  written(): void;
  /** Seals what is there. Never throws: without a seal the next run starts over. */
  seal(): void;
  /** Whether nobody else changed, replaced or removed the file since. */
  isOurs(): boolean;
  close(): void;
}

export type Warn = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** Opens a file for this process alone, making it where there is none that can be used; in memory where that fails. */
export function openMemoFile(file: string, schema: string, warn: Warn): MemoFile {
  if (file === ":memory:") return inMemory(schema);
  let owner: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    owner = owned(`${file}.owner`);
    // Another process has it: this one keeps its own in memory.
    if (owner === undefined) return inMemory(schema);
    return onDisk(file, schema, owner, warn);
  } catch (error) {
    owner?.close();
    warn({ file, error: wordsOf(error) }, "the memo cannot be kept on disk; it is kept in memory");
    return inMemory(schema);
  }
}

function onDisk(file: string, schema: string, owner: DatabaseSync, warn: Warn): MemoFile {
  const seal = `${file}.seal`;
  if (!isSealed(file, seal)) {
    if (statSync(file, { throwIfNoEntry: false }) !== undefined)
      warn({ file }, "the memo was damaged, or left by a run that was killed; it is made anew");
    discard(file);
  }
  // Nothing of ours: with a database that has no such journal they could only do harm.
  for (const beside of ["-wal", "-shm", "-journal"]) rmSync(`${file}${beside}`, { recursive: true, force: true });
  const database = prepared(new DatabaseSync(file), schema);
  let isWhole = statSync(seal, { throwIfNoEntry: false }) !== undefined;
  let last = markOf(file);
  return {
    database,
    inMemory: false,
    unseal() {
      if (isWhole) rmSync(seal, { force: true });
      isWhole = false;
    },
    written() {
      last = markOf(file);
    },
    seal() {
      if (isWhole || last === undefined || markOf(file) !== last) return;
      try {
        writeFileSync(seal, sealOf(file));
        isWhole = true;
      } catch (error) {
        rmSync(seal, { force: true });
        warn({ file, error: wordsOf(error) }, "the memo cannot be sealed; the next run makes it anew");
      }
    },
    isOurs: () => last !== undefined && markOf(file) === last,
    close() {
      database.close();
      owner.close();
    },
  };
}

function inMemory(schema: string): MemoFile {
  const database = prepared(new DatabaseSync(":memory:"), schema);
  const nothing = () => {};
  return {
    database,
    inMemory: true,
    unseal: nothing,
    written: nothing,
    seal: nothing,
    isOurs: () => true,
    close: () => database.close(),
  };
}

/** A journal on disk would only help a run that is killed, and that one's file is thrown away. */
function prepared(database: DatabaseSync, schema: string): DatabaseSync {
  try {
    database.exec(
      "pragma locking_mode = exclusive; pragma journal_mode = memory; pragma synchronous = off; pragma temp_store = memory; pragma cache_size = -16000;",
    );
    database.exec(schema);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A lock that ends with its process, however that ends: an open transaction on a database of its own. */
function owned(file: string): DatabaseSync | undefined {
  for (let attempt = 1; ; attempt += 1) {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(file, { timeout: 0 });
      database.exec("pragma locking_mode = exclusive; pragma journal_mode = memory; begin exclusive");
      return database;
    } catch (error) {
      database?.close();
      if (isBusy(error)) return undefined;
      if (attempt === 2) throw error;
      rmSync(file, { recursive: true, force: true });
    }
  }
}

/** SQLITE_BUSY and SQLITE_LOCKED, https://sqlite.org/rescode.html */
function isBusy(error: unknown): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, "errcode") : undefined;
  return typeof code === "number" && [5, 6].includes(code & 0xff);
}

/** Takes the file away, whatever lies in its place, and its seal first. */
export function discard(file: string): void {
  for (const one of [`${file}.seal`, file]) rmSync(one, { recursive: true, force: true });
}

function isSealed(file: string, seal: string): boolean {
  try {
    return readFileSync(seal, "utf8") === sealOf(file);
  } catch {
    return false;
  }
}

const CHUNK = 1024 * 1024;

/** Size and CRC-32 of a file. It guards against damage, not against people: the cache is as trusted as the program. */
function sealOf(file: string): string {
  const handle = openSync(file, "r");
  try {
    const chunk = Buffer.allocUnsafe(CHUNK);
    let sum = 0;
    let size = 0;
    for (let read = readSync(handle, chunk); read > 0; read = readSync(handle, chunk)) {
      sum = crc32(chunk.subarray(0, read), sum);
      size += read;
    }
    return `${size} ${sum}\n`;
  } finally {
    closeSync(handle);
  }
}

/** What changes with every write of anybody; undefined where there is no file. */
function markOf(file: string): string | undefined {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.ino} ${stat.size} ${stat.mtimeNs}`;
}

function wordsOf(error: unknown): string {
  // Node names no code where it removes a file on a disk that is read-only.
  return (error instanceof Error ? error.message : String(error)).replace(/^, Unknown error: /, "");
}
