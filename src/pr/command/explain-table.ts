import type { Origin } from "../../domain/fleet.ts";
import type { JsonPointer, Path } from "../../domain/values/scalars.ts";
import { code, counted, some, table } from "../markdown.ts";

/** One value in effect in an environment, as `raos compile --explain` lists it. */
export interface ExplainedValue {
  readonly environment: string;
  readonly pointer: JsonPointer;
  /** As JSON, without secrets. */
  readonly text: string;
  readonly origin: Origin;
  /** The file that holds it; undefined where nobody wrote it. */
  readonly file: Path | undefined;
}

/** Rows that are shown, and characters of a value. */
const MOST_ROWS = 60;
const LONGEST_VALUE = 80;

/** Layers whose values nobody wrote: they are left out where not everything is asked for. */
const GIVEN: ReadonlySet<Origin> = new Set(["default", "stage"]);

/**
 * Where the values come from, one row for a value that is the same, from the same layer, in several environments. `isPart`: one part
 * of the spec was asked for; else values that nobody set are counted and not shown.
 */
export function explainTable(explained: readonly ExplainedValue[], isPart: boolean): string {
  const rows = rowsOf(explained);
  const shown = isPart ? rows : rows.filter(({ origin }) => !GIVEN.has(origin));
  const most = shown.slice(0, MOST_ROWS).map((row) => {
    const from = row.file === undefined ? row.origin : `${row.origin}, ${code(row.file, 120)}`;
    return [code(row.pointer, 120), code(row.text, LONGEST_VALUE), from, some(row.environments.map(wordOf), 5)];
  });
  const left = rows.length - most.length;
  const rest = `${counted(left, "more value")}${isPart ? "" : ", defaults among them"}: name a part, such as ${code("/raos explain tenant/name /spec/scaling")}, or run ${code("raos compile --explain")}.`;
  const head = ["value of", "value", "from", "in"];
  return [...(most.length === 0 ? [] : [table(head, most)]), ...(left === 0 ? [] : [rest])].join("\n\n");
}

interface ExplainedRow extends Omit<ExplainedValue, "environment"> {
  readonly environments: readonly string[];
}

function rowsOf(explained: readonly ExplainedValue[]): readonly ExplainedRow[] {
  const same = ({ pointer, text, origin, file }: ExplainedValue) => JSON.stringify([pointer, text, origin, file]);
  return [...Map.groupBy(explained, same).values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ ...first, environments: group.map(({ environment }) => environment) }];
  });
}

/** Names of environments are plain words in a valid raos.yaml. */
function wordOf(environment: string): string {
  return code(environment, 63);
}
