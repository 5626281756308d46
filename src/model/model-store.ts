import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import type { Evidence } from "../domain/alert/evidence.ts";
import type { Instant, Json } from "../domain/values/scalars.ts";
import type { Warn } from "../domain/warn.ts";
import { createDayBudget, type DayBudget } from "./day-budget.ts";
import type { Answer } from "./investigator.ts";

/** What a restart must not forget: what was spent today, and the answers that were paid for. */
export interface ModelStore {
  readonly spent: DayBudget;
  readonly answers: AnswerStore;
}

/** Answers by the incident that they are about, each until it is too old. */
export interface AnswerStore {
  read(key: string, now: Instant): Answer | undefined;
  write(key: string, answer: Answer, until: Instant, now: Instant): void;
}

/** Most answers that are kept; the one that ends first is dropped first. */
const KEPT = 1000;

const SCHEMA = `
  create table if not exists spent (day text primary key, dollars real not null) without rowid;
  create table if not exists answers (key text primary key, until integer not null, answer text not null) without rowid;
`;

/**
 * Opens or creates the file, which the processes and repositories of one cache share; answers are those of one repository. Where it cannot be used, everything is kept in memory, with a
 * warning: the budget then begins again with each process.
 */
export function openModelStore(file: string, repository: string, warn: Warn): ModelStore {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const database = new DatabaseSync(file);
    database.exec("pragma busy_timeout = 2000; pragma journal_mode = wal");
    database.exec(SCHEMA);
    return { spent: spentIn(database), answers: answersIn(database, repository) };
  } catch (error) {
    warn(
      { file, error: error instanceof Error ? error.message : String(error) },
      "what models cost today cannot be kept on disk; a restart forgets it",
    );
    return createModelStore();
  }
}

/** A store in memory. */
export function createModelStore(): ModelStore {
  return { spent: createDayBudget(), answers: createAnswerStore() };
}

/** The day's sum in a database: processes that share it share the budget. */
function spentIn(database: DatabaseSync): DayBudget {
  const read = database.prepare("select dollars from spent where day = ?");
  const add = database.prepare(
    "insert into spent values (?, max(0, ?)) on conflict (day) do update set dollars = max(0, dollars + ?)",
  );
  const forget = database.prepare("delete from spent where day < ?");
  const dayOf = (moment: Instant) => new Date(moment).toISOString().slice(0, 10);
  // SQLite turns NaN into null, which the column refuses.
  const amount = (dollars: number) => (Number.isNaN(dollars) ? Number.POSITIVE_INFINITY : dollars);
  return {
    spentOn(moment) {
      const dollars = read.get(dayOf(moment))?.dollars;
      return typeof dollars === "number" ? dollars : 0;
    },
    spend(moment, dollars) {
      add.run(dayOf(moment), amount(dollars), amount(dollars));
      forget.run(dayOf(moment - 7 * 86_400_000));
    },
  };
}

function answersIn(database: DatabaseSync, repository: string): AnswerStore {
  const keyOf = (key: string) => `${repository}\n${key}`;
  const read = database.prepare("select answer from answers where key = ? and until > ?");
  const put = database.prepare("insert or replace into answers values (?, ?, ?)");
  const drop = database.prepare(
    "delete from answers where until <= ? or key in (select key from answers order by until desc limit -1 offset ?)",
  );
  return {
    read(key, now) {
      const text = read.get(keyOf(key), now)?.answer;
      const parsed = AnswerShape.safeParse(typeof text === "string" ? parseJson(text) : undefined);
      return parsed.success ? answerOf(parsed.data) : undefined;
    },
    write(key, answer, until, now) {
      put.run(keyOf(key), until, JSON.stringify(answer));
      drop.run(now, KEPT);
    },
  };
}

function createAnswerStore(): AnswerStore {
  const answers = new Map<string, { readonly answer: Answer; readonly until: Instant }>();
  return {
    read(key, now) {
      const known = answers.get(key);
      return known !== undefined && now < known.until ? known.answer : undefined;
    },
    write(key, answer, until) {
      answers.delete(key);
      const [oldest] = answers.size >= KEPT ? answers.keys() : [];
      if (oldest !== undefined) answers.delete(oldest);
      answers.set(key, { answer, until });
    },
  };
}

const JsonValue: z.ZodType<Json> = z.json();
const Count = z.number().nonnegative();
const AnswerShape = z.object({
  kind: z.enum(["found", "unresolved", "failed"]),
  summary: z.string(),
  cause: z.string(),
  confidence: z.enum(["low", "medium", "high"]),
  cites: z.array(z.string()),
  edits: z.array(
    z.object({ at: z.string(), to: JsonValue.optional(), why: z.string(), evidence: z.array(z.string()) }),
  ),
  evidence: z.array(
    z.custom<Evidence>((one) => typeof one === "object" && one !== null && "kind" in one && "id" in one),
  ),
  reason: z.string(),
  model: z.string(),
  turns: Count,
  tokens: z.object({ input: Count, output: Count }),
  dollars: Count,
});

/** JSON has no `undefined`: an edit's absent `to` comes back as one. */
function answerOf(read: z.infer<typeof AnswerShape>): Answer {
  return { ...read, edits: read.edits.map((edit) => ({ ...edit, to: edit.to })) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
