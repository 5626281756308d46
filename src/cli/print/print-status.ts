import type { StatusRow } from "../../pass/status/status-rows.ts";
import { printable } from "./print-problems.ts";

const COLUMNS: readonly (readonly [title: string, cell: (row: StatusRow, now: number) => string | undefined])[] = [
  ["AGENT", ({ agent }) => agent],
  ["ENVIRONMENT", ({ environment }) => environment],
  ["PHASE", ({ phase }) => phase],
  ["WANTED", ({ wanted }) => wanted.digest],
  ["RUNNING", ({ running }) => running?.digest ?? "-"],
  ["COMMIT", ({ wanted }) => wanted.commit.slice(0, 7)],
  ["SINCE", ({ since }, now) => (since === undefined ? "-" : age(now - Date.parse(since)))],
  ["VERDICT", ({ verdict }) => verdict],
  ["PULL", ({ pull }) => (pull === undefined ? undefined : `#${pull}`)],
  ["REASON", ({ reason }) => reason],
];

/** The rows as a table, as kubectl prints one. A column that is empty in every row is left out. */
export function statusTable(rows: readonly StatusRow[], now: number): string {
  const columns = COLUMNS.map(([title, cell]) => ({ title, cells: rows.map((row) => cell(row, now)) }))
    .filter(({ cells }) => cells.some((cell) => cell !== undefined))
    .map(({ title, cells }) => [title, ...cells.map((cell) => printable(cell ?? ""))]);
  const widths = columns.map((column) => column.reduce((most, cell) => Math.max(most, cell.length), 0));
  const line = (_: unknown, row: number) =>
    columns.map((column, index) => (column[row] ?? "").padEnd(widths[index] ?? 0)).join("   ");
  return Array.from({ length: rows.length + 1 }, line)
    .map((text) => `${text.trimEnd()}\n`)
    .join("");
}

const UNITS: readonly (readonly [unit: string, milliseconds: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
];

/** A time as kubectl shows ages: of days, hours, minutes and seconds the largest one of which there are two. */
function age(milliseconds: number): string {
  const [unit, size] = UNITS.find(([, one]) => milliseconds >= 2 * one) ?? ["s", 1000];
  return `${Math.max(0, Math.floor(milliseconds / size))}${unit}`;
}
