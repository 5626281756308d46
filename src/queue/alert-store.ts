import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import { SENDERS, type Sender } from "../domain/alert.ts";
import type { RepoKey } from "../domain/trigger.ts";
import type { AlertJournal, Entry } from "./alert-board.ts";

/** What is on disk of the boards of a process. What was saved is read again by the next process, also after `kill -9`. */
export interface AlertStore {
  /** Writes down what changes on one board: with the next `saved`, or `note`. */
  journal(repo: RepoKey, sender: Sender): AlertJournal;
  /** Entries found on disk since this was last asked: of the last process with this folder, or of another that has ended. */
  read(): readonly Kept[];
  /** Resolves once all that was journaled is on disk, for good; rejects where it cannot be written: it is tried again. */
  saved(): Promise<void>;
  /** Writes down what was journaled so that it outlives the process, though not a failure of power. Never throws. */
  note(): void;
  /** Whether the disk took what it was last given. */
  isUp(): boolean;
  close(): void;
}

/** An entry and the board it is on. */
export interface Kept {
  readonly repo: RepoKey;
  readonly sender: Sender;
  readonly entry: Entry;
}

export interface AlertStoreOptions {
  /** Where the databases lie; made where it is not there. Processes that share it each have one of their own. */
  readonly folder: string;
  /** Everything that is on the boards: where the file is gone or damaged, it is written anew. */
  readonly all: () => Iterable<Kept>;
  readonly warn: (fields: Readonly<Record<string, unknown>>, message: string) => void;
}

/** Another shape of the table gets another name. */
const NAME = /^alerts-v1-(\d{1,2})\.sqlite$/;
const SLOTS = 32;
const SCHEMA =
  "create table if not exists alerts (id integer primary key, repo text not null, sender text not null, fingerprint text not null, entry text not null, unique (repo, sender, fingerprint))";
const SQLITE = { busy: 5, locked: 6, corrupt: 11, full: 13, notADatabase: 26 } as const;

const Instant = z.number().min(0);
const Text = z.record(z.string(), z.string());
const EntryShape = z.object({
  alert: z.object({
    name: z.string(),
    labels: Text,
    annotations: Text,
    status: z.enum(["firing", "resolved"]),
    startsAt: Instant,
    endsAt: Instant.optional(),
    generatorURL: z.string().optional(),
    fingerprint: z.string(),
    sender: z.enum(SENDERS),
  }),
  receivedAt: Instant,
  origin: z.string().optional(),
  isListed: z.boolean(),
  isHandled: z.boolean(),
  tries: z.int().min(0),
  triedAt: Instant,
});

/** The database of this process, locked for as long as it lives. */
interface Slot {
  readonly file: string;
  readonly database: DatabaseSync;
  /** Tells whether somebody has taken the file away from under the process. */
  readonly inode: number;
}

/** A row to write, or to remove where it has no entry. */
type Row = Omit<Kept, "entry"> & { readonly fingerprint: string; readonly entry: Entry | undefined };

/**
 * A store in SQLite, in a folder that other processes may use too. Never throws but in `saved`: without a disk that can be
 * written, boards work on in memory, and whoever waits for `saved` learns that nothing is safe.
 */
export function createAlertStore({ folder, all, warn }: AlertStoreOptions): AlertStore {
  const dirty = new Map<string, Row>();
  let slot: Slot | undefined;
  let found: Kept[] = [];
  /** Whether something was written that a failure of power would take. */
  let isUnsynced = false;
  /** The file whose rows were read: opened again, it holds nothing new. */
  let readFrom = -1;
  let isUp = true;
  let isClosed = false;
  let pending: Promise<void> | undefined;

  const put = (row: Row): void => void dirty.set(JSON.stringify([row.repo, row.sender, row.fingerprint]), row);

  function opened(): DatabaseSync {
    if (slot !== undefined && inodeOf(slot.file) === slot.inode) return slot.database;
    const isAnew = slot !== undefined;
    drop();
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    slot = firstSlot(folder, warn);
    if (isAnew)
      for (const { repo, sender, entry } of all()) put({ repo, sender, fingerprint: entry.alert.fingerprint, entry });
    if (slot.inode !== readFrom) found.push(...rowsIn(slot.database));
    readFrom = slot.inode;
    return slot.database;
  }

  function drop(): void {
    try {
      slot?.database.close();
    } catch {
      // It is given up in any case.
    }
    slot = undefined;
  }

  function write(isDurable: boolean): void {
    const database = opened();
    if (dirty.size === 0 && !(isDurable && isUnsynced)) return;
    database.exec(`pragma synchronous = ${isDurable ? "full" : "normal"}; begin immediate`);
    try {
      const set = database.prepare(
        "insert into alerts (repo, sender, fingerprint, entry) values (?, ?, ?, ?) on conflict do update set entry = excluded.entry",
      );
      const remove = database.prepare("delete from alerts where repo = ? and sender = ? and fingerprint = ?");
      for (const { repo, sender, fingerprint, entry } of dirty.values()) {
        if (entry === undefined) remove.run(repo, sender, fingerprint);
        else set.run(repo, sender, fingerprint, JSON.stringify(entry));
      }
      // Only a transaction that changes something is synced.
      if (dirty.size === 0) database.exec(`pragma user_version = ${(performance.now() % 1_000_000) | 0}`);
      database.exec("commit");
    } catch (error) {
      if (database.isTransaction) database.exec("rollback");
      throw error;
    }
    dirty.clear();
    isUnsynced = !isDurable;
  }

  /** Writes; a damaged file is put aside and made anew, whatever else fails is tried again the next time. */
  function flush(isDurable: boolean): void {
    try {
      try {
        write(isDurable);
      } catch (error) {
        if (slot === undefined || !isDamage(error)) throw error;
        const { file } = slot;
        drop();
        putAside(file, warn);
        for (const { repo, sender, entry } of all()) put({ repo, sender, fingerprint: entry.alert.fingerprint, entry });
        write(isDurable);
      }
    } catch (error) {
      // Where there is no room the file is as good as it was.
      if (errcodeOf(error) !== SQLITE.full) drop();
      if (isUp)
        warn({ error: wordsOf(error) }, "alerts cannot be written to disk; they are not acknowledged until they can");
      isUp = false;
      throw error;
    }
    if (!isUp) warn({}, "alerts can be written to disk again");
    isUp = true;
  }

  const tried = (work: () => void): void => {
    try {
      work();
    } catch {
      // Told once, by `flush`; `isUp` says it.
    }
  };

  return {
    journal: (repo, sender) => ({
      set: (entry) => put({ repo, sender, fingerprint: entry.alert.fingerprint, entry }),
      remove: (fingerprint) => put({ repo, sender, fingerprint, entry: undefined }),
    }),
    read() {
      if (isClosed) return [];
      tried(() => flush(true));
      if (slot !== undefined) {
        for (const file of otherSlots(folder, slot.file)) {
          tried(() => {
            const kept = adopt(file, warn, (rows) => {
              for (const { repo, sender, entry } of rows)
                put({ repo, sender, fingerprint: entry.alert.fingerprint, entry });
              flush(true);
            });
            found.push(...kept);
          });
        }
      }
      const all = found;
      found = [];
      return all;
    },
    saved() {
      // Whoever comes before the next turn of the loop shares one sync of the disk.
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
    note: () => tried(() => flush(false)),
    isUp: () => isUp,
    close() {
      if (isClosed) return;
      tried(() => flush(true));
      drop();
      isClosed = true;
    },
  };
}

/** Opens the first slot that no other process has. Throws where there is none, or none can be written. */
function firstSlot(folder: string, warn: AlertStoreOptions["warn"]): Slot {
  for (let number = 0; number < SLOTS; number += 1) {
    const found = openSlot(join(folder, `alerts-v1-${number}.sqlite`), warn);
    if (found !== undefined) return found;
  }
  throw new Error(`${SLOTS} processes share the folder`);
}

/** Undefined where another process has it. Throws where it cannot be opened or written; a damaged one is made anew. */
function openSlot(file: string, warn: AlertStoreOptions["warn"]): Slot | undefined {
  try {
    return locked(file);
  } catch (error) {
    if (isBusy(error)) return undefined;
    if (!isDamage(error)) throw error;
    putAside(file, warn);
    return locked(file);
  }
}

function locked(file: string): Slot {
  const database = new DatabaseSync(file);
  try {
    database.exec("pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full");
    database.exec(`begin exclusive; ${SCHEMA}; commit`);
    const [check] = database.prepare("pragma quick_check(1)").all();
    if (check?.quick_check !== "ok") throw Object.assign(new Error("it is damaged"), { errcode: SQLITE.corrupt });
    return { file, database, inode: inodeOf(file) };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Takes over what a process left that has ended: its rows are removed only once they are written elsewhere. */
function adopt(file: string, warn: AlertStoreOptions["warn"], take: (rows: readonly Kept[]) => void): readonly Kept[] {
  const slot = openSlot(file, warn);
  if (slot === undefined) return [];
  try {
    const rows = rowsIn(slot.database);
    if (rows.length === 0) return [];
    take(rows);
    slot.database.exec("delete from alerts");
    return rows;
  } finally {
    slot.database.close();
  }
}

function otherSlots(folder: string, own: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => NAME.test(name))
    .map((name) => join(folder, name))
    .filter((file) => file !== own)
    .sort();
}

/** Rows in the order they were first written; one that cannot be read is passed over. */
function rowsIn(database: DatabaseSync): Kept[] {
  const rows: Kept[] = [];
  for (const { repo, sender, entry } of database
    .prepare("select repo, sender, entry from alerts order by id")
    .iterate()) {
    const known = SENDERS.find((one) => one === sender);
    const read = EntryShape.safeParse(parsed(String(entry)));
    if (!read.success || known === undefined) continue;
    const { alert, origin, ...rest } = read.data;
    const { endsAt, generatorURL } = alert;
    rows.push({
      repo: String(repo),
      sender: known,
      entry: { ...rest, origin, alert: { ...alert, endsAt, generatorURL } },
    });
  }
  return rows;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One damaged file is kept, for whoever wants to look; the next takes its place. */
function putAside(file: string, warn: AlertStoreOptions["warn"]): void {
  warn({ file }, "the alerts on disk are damaged; the file is put aside and made anew");
  for (const end of ["-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
  if (existsSync(file)) renameSync(file, `${file}.damaged`);
}

function inodeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.ino ?? -1;
}

function errcodeOf(error: unknown): number {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  // The low byte is the kind, the rest says more of it.
  return code % 256;
}

function isBusy(error: unknown): boolean {
  return errcodeOf(error) === SQLITE.busy || errcodeOf(error) === SQLITE.locked;
}

function isDamage(error: unknown): boolean {
  return errcodeOf(error) === SQLITE.corrupt || errcodeOf(error) === SQLITE.notADatabase;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
