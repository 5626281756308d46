import { hash } from "node:crypto";
import type { SQLOutputValue, StatementSync } from "node:sqlite";
import type { AgentFacts, AgentKey } from "../domain/fleet.ts";
import type { Problem } from "../domain/problem.ts";
import type { Oid, Path, Sha } from "../domain/scalars.ts";
import type { SpecSurvey } from "../plan/survey-spec.ts";
import { discard, type MemoFile, openMemoFile, type Warn } from "./memo-file.ts";

/** Up to which inputs the store is current. */
export interface SurveyMark {
  readonly sha: Sha;
  /** Digest of raos.yaml and of the program's version: another one means starting over. */
  readonly config: string;
}

const SCHEMA = `
  create table if not exists mark (id integer primary key check (id = 1), sha text, config text);
  create table if not exists specs (path text primary key, key text not null, oid text not null, namespace text, environments text, template text, facts text, problems text) without rowid;
  create index if not exists specs_key on specs (key);
  create index if not exists specs_folded on specs (lower(key));
  create index if not exists specs_app on specs (namespace, substr(key, instr(key, '/') + 1)) where namespace is not null;
  create index if not exists specs_template on specs (template) where template is not null;
  create index if not exists specs_problems on specs (path) where problems is not null;
  create table if not exists calls (caller text not null, callee text not null, path text not null, primary key (callee, caller, path)) without rowid;
  create index if not exists calls_path on calls (path);
  create table if not exists prompts (file text not null, path text not null, primary key (file, path)) without rowid;
  create index if not exists prompts_path on prompts (path);
  create table if not exists crossed (path text primary key, problems text not null) without rowid;
  create table if not exists drifts (key text primary key, state text not null) without rowid;
`;

/** Names the tables' shape: a memo that another version of the program made lies in another file. */
export const STORE_FORMAT = hash("sha256", `sealed\n${SCHEMA}`);

/** The memo cannot be read or written. Nothing is lost: `SurveyStore.renew` makes it anew, and the pass starts over. */
export class MemoError extends Error {
  override readonly name = "MemoError";
  /** Whether another file would be no better: the disk is full, or cannot be written. */
  readonly isDisk: boolean;
  constructor(cause: unknown) {
    super(`the memo cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.isDisk = isDiskError(cause);
  }
}

/** SQLITE_PERM, READONLY, IOERR, FULL and CANTOPEN, https://sqlite.org/rescode.html; or what the file system says. */
function isDiskError(cause: unknown): boolean {
  const [number, word]: readonly unknown[] =
    cause instanceof Error ? [Reflect.get(cause, "errcode"), Reflect.get(cause, "code")] : [];
  if (typeof number === "number") return [3, 8, 10, 13, 14].includes(number & 0xff);
  return typeof word === "string" && /^(ENOSPC|EDQUOT|EFBIG|EROFS|EACCES|EPERM|EIO)$/.test(word);
}

/**
 * The memo of a repository: facts, Problems and expected trees of each spec file, on disk (or in memory for ":memory:"),
 * with the indexes that make an update cost what changed. It is a cache: deleting the file loses nothing, and one that is
 * damaged, or cannot be written, is made anew. Every method throws MemoError where it cannot be used.
 */
export class SurveyStore {
  readonly #file: string;
  readonly #warn: Warn;
  readonly #statements = new Map<string, StatementSync>();
  #memo: MemoFile;
  #renewals = 0;
  #isInTransaction = false;

  /**
   * Opens or creates the file, for this process alone. Where another process has it, or it cannot be kept there, the memo
   * lies in memory, and `warn` hears of it.
   */
  constructor(file: string, warn: Warn = () => {}) {
    this.#file = file;
    this.#warn = warn;
    this.#memo = openMemoFile(file, SCHEMA, warn);
  }

  /** Whether it lies in memory. */
  get inMemory(): boolean {
    return this.#memo.inMemory;
  }

  close(): void {
    this.seal();
    this.#statements.clear();
    this.#memo.close();
  }

  /** Marks the file as whole, for the next run: what it costs follows the size of the memo. Never throws. */
  seal(): void {
    try {
      this.#memo.seal();
    } catch {
      // Without a seal the next run starts over.
    }
  }

  /** Throws MemoError where somebody else changed the file while it was open. */
  assertOurs(): void {
    if (!this.#guard(() => this.#memo.isOurs())) throw new MemoError("somebody else changed its file");
  }

  /** Throws what is there away and starts with an empty memo: in memory where the disk is at fault, or a file fails twice. */
  renew(error: MemoError): void {
    this.#renewals += 1;
    this.#warn({ file: this.#file, error: error.message }, "the memo is made anew");
    this.#statements.clear();
    try {
      this.#memo.close();
    } catch {
      // It is thrown away.
    }
    this.#isInTransaction = false;
    if (this.#file !== ":memory:" && !this.inMemory) {
      try {
        discard(this.#file);
      } catch {
        // What cannot be taken away has no seal, or is found damaged the next time.
      }
    }
    const isDiskUsed = this.#file !== ":memory:" && !this.inMemory && !error.isDisk && this.#renewals < 3;
    this.#memo = openMemoFile(isDiskUsed ? this.#file : ":memory:", SCHEMA, this.#warn);
  }

  /** Runs `work` as one transaction; an exception rolls it back. */
  transaction<T>(work: () => T): T {
    this.#write(() => this.#memo.database.exec("begin immediate"));
    this.#isInTransaction = true;
    try {
      const result = work();
      this.#isInTransaction = false;
      this.#write(() => this.#memo.database.exec("commit"));
      return result;
    } catch (error) {
      this.#isInTransaction = false;
      try {
        this.#memo.database.exec("rollback");
        this.#memo.written();
      } catch {
        // SQLite has rolled back by itself where the disk is full.
      }
      throw error;
    }
  }

  mark(): SurveyMark | undefined {
    const row = this.#one("select sha, config from mark");
    return row && { sha: text(row.sha), config: text(row.config) };
  }

  setMark(mark: SurveyMark): void {
    this.#run("insert or replace into mark values (1, ?, ?)", mark.sha, mark.config);
  }

  /** While the store is between two commits it stands for neither: a run that ends here makes the next start over. */
  unmark(): void {
    this.#run("delete from mark");
  }

  clear(): void {
    this.#write(() =>
      this.#memo.database.exec(
        "delete from mark; delete from specs; delete from calls; delete from prompts; delete from drifts; delete from crossed;",
      ),
    );
  }

  put(row: SpecSurvey): void {
    this.remove(row.path);
    const facts = row.facts;
    this.#run(
      "insert into specs values (?, ?, ?, ?, ?, ?, ?, ?)",
      row.path,
      row.key,
      row.oid,
      facts?.namespace ?? null,
      facts?.environments.join(" ") ?? null,
      facts?.template ?? null,
      facts === undefined ? null : JSON.stringify(facts),
      row.problems.length === 0 ? null : JSON.stringify(row.problems),
    );
    for (const callee of facts?.calls ?? []) this.#run("insert into calls values (?, ?, ?)", row.key, callee, row.path);
    for (const file of facts?.prompts ?? []) this.#run("insert into prompts values (?, ?)", file, row.path);
  }

  remove(path: Path): void {
    const removed = this.#run("delete from specs where path = ?", path);
    if (removed === 0) return;
    this.#run("delete from calls where path = ?", path);
    this.#run("delete from prompts where path = ?", path);
    this.#run("delete from crossed where path = ?", path);
  }

  /** Rows of an agent's key: one, or more where two files claim the agent. */
  rowsOf(key: AgentKey): readonly SpecSurvey[] {
    return this.#all("select path, key, oid, facts, problems from specs where key = ?", key).map(surveyOf);
  }

  /** Files of agents that can be compiled: whole, and at peace with the others. By path, after `path`, at most `most`. */
  compilable(path: Path, most: number): readonly { readonly key: AgentKey; readonly path: Path; readonly oid: Oid }[] {
    const rows = this.#all(
      `select key, path, oid from specs where path > ? and facts is not null and path not in (select path from crossed)
        order by path limit ${most}`,
      path,
    );
    return rows.map((row) => ({ key: text(row.key), path: text(row.path), oid: text(row.oid) }));
  }

  /** Facts of an agent whose file is whole. */
  facts(key: AgentKey): AgentFacts | undefined {
    const row = this.#one("select facts from specs where key = ? and facts is not null", key);
    return row && parse(row.facts);
  }

  callersOf(key: AgentKey): readonly AgentKey[] {
    return this.#column("select distinct caller as value from calls where callee = ? order by caller", key);
  }

  /** Every agent that another one calls. */
  called(): readonly AgentKey[] {
    return this.#column("select distinct callee as value from calls order by callee");
  }

  keysOfTenant(tenant: string): readonly AgentKey[] {
    return this.#column(
      "select distinct key as value from specs where key >= ? and key < ? order by key",
      `${tenant}/`,
      `${tenant}0`,
    );
  }

  /** Whether a tenant has at least one agent whose file is whole. */
  hasAgents(tenant: string): boolean {
    return (
      this.#one(
        "select 1 as value from specs where key >= ? and key < ? and facts is not null limit 1",
        `${tenant}/`,
        `${tenant}0`,
      ) !== undefined
    );
  }

  keysOfTemplate(template: string): readonly AgentKey[] {
    return this.#column("select distinct key as value from specs where template = ? order by key", template);
  }

  keysOfPrompt(file: Path): readonly AgentKey[] {
    return this.#column(
      "select distinct key as value from specs join prompts using (path) where file = ? order by key",
      file,
    );
  }

  keys(): readonly AgentKey[] {
    return this.#column("select distinct key as value from specs order by key");
  }

  /** Keys that only a comparison with the rest of the fleet can find wrong; the comparison itself is `crossProblems`. */
  doubtful(): readonly AgentKey[] {
    return this.#column(`
      select key as value from specs where lower(key) in (select lower(key) from specs group by lower(key) having count(*) > 1)
      union select caller from calls where caller = callee
      union select caller from calls left join specs on key = callee where key is null or facts is null
      union select caller from calls where substr(caller, 1, instr(caller, '/')) <> substr(callee, 1, instr(callee, '/'))
      union select caller from calls join specs a on a.path = calls.path join specs b on b.key = callee
        where a.environments <> b.environments
      union select key from specs where namespace is not null and (namespace, substr(key, instr(key, '/') + 1)) in
        (select namespace, substr(key, instr(key, '/') + 1) from specs where namespace is not null group by 1, 2 having count(*) > 1)
      order by 1`);
  }

  /** Files that claim the agent, whatever the case of their names. */
  claimants(key: AgentKey): readonly Path[] {
    return this.#column("select path as value from specs where lower(key) = lower(?) order by path", key);
  }

  /** Agents of this namespace and name, whatever their tenant: more than one means one app-id twice. */
  sameAppId(namespace: string, name: string): readonly AgentKey[] {
    return this.#column(
      "select key as value from specs where namespace = ? and substr(key, instr(key, '/') + 1) = ? and namespace is not null order by key",
      namespace,
      name,
    );
  }

  setCrossed(path: Path, problems: readonly Problem[]): void {
    if (problems.length === 0) this.#run("delete from crossed where path = ?", path);
    else this.#run("insert or replace into crossed values (?, ?)", path, JSON.stringify(problems));
  }

  /** Problems with a file that stands alone but not beside the others. */
  crossed(path: Path): readonly Problem[] {
    const row = this.#one("select problems from crossed where path = ?", path);
    return row === undefined ? [] : parse(row.problems);
  }

  /** Every Problem of every spec file. */
  problems(): readonly { readonly key: AgentKey; readonly problems: readonly Problem[] }[] {
    const rows = this.#all(`
      select key, path, problems from specs where problems is not null
      union all select key, path, crossed.problems from crossed join specs using (path)
      order by path`);
    return rows.map((row) => ({ key: text(row.key), problems: parse(row.problems) }));
  }

  setDrift(key: AgentKey, state: DriftState | undefined): void {
    if (state === undefined) this.#run("delete from drifts where key = ?", key);
    else this.#run("insert or replace into drifts values (?, ?)", key, state);
  }

  drifts(): readonly { readonly key: AgentKey; readonly state: DriftState }[] {
    return this.#all("select key, state from drifts order by key").map((row) => ({
      key: text(row.key),
      state: DRIFT_STATES.find((state) => state === row.state) ?? "changed",
    }));
  }

  #run(sql: string, ...parameters: (string | null)[]): number {
    return this.#write(() => Number(this.#prepare(sql).run(...parameters).changes));
  }

  #one(sql: string, ...parameters: string[]): Row | undefined {
    return this.#guard(() => this.#prepare(sql).get(...parameters));
  }

  #all(sql: string, ...parameters: string[]): readonly Row[] {
    return this.#guard(() => this.#prepare(sql).all(...parameters));
  }

  #column(sql: string, ...parameters: string[]): readonly string[] {
    return this.#all(sql, ...parameters).map((row) => text(row.value));
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.#memo.database.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }

  #write<T>(work: () => T): T {
    return this.#guard(() => {
      if (!this.#isInTransaction) this.#memo.unseal();
      const result = work();
      if (!this.#isInTransaction) this.#memo.written();
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

/** new: no generated file yet; changed: they differ; removed: generated files without a spec. */
export type DriftState = "new" | "changed" | "removed";
const DRIFT_STATES: readonly DriftState[] = ["new", "changed", "removed"];

type Row = Readonly<Record<string, SQLOutputValue>>;

function surveyOf(row: Row): SpecSurvey {
  return {
    path: text(row.path),
    key: text(row.key),
    oid: text(row.oid),
    facts: row.facts === null ? undefined : parse(row.facts),
    problems: row.problems === null ? [] : parse(row.problems),
  };
}

function text(value: SQLOutputValue | undefined): string {
  return typeof value === "string" ? value : "";
}

/** The store's own JSON, written by this very version of the program (`SurveyMark.config`), comes back as it went in. */
function parse(value: SQLOutputValue | undefined) {
  try {
    return JSON.parse(text(value));
  } catch (error) {
    throw new MemoError(error);
  }
}
