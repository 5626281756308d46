import type { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import { SENDERS, type Sender } from "../domain/alert/alert.ts";
import { NO_DATA_REASONS } from "../domain/alert/no-data.ts";
import type { RepoKey } from "../domain/trigger.ts";
import type { BoardEntry } from "./alert-board.ts";

/** An entry and the board it is on. */
export interface StoredAlert {
  readonly repo: RepoKey;
  readonly sender: Sender;
  readonly entry: BoardEntry;
}

/** A row to write, or to delete where it has no entry. */
export type AlertRow = Omit<StoredAlert, "entry"> & {
  readonly fingerprint: string;
  readonly entry: BoardEntry | undefined;
};

/** A change of this table needs another file name: see `FILE_NAME` in alert-database.ts. */
export const ALERT_SCHEMA =
  "create table if not exists alerts (id integer primary key, repo text not null, sender text not null, fingerprint text not null, entry text not null, unique (repo, sender, fingerprint))";

const Instant = z.number().min(0);
const Texts = z.record(z.string(), z.string());
const EntryShape = z.object({
  alert: z.object({
    name: z.string(),
    labels: Texts,
    annotations: Texts,
    status: z.enum(["firing", "resolved"]),
    startsAt: Instant,
    endsAt: Instant.optional(),
    generatorURL: z.string().optional(),
    fingerprint: z.string(),
    sender: z.enum(SENDERS),
    // Rows of older versions do not have it; one of a newer version may hold another word.
    noData: z.enum(NO_DATA_REASONS).optional().catch("Unknown"),
  }),
  receivedAt: Instant,
  origin: z.string().optional(),
  isListed: z.boolean(),
  isHandled: z.boolean(),
  tries: z.int().min(0),
  triedAt: Instant,
});

/** Reads rows in the order in which they were first written; one that cannot be read is left out. */
export function readRows(database: DatabaseSync): readonly StoredAlert[] {
  const rows: StoredAlert[] = [];
  const query = database.prepare("select repo, sender, entry from alerts order by id");
  for (const { repo, sender, entry } of query.iterate()) {
    const known = SENDERS.find((one) => one === sender);
    const read = EntryShape.safeParse(parseJson(String(entry)));
    if (!read.success || known === undefined) continue;
    const { alert, origin, ...progress } = read.data;
    const { endsAt, generatorURL } = alert;
    rows.push({
      repo: String(repo),
      sender: known,
      entry: { ...progress, origin, alert: { ...alert, endsAt, generatorURL } },
    });
  }
  return rows;
}

/** Writes or deletes rows, inside a transaction of the caller. Throws what SQLite throws. */
export function writeRows(database: DatabaseSync, rows: Iterable<AlertRow>): void {
  const set = database.prepare(
    "insert into alerts (repo, sender, fingerprint, entry) values (?, ?, ?, ?) on conflict do update set entry = excluded.entry",
  );
  const remove = database.prepare("delete from alerts where repo = ? and sender = ? and fingerprint = ?");
  for (const { repo, sender, fingerprint, entry } of rows) {
    if (entry === undefined) remove.run(repo, sender, fingerprint);
    else set.run(repo, sender, fingerprint, JSON.stringify(entry));
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
