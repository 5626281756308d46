import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Warn } from "../domain/warn.ts";
import { ALERT_SCHEMA, readRows, type StoredAlert } from "./alert-rows.ts";

/** The database of this process, locked until the process ends. */
export interface AlertDatabase {
  readonly file: string;
  readonly database: DatabaseSync;
  /** The inode of the file when it was opened: another one means that somebody has removed or replaced the file. */
  readonly inode: number;
}

/** The version is part of the name: another shape of the table gets another name. */
const FILE_NAME = /^alerts-v1-(\d{1,2})\.sqlite$/;
const MOST_DATABASES = 32;
const SQLITE = { error: 1, busy: 5, locked: 6, corrupt: 11, full: 13, notADatabase: 26 } as const;

/** Opens the first database of the folder that no other process has. Throws where there is none, or none can be written. */
export function openFirstDatabase(folder: string, warn: Warn): AlertDatabase {
  for (let number = 0; number < MOST_DATABASES; number += 1) {
    const found = openDatabase(join(folder, `alerts-v1-${number}.sqlite`), warn);
    if (found !== undefined) return found;
  }
  throw new Error(`${MOST_DATABASES} processes share the folder`);
}

/** Undefined where another process has it. Throws where it cannot be opened or written; a damaged one is replaced. */
function openDatabase(file: string, warn: Warn): AlertDatabase | undefined {
  try {
    return openLocked(file);
  } catch (error) {
    if (isBusy(error)) return undefined;
    // The statements are always the same, so a file for which one fails has a header that SQLite cannot read.
    if (!isDamaged(error) && resultCodeOf(error) !== SQLITE.error) throw error;
    moveAside(file, warn);
    return openLocked(file);
  }
}

function openLocked(file: string): AlertDatabase {
  const database = new DatabaseSync(file);
  try {
    database.exec("pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full");
    database.exec(`begin exclusive; ${ALERT_SCHEMA}; commit`);
    const [check] = database.prepare("pragma quick_check(1)").all();
    if (check?.quick_check !== "ok") throw Object.assign(new Error("it is damaged"), { errcode: SQLITE.corrupt });
    return { file, database, inode: inodeOf(file) };
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Takes over the rows of a process that has ended. They are deleted there only after `write` has written them here. Empty
 * where the process still runs. Throws what `write` and SQLite throw.
 */
export function takeOverRows(
  file: string,
  warn: Warn,
  write: (rows: readonly StoredAlert[]) => void,
): readonly StoredAlert[] {
  const left = openDatabase(file, warn);
  if (left === undefined) return [];
  try {
    const rows = readRows(left.database);
    if (rows.length === 0) return [];
    write(rows);
    left.database.exec("delete from alerts");
    return rows;
  } finally {
    left.database.close();
  }
}

/** The database files of other processes, running or not. */
export function otherDatabases(folder: string, own: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => FILE_NAME.test(name))
    .map((name) => join(folder, name))
    .filter((file) => file !== own)
    .sort();
}

/** Renames a damaged file, so that somebody may look at it; the next damaged one replaces it. */
export function moveAside(file: string, warn: Warn): void {
  warn({ file }, "the alerts on disk are damaged; the file is moved aside and a new one is made");
  for (const end of ["-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
  if (existsSync(file)) renameSync(file, `${file}.damaged`);
}

/** The inode of a file; -1 where there is no file. */
export function inodeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.ino ?? -1;
}

/** SQLite's primary result code: the low byte of its extended one, https://sqlite.org/rescode.html */
function resultCodeOf(error: unknown): number {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  return code % 256;
}

function isBusy(error: unknown): boolean {
  return resultCodeOf(error) === SQLITE.busy || resultCodeOf(error) === SQLITE.locked;
}

/** Whether SQLite failed because the file is damaged or no database. */
export function isDamaged(error: unknown): boolean {
  return resultCodeOf(error) === SQLITE.corrupt || resultCodeOf(error) === SQLITE.notADatabase;
}

/** Whether SQLite failed because the disk is full. */
export function isDiskFull(error: unknown): boolean {
  return resultCodeOf(error) === SQLITE.full;
}
