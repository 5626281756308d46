import type { SQLOutputValue, StatementSync } from "node:sqlite";
import type { Warn } from "../../domain/warn.ts";
import { MemoError } from "./memo-error.ts";
import { discard, type MemoFile, openMemoFile } from "./memo-file.ts";

export type MemoRow = Readonly<Record<string, SQLOutputValue>>;

/** How often a file on disk is replaced before the memo stays in memory. */
const MOST_RENEWALS = 2;

/** A memo's database: statements, transactions, and replacing a damaged file. Its methods throw MemoError. */
export class MemoDatabase {
  readonly #path: string;
  readonly #schema: string;
  readonly #warn: Warn;
  readonly #statements = new Map<string, StatementSync>();
  #file: MemoFile;
  #renewals = 0;
  #isInTransaction = false;

  /** Opens or creates the file; for ":memory:" there is none. Where it cannot be used, the memo is in memory, with a warning. */
  constructor(path: string, schema: string, warn: Warn) {
    this.#path = path;
    this.#schema = schema;
    this.#warn = warn;
    this.#file = openMemoFile(path, schema, warn);
  }

  get inMemory(): boolean {
    return this.#file.inMemory;
  }

  close(): void {
    this.seal();
    this.#statements.clear();
    this.#file.close();
  }

  /** Marks the file as complete, for the next run. Its cost grows with the memo's size. Never throws. */
  seal(): void {
    try {
      this.#file.seal();
    } catch {
      // Without a seal the next run starts over.
    }
  }

  /** Throws MemoError where somebody else changed the file while it was open. */
  assertUnchanged(): void {
    if (!this.#guard(() => this.#file.isUnchanged())) throw new MemoError("somebody else changed its file");
  }

  /** Starts with an empty memo: in memory where the disk is at fault, or where files failed more than twice. */
  renew(error: MemoError): void {
    this.#renewals += 1;
    this.#warn({ file: this.#path, error: error.message }, "the memo is replaced by a new one");
    this.#statements.clear();
    try {
      this.#file.close();
    } catch {
      // It is not used any more.
    }
    this.#isInTransaction = false;
    const wasOnDisk = this.#path !== ":memory:" && !this.inMemory;
    if (wasOnDisk) {
      try {
        discard(this.#path);
      } catch {
        // A file that cannot be removed has no seal, or is found damaged the next time.
      }
    }
    const path = wasOnDisk && !error.isDisk && this.#renewals <= MOST_RENEWALS ? this.#path : ":memory:";
    this.#file = openMemoFile(path, this.#schema, this.#warn);
  }

  /** Runs `work` as one transaction; an exception rolls it back. */
  transaction<T>(work: () => T): T {
    this.exec("begin immediate");
    this.#isInTransaction = true;
    try {
      const result = work();
      this.#isInTransaction = false;
      this.exec("commit");
      return result;
    } catch (error) {
      this.#isInTransaction = false;
      try {
        this.#file.database.exec("rollback");
        this.#file.recordWrite();
      } catch {
        // SQLite has rolled back by itself where the disk is full.
      }
      throw error;
    }
  }

  exec(sql: string): void {
    this.#write(() => this.#file.database.exec(sql));
  }

  /** Runs a statement that writes; returns how many rows it changed. */
  run(sql: string, ...parameters: readonly (string | null)[]): number {
    return this.#write(() => Number(this.#prepare(sql).run(...parameters).changes));
  }

  one(sql: string, ...parameters: readonly string[]): MemoRow | undefined {
    return this.#guard(() => this.#prepare(sql).get(...parameters));
  }

  all(sql: string, ...parameters: readonly string[]): readonly MemoRow[] {
    return this.#guard(() => this.#prepare(sql).all(...parameters));
  }

  /** The column `value` of every row. */
  column(sql: string, ...parameters: readonly string[]): readonly string[] {
    return this.all(sql, ...parameters).map((row) => columnText(row.value));
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const prepared = this.#file.database.prepare(sql);
    this.#statements.set(sql, prepared);
    return prepared;
  }

  #write<T>(work: () => T): T {
    return this.#guard(() => {
      if (!this.#isInTransaction) this.#file.unseal();
      const result = work();
      if (!this.#isInTransaction) this.#file.recordWrite();
      return result;
    });
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw error instanceof MemoError ? error : new MemoError(error);
    }
  }
}

/** A text column; "" where it is null. */
export function columnText(value: SQLOutputValue | undefined): string {
  return typeof value === "string" ? value : "";
}

/** Reads JSON that this version of the program wrote itself (`SurveyMark.config`). Throws MemoError. */
export function parseStored(value: SQLOutputValue | undefined) {
  try {
    return JSON.parse(columnText(value));
  } catch (error) {
    throw new MemoError(error);
  }
}
