import { hash } from "node:crypto";
import type { AgentFacts, AgentKey } from "../../domain/fleet.ts";
import type { Problem } from "../../domain/problem.ts";
import type { Oid, Path, Sha } from "../../domain/values/scalars.ts";
import type { Warn } from "../../domain/warn.ts";
import type { SpecSurvey } from "../../plan/survey-spec.ts";
import { AgentIndex } from "./agent-index.ts";
import { columnText, MemoDatabase, type MemoRow, parseStored } from "./memo-database.ts";
import type { MemoError } from "./memo-error.ts";

/** The inputs that the store was last brought up to date with. */
export interface SurveyMark {
  readonly sha: Sha;
  /** Digest of raos.yaml and of the program; with another one the survey starts over. */
  readonly config: string;
}

const SCHEMA = `
  create table if not exists mark (id integer primary key check (id = 1), sha text, config text);
  create table if not exists specs (path text primary key, key text not null, oid text not null, namespace text, environments text, template text, facts text, problems text) without rowid;
  create index if not exists specs_key on specs (key);
  create index if not exists specs_folded on specs (lower(key));
  create index if not exists specs_app on specs (namespace, substr(key, instr(key, '/') + 1)) where namespace is not null;
  create index if not exists specs_ends on specs (key) where instr(facts, '"endsByItself":true') > 0;
  create index if not exists specs_dapr_agents on specs (namespace, key) where instr(facts, '"daprAgents":true') > 0;
  create index if not exists specs_upgrades on specs (key) where instr(facts, '"upgrades":') > 0;
  create index if not exists specs_template on specs (template) where template is not null;
  create index if not exists specs_problems on specs (path) where problems is not null;
  create table if not exists calls (caller text not null, callee text not null, path text not null, primary key (callee, caller, path)) without rowid;
  create index if not exists calls_path on calls (path);
  create table if not exists prompts (file text not null, path text not null, primary key (file, path)) without rowid;
  create index if not exists prompts_path on prompts (path);
  create table if not exists models (model text not null, path text not null, primary key (model, path)) without rowid;
  create index if not exists models_path on models (path);
  create table if not exists lineages (root text not null, key text not null, path text not null, primary key (root, key, path)) without rowid;
  create index if not exists lineages_path on lineages (path);
  create table if not exists crossed (path text primary key, problems text not null) without rowid;
  create table if not exists standing (path text primary key, key text not null, facts text not null) without rowid;
  create index if not exists standing_key on standing (key);
  create table if not exists drifts (key text primary key, state text not null) without rowid;
`;

/** Digest of the tables' shape. It is part of the file's name: a version with other tables uses another file. */
export const STORE_FORMAT = hash("sha256", `sealed\n${SCHEMA}`);

/**
 * The memo of a repository: facts and Problems of each spec file, and which agents drifted, on disk (or in memory for
 * ":memory:"). Its indexes make the cost of an update follow the size of the change. It is a cache: nothing is lost where
 * the file is deleted or damaged. Its methods throw MemoError where it cannot be used.
 */
export class SurveyStore {
  /** Which agents share something, or call each other. */
  readonly agents: AgentIndex;
  readonly #database: MemoDatabase;

  /** Opens or creates the file, for this process alone. Where it cannot be used, the memo is in memory, with a warning. */
  constructor(file: string, warn: Warn = () => {}) {
    this.#database = new MemoDatabase(file, SCHEMA, warn);
    this.agents = new AgentIndex(this.#database);
  }

  get inMemory(): boolean {
    return this.#database.inMemory;
  }

  close(): void {
    this.#database.close();
  }

  /** Marks the file as complete, for the next run. Its cost grows with the memo's size. Never throws. */
  seal(): void {
    this.#database.seal();
  }

  /** Throws MemoError where somebody else changed the file while it was open. */
  assertUnchanged(): void {
    this.#database.assertUnchanged();
  }

  /** Starts with an empty memo: in memory where the disk is at fault, or where files failed more than twice. */
  renew(error: MemoError): void {
    this.#database.renew(error);
  }

  /** Runs `work` as one transaction; an exception rolls it back. */
  transaction<T>(work: () => T): T {
    return this.#database.transaction(work);
  }

  mark(): SurveyMark | undefined {
    const row = this.#database.one("select sha, config from mark");
    return row && { sha: columnText(row.sha), config: columnText(row.config) };
  }

  setMark(mark: SurveyMark): void {
    this.#database.run("insert or replace into mark values (1, ?, ?)", mark.sha, mark.config);
  }

  /** Called before the first change of an update: where the run ends before `setMark`, the next run starts over. */
  clearMark(): void {
    this.#database.run("delete from mark");
  }

  clear(): void {
    this.#database.exec(
      "delete from mark; delete from specs; delete from calls; delete from prompts; delete from models; delete from lineages; delete from drifts; delete from crossed; delete from standing;",
    );
  }

  put(row: SpecSurvey): void {
    this.remove(row.path);
    const facts = row.facts;
    this.#database.run(
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
    for (const callee of facts?.calls ?? [])
      this.#database.run("insert into calls values (?, ?, ?)", row.key, callee, row.path);
    for (const file of facts?.prompts ?? []) this.#database.run("insert into prompts values (?, ?)", file, row.path);
    for (const model of facts?.models ?? []) this.#database.run("insert into models values (?, ?)", model, row.path);
    if (facts !== undefined) this.#putLineage(facts);
  }

  remove(path: Path): void {
    const removed = this.#database.run("delete from specs where path = ?", path);
    if (removed === 0) return;
    this.#database.run("delete from calls where path = ?", path);
    this.#database.run("delete from prompts where path = ?", path);
    this.#database.run("delete from models where path = ?", path);
    this.#database.run("delete from lineages where path = ?", path);
    this.#database.run("delete from crossed where path = ?", path);
    this.#database.run("delete from standing where path = ?", path);
  }

  /** Facts that stand for a file with Problems: other agents still meet the agent as it was deployed last. */
  putStanding(facts: AgentFacts): void {
    this.#database.run(
      "insert or replace into standing values (?, ?, ?)",
      facts.path,
      facts.key,
      JSON.stringify(facts),
    );
    for (const callee of facts.calls)
      this.#database.run("insert or replace into calls values (?, ?, ?)", facts.key, callee, facts.path);
    this.#putLineage(facts);
  }

  #putLineage({ key, path, lineage }: AgentFacts): void {
    if (lineage === undefined) return;
    this.#database.run("insert or replace into lineages values (?, ?, ?)", lineage.lineage.root, key, path);
  }

  standing(key: AgentKey): AgentFacts | undefined {
    const row = this.#database.one("select facts from standing where key = ?", key);
    return row && parseStored(row.facts);
  }

  /** The rows of an agent: one, or more where several files define it. */
  rowsOf(key: AgentKey): readonly SpecSurvey[] {
    return this.#database.all("select path, key, oid, facts, problems from specs where key = ?", key).map(surveyOf);
  }

  /** Files without Problems, which can be compiled. By path, after `path`, at most `most`. */
  compilable(path: Path, most: number): readonly { readonly key: AgentKey; readonly path: Path; readonly oid: Oid }[] {
    const rows = this.#database.all(
      `select key, path, oid from specs where path > ? and facts is not null and path not in (select path from crossed)
        order by path limit ${most}`,
      path,
    );
    return rows.map((row) => ({ key: columnText(row.key), path: columnText(row.path), oid: columnText(row.oid) }));
  }

  /** Facts of an agent whose file has no Problem of its own. */
  facts(key: AgentKey): AgentFacts | undefined {
    const row = this.#database.one("select facts from specs where key = ? and facts is not null", key);
    return row && parseStored(row.facts);
  }

  setCrossProblems(path: Path, problems: readonly Problem[]): void {
    if (problems.length === 0) this.#database.run("delete from crossed where path = ?", path);
    else this.#database.run("insert or replace into crossed values (?, ?)", path, JSON.stringify(problems));
  }

  /** Problems of a file that only a comparison with the other agents finds. */
  crossProblems(path: Path): readonly Problem[] {
    const row = this.#database.one("select problems from crossed where path = ?", path);
    return row === undefined ? [] : parseStored(row.problems);
  }

  /** Agents that do not fit together with others. */
  keysWithCrossProblems(): readonly AgentKey[] {
    return this.#database.column("select distinct key as value from crossed join specs using (path) order by key");
  }

  /** Every Problem of every spec file. */
  problems(): readonly { readonly key: AgentKey; readonly problems: readonly Problem[] }[] {
    const rows = this.#database.all(`
      select key, path, problems from specs where problems is not null
      union all select key, path, crossed.problems from crossed join specs using (path)
      order by path`);
    return rows.map((row) => ({ key: columnText(row.key), problems: parseStored(row.problems) }));
  }

  setDrift(key: AgentKey, state: DriftState | undefined): void {
    if (state === undefined) this.#database.run("delete from drifts where key = ?", key);
    else this.#database.run("insert or replace into drifts values (?, ?)", key, state);
  }

  drifts(): readonly { readonly key: AgentKey; readonly state: DriftState }[] {
    return this.#database.all("select key, state from drifts order by key").map((row) => ({
      key: columnText(row.key),
      state: DRIFT_STATES.find((state) => state === row.state) ?? "changed",
    }));
  }
}

/** new: no generated file yet; changed: they differ; removed: generated files without a spec. */
export type DriftState = "new" | "changed" | "removed";
const DRIFT_STATES: readonly DriftState[] = ["new", "changed", "removed"];

function surveyOf(row: MemoRow): SpecSurvey {
  return {
    path: columnText(row.path),
    key: columnText(row.key),
    oid: columnText(row.oid),
    facts: row.facts === null ? undefined : parseStored(row.facts),
    problems: row.problems === null ? [] : parseStored(row.problems),
  };
}
