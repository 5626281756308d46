import { closeSync, mkdirSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import type { Warn } from "../../domain/warn.ts";

/**
 * The file of a memo. It is used only where the checksum in a seal file beside it is right, so that damage in any part of it
 * is noticed. A run that is killed while it writes leaves no seal.
 */
export interface MemoFile {
  readonly database: DatabaseSync;
  /** Whether it is in memory, because the disk cannot be used. */
  readonly inMemory: boolean;
  /** Removes the seal; called before a write. Throws where it cannot be removed. */
  unseal(): void;
  /** Called after a write. */
  recordWrite(): void;
  /** Writes the seal, and gives back the memory of what was read. Never throws: without a seal the next run starts over. */
  seal(): void;
  /** Whether no other process changed, replaced or removed the file since the last write. */
  isUnchanged(): boolean;
  close(): void;
}

/** Opens the file for this process alone, or a new one where it is missing or damaged; in memory where that fails. */
export function openMemoFile(file: string, schema: string, warn: Warn): MemoFile {
  if (file === ":memory:") return openInMemory(schema);
  let owner: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    owner = lockFile(`${file}.owner`);
    // Another process uses it: this one keeps its memo in memory.
    if (owner === undefined) return openInMemory(schema);
    return openOnDisk(file, schema, owner, warn);
  } catch (error) {
    owner?.close();
    warn({ file, error: wordsOf(error) }, "the memo cannot be kept on disk; it is kept in memory");
    return openInMemory(schema);
  }
}

function openOnDisk(file: string, schema: string, owner: DatabaseSync, warn: Warn): MemoFile {
  const seal = `${file}.seal`;
  if (!isSealed(file, seal)) {
    if (statSync(file, { throwIfNoEntry: false }) !== undefined)
      warn({ file }, "the memo was damaged, or left by a run that was killed; a new one is made");
    discard(file);
  }
  // This program makes no such files; SQLite would apply a foreign one to the database.
  for (const beside of ["-wal", "-shm", "-journal"]) rmSync(`${file}${beside}`, { recursive: true, force: true });
  const database = prepareDatabase(new DatabaseSync(file), schema);
  let isWhole = statSync(seal, { throwIfNoEntry: false }) !== undefined;
  let last = markOf(file);
  return {
    database,
    inMemory: false,
    unseal() {
      if (isWhole) rmSync(seal, { force: true });
      isWhole = false;
    },
    recordWrite() {
      last = markOf(file);
    },
    seal() {
      // Between two passes nobody reads: a service may hold a thousand memos open.
      database.exec("pragma shrink_memory");
      if (isWhole || last === undefined || markOf(file) !== last) return;
      try {
        writeFileSync(seal, sealOf(file));
        isWhole = true;
      } catch (error) {
        rmSync(seal, { force: true });
        warn({ file, error: wordsOf(error) }, "the memo cannot be sealed; the next run makes a new one");
      }
    },
    isUnchanged: () => last !== undefined && markOf(file) === last,
    close() {
      database.close();
      owner.close();
    },
  };
}

function openInMemory(schema: string): MemoFile {
  const database = prepareDatabase(new DatabaseSync(":memory:"), schema);
  const nothing = () => {};
  return {
    database,
    inMemory: true,
    unseal: nothing,
    recordWrite: nothing,
    seal: nothing,
    isUnchanged: () => true,
    close: () => database.close(),
  };
}

/** Without a journal on disk: it would only help after a killed run, and that run's file is not used any more. */
function prepareDatabase(database: DatabaseSync, schema: string): DatabaseSync {
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

/** A lock that ends with its process, also when that is killed: an open transaction on a database of its own. */
function lockFile(file: string): DatabaseSync | undefined {
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

/** Removes the seal, then the file. */
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

/** Size and CRC-32 of a file, against damage. Against people it does not help: who can write the cache is trusted. */
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

/** Inode, size and time of the file, which every write changes; undefined where there is no file. */
function markOf(file: string): string | undefined {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.ino} ${stat.size} ${stat.mtimeNs}`;
}

function wordsOf(error: unknown): string {
  // Node names no code where it removes a file on a disk that is read-only.
  return (error instanceof Error ? error.message : String(error)).replace(/^, Unknown error: /, "");
}
