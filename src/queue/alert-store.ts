import { mkdirSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import type { Sender } from "../domain/alert/alert.ts";
import type { RepoKey } from "../domain/trigger.ts";
import type { Warn } from "../domain/warn.ts";
import type { AlertJournal } from "./alert-board.ts";
import {
  type AlertDatabase,
  inodeOf,
  isDamaged,
  isDiskFull,
  moveAside,
  openFirstDatabase,
  otherDatabases,
  takeOverRows,
} from "./alert-database.ts";
import { type AlertRow, readRows, type StoredAlert, writeRows } from "./alert-rows.ts";

/** The boards of a process on disk. What was saved is read by the next process, also after `kill -9`. */
export interface AlertStore {
  /** Collects the changes of one board; the next `save` or `writeSoon` writes them. */
  journal(repo: RepoKey, sender: Sender): AlertJournal;
  /** Entries found on disk since the last call: of the last process with this folder, or of another one that has ended. */
  readNew(): readonly StoredAlert[];
  /**
   * Resolves once all journaled changes are on disk, so that they survive a power failure. Rejects where they cannot be written;
   * they are kept for the next call.
   */
  save(): Promise<void>;
  /** Writes journaled changes so that they survive the end of the process, but perhaps not a power failure. Never throws. */
  writeSoon(): void;
  /** Whether the last write succeeded. */
  isUp(): boolean;
  close(): void;
}

export interface AlertStoreOptions {
  /** Folder of the databases; created where there is none. Each process that shares it has its own database. */
  readonly folder: string;
  /** Everything on the boards, written again where the file was removed or is damaged. */
  readonly all: () => Iterable<StoredAlert>;
  readonly warn: Warn;
}

/**
 * A store in SQLite, in a folder that other processes may use too. Throws only in `save`: where the disk cannot be written,
 * the boards go on in memory, and `save` rejects.
 */
export function createAlertStore({ folder, all, warn }: AlertStoreOptions): AlertStore {
  const unwritten = new Map<string, AlertRow>();
  let own: AlertDatabase | undefined;
  let found: StoredAlert[] = [];
  /** Whether something was written that a power failure would lose. */
  let isUnsynced = false;
  /** The inode of the file whose rows were read: they are not read again when the file is reopened. */
  let readInode = -1;
  let isUp = true;
  let isClosed = false;
  let pending: Promise<void> | undefined;

  const put = (row: AlertRow): void => void unwritten.set(JSON.stringify([row.repo, row.sender, row.fingerprint]), row);
  const putAll = (alerts: Iterable<StoredAlert>): void => {
    for (const { repo, sender, entry } of alerts) put({ repo, sender, fingerprint: entry.alert.fingerprint, entry });
  };

  function openOwn(): DatabaseSync {
    if (own !== undefined && inodeOf(own.file) === own.inode) return own.database;
    const wasReplaced = own !== undefined;
    closeOwn();
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    own = openFirstDatabase(folder, warn);
    if (wasReplaced) putAll(all());
    if (own.inode !== readInode) found.push(...readRows(own.database));
    readInode = own.inode;
    return own.database;
  }

  function closeOwn(): void {
    try {
      own?.database.close();
    } catch {
      // It is not used any more.
    }
    own = undefined;
  }

  function write(isDurable: boolean): void {
    const database = openOwn();
    if (unwritten.size === 0 && !(isDurable && isUnsynced)) return;
    database.exec(`pragma synchronous = ${isDurable ? "full" : "normal"}; begin immediate`);
    try {
      writeRows(database, unwritten.values());
      // SQLite syncs only a transaction that changes something.
      if (unwritten.size === 0) database.exec(`pragma user_version = ${(performance.now() % 1_000_000) | 0}`);
      database.exec("commit");
    } catch (error) {
      if (database.isTransaction) database.exec("rollback");
      throw error;
    }
    unwritten.clear();
    isUnsynced = !isDurable;
  }

  function writeOrReplace(isDurable: boolean): void {
    try {
      write(isDurable);
    } catch (error) {
      if (own === undefined || !isDamaged(error)) throw error;
      const { file } = own;
      closeOwn();
      moveAside(file, warn);
      putAll(all());
      write(isDurable);
    }
  }

  /** Writes; a damaged file is replaced. Every other failure is thrown, and the next call tries again. */
  function flush(isDurable: boolean): void {
    try {
      writeOrReplace(isDurable);
    } catch (error) {
      // A full disk does not damage the file.
      if (!isDiskFull(error)) closeOwn();
      const message = error instanceof Error ? error.message : String(error);
      if (isUp) warn({ error: message }, "alerts cannot be written to disk; they are not acknowledged until they can");
      isUp = false;
      throw error;
    }
    if (!isUp) warn({}, "alerts can be written to disk again");
    isUp = true;
  }

  const ignoreErrors = (work: () => void): void => {
    try {
      work();
    } catch {
      // `flush` has logged the error, and `isUp` is false now.
    }
  };

  const readFrom = (file: string): void => {
    const rows = takeOverRows(file, warn, (left) => {
      putAll(left);
      flush(true);
    });
    found.push(...rows);
  };

  return {
    journal: (repo, sender) => ({
      set: (entry) => put({ repo, sender, fingerprint: entry.alert.fingerprint, entry }),
      remove: (fingerprint) => put({ repo, sender, fingerprint, entry: undefined }),
    }),
    readNew() {
      if (isClosed) return [];
      ignoreErrors(() => flush(true));
      if (own !== undefined) for (const file of otherDatabases(folder, own.file)) ignoreErrors(() => readFrom(file));
      const result = found;
      found = [];
      return result;
    },
    save() {
      // All calls in one turn of the event loop share one sync of the disk.
      pending ??= new Promise<void>((resolve, reject) => {
        setImmediate(() => {
          pending = undefined;
          try {
            if (isClosed) throw new Error("the process ends");
            flush(true);
            resolve();
          } catch (error) {
            reject(error);
          }
        });
      });
      return pending;
    },
    writeSoon: () => ignoreErrors(() => flush(false)),
    isUp: () => isUp,
    close() {
      if (isClosed) return;
      ignoreErrors(() => flush(true));
      closeOwn();
      isClosed = true;
    },
  };
}
