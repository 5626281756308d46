import { isDeepStrictEqual } from "node:util";
import type { DroppedEdit, WantedEdit } from "../../domain/alert/incident.ts";
import type { Edit } from "../../domain/change-set.ts";
import { amountIn } from "../../domain/values/quantity.ts";
import type { Instant, Json, JsonPointer } from "../../domain/values/scalars.ts";
import type { RecentChange } from "./bound-edits.ts";
import { droppedEdit } from "./dropped-edit.ts";
import { direction, loadDirection, withoutEnvironment } from "./load-direction.ts";

/** What is known about earlier changes of the values that edits change, and about what runs. */
export interface EarlierChanges {
  /** The changes of these values and of `LOAD_PATHS`, newest first. */
  readonly recent: readonly RecentChange[];
  /** When the alert began. */
  readonly began: Instant;
  readonly now: Instant;
  /** When the last change of anything that runs reached the default branch; undefined where there was none. */
  readonly lastChangedAt: Instant | undefined;
  /** The values that the cluster runs, where that could be read: one for each kind of pod that runs. */
  readonly running: ReadonlyMap<JsonPointer, readonly Json[]>;
  /** Until when the incident is known to have gone on, by its last issue; undefined where that is unknown. */
  readonly firedUntil: Instant | undefined;
  /** Whether the remedy's `verify` held at some time after the last change of a value; not set where that is unknown. */
  readonly verified: ReadonlyMap<JsonPointer, boolean>;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Tries of the same kind that are counted, and how many there may be. */
const TRIES_WINDOW = 14 * DAY;
const MOST_TRIES = 3;
/** How long the alert must have been silent after the first try; after the second, three times as long: a leak is slow. */
const SILENT = DAY;

/**
 * The edits that may be made again, and the dropped ones with the reason. An alert tells something only about what ran when it
 * began; the same change is made a second time only where the first one helped, and at most three times in two weeks; and no
 * edit adds load where another alert's change, less than a day old, took load away. The edits belong together: all or none.
 */
export function withoutRepeats(
  edits: readonly WantedEdit[],
  earlier: EarlierChanges,
): { readonly edits: readonly WantedEdit[]; readonly dropped: readonly DroppedEdit[] } {
  const judged = edits.map((edit) => ({ edit, dropped: staleness(edit, earlier) ?? repetition(edit, earlier) }));
  const first = judged.find(({ dropped }) => dropped !== undefined)?.dropped;
  if (first === undefined) return { edits, dropped: [] };
  const dropped = judged.map(
    ({ edit, dropped: own }) => own ?? droppedEdit(edit, first.reason, `it belongs to the change of ${first.at}`),
  );
  return { edits: [], dropped };
}

/** Why the alert says nothing about the value that the edit replaces; else undefined. */
function staleness(edit: WantedEdit, earlier: EarlierChanges): DroppedEdit | undefined {
  const { recent, began, now, lastChangedAt } = earlier;
  const last = recent.find((change) => change.at === edit.at);
  if (last !== undefined && last.deployedAt === undefined)
    return droppedEdit(edit, "not-rolled-out", "the files generated from its last change are not merged");
  const others = (earlier.running.get(edit.at) ?? []).filter((value) => !isSame(value, edit.from));
  if (others.length > 0 && others.length === earlier.running.get(edit.at)?.length)
    return droppedEdit(
      edit,
      "not-rolled-out",
      `the cluster runs ${[...new Set(others.map((one) => inWords(one, edit.at)))].join(", ")}`,
    );
  if ((last?.when ?? 0) > began) return droppedEdit(edit, "changed-since-alert");
  const isNew = lastChangedAt !== undefined && lastChangedAt > began && now - lastChangedAt < HOUR;
  return isNew ? droppedEdit(edit, "changed-since-alert") : undefined;
}

/** Why the edit must not be made once more, or against another one; else undefined. */
function repetition(
  edit: WantedEdit,
  { recent, began, now, firedUntil, verified }: EarlierChanges,
): DroppedEdit | undefined {
  const load = loadDirection(edit);
  const opposite = recent.find(({ at, from, to, by, when }) => {
    const other = by === "bot" && now - when < DAY && at !== edit.at ? loadDirection({ at, from, to }) : undefined;
    return load !== undefined && other !== undefined && other !== load;
  });
  if (opposite !== undefined)
    return droppedEdit(edit, "opposes-other-change", `${opposite.at} was changed to ${text(opposite.to ?? null)}`);
  const tries = triesOf(edit, recent, now);
  const [last] = tries;
  if (last === undefined) return undefined;
  if (tries.length >= MOST_TRIES) return droppedEdit(edit, "tried-enough");
  const silent = began - Math.max(last.deployedAt ?? last.when, firedUntil ?? 0);
  const isWell = verified.get(edit.at) !== false && silent >= SILENT * 3 ** (tries.length - 1);
  return isWell ? undefined : droppedEdit(edit, "did-not-help");
}

/** The last changes of the value by RAOS in the edit's direction, newest first, with no other change between them. */
export function triesOf(
  edit: Pick<WantedEdit, "at" | "from" | "to">,
  recent: readonly RecentChange[],
  now: Instant,
): readonly RecentChange[] {
  const way = direction(edit.from, edit.to);
  if (way === undefined) return [];
  const changes = recent.filter((change) => change.at === edit.at && now - change.when < TRIES_WINDOW);
  const other = changes.findIndex(({ from, to, by }) => by !== "bot" || direction(from, to) !== way);
  return other < 0 ? changes : changes.slice(0, other);
}

/** Whether two values are the same, as numbers, quantities or images; a mirror may give an image another registry. */
function isSame(a: Json, b: Json | undefined): boolean {
  const [one, other] = [amountIn(a), amountIn(b)];
  if (one !== undefined && other !== undefined) return Math.abs(one - other) <= 0.005 * Math.max(one, other);
  if (typeof a === "string" && typeof b === "string")
    return a.slice(a.lastIndexOf("/")) === b.slice(b.lastIndexOf("/"));
  return isDeepStrictEqual(a, b);
}

/** A value as a person writes it: a number of bytes, as metrics give it, as whole Mi. */
function inWords(value: Json, at: JsonPointer): string {
  const isBytes = typeof value === "number" && at.endsWith("/memory");
  return isBytes ? `${Math.round(value / 2 ** 20)}Mi` : text(value);
}

function text(value: Json): string {
  return typeof value === "string" ? value.slice(0, 200) : JSON.stringify(value).slice(0, 200);
}

/** Whether two edits of a spec file pull against each other: one lets the agent do more at a time, the other less. */
export function isOpposite(one: Edit, other: Edit): boolean {
  const [a, b] = [directionOf(one), directionOf(other)];
  return a !== undefined && b !== undefined && a !== b;
}

function directionOf(edit: Edit) {
  return edit.kind === "set" ? loadDirection({ ...edit, at: withoutEnvironment(edit.at) }) : undefined;
}
