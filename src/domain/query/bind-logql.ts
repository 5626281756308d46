import { literalPattern } from "../values/literal-pattern.ts";
import type { Bound } from "./bind-promql.ts";
import { type LogqlPiece, logqlPieces } from "./logql-tokens.ts";

/** What a LogQL query may read, and how the Loki that is asked spells labels. */
export interface LogqlBounds {
  readonly labels: Readonly<Record<string, string>>;
  /** Name in the query → name at this Loki, such as namespace → k8s_namespace_name. */
  readonly names: Readonly<Record<string, string>>;
  /** Whether a stream that lacks one of the labels counts, too. */
  readonly orLacking?: boolean;
}

/** The stream selector's opening and closing braces do not stand in strings or comments, and nothing else has braces. */
const BRACE = /[{}]/g;
const OPERATORS = ["=~", "!~", "!=", "==", "="];

/**
 * A LogQL query whose every stream selector has these labels, and whose matchers and label filters of strings name labels as
 * this Loki does. A matcher of its own for a label is kept. A query without bounds stays as it is.
 */
export function bindLogql(query: string, { labels, names, orLacking = false }: LogqlBounds): Bound {
  if (Object.keys(labels).length === 0 && Object.keys(names).length === 0) return query;
  const pieces = logqlPieces(query);
  if (pieces === undefined)
    return { problem: "a string of the query has no end, so it cannot be limited to one environment" };
  const named = pieces.map((piece, index) => renamed(piece, pieces[index + 1], names));
  const own = Object.entries(labels).map(([name, value]) => [
    Object.hasOwn(names, name) ? (names[name] ?? name) : name,
    orLacking ? `=~${JSON.stringify(`${literalPattern(value)}|`)}` : `=${JSON.stringify(value)}`,
  ]);
  return withMatchers(named, Object.fromEntries(own));
}

/** The labels that the first stream selector compares by `=` with a plain text, in its order; none where it has no end. */
export function streamLabels(query: string): readonly (readonly [name: string, value: string])[] {
  const pieces = logqlPieces(query) ?? [];
  const labels: (readonly [string, string])[] = [];
  let before = "";
  for (const { kind, text } of pieces) {
    if (kind === "code") {
      before = text;
      if (text.trimStart().startsWith("}")) break;
      continue;
    }
    const label = kind === "string" ? labelAtEnd(before) : undefined;
    const isPlain = label !== undefined && /[^=!]=\s*$/.test(before) && !text.includes("\\");
    if (isPlain) labels.push([label.name, text.slice(1, -1)]);
  }
  return labels;
}

/** The piece with its last label renamed, where a string follows that the label is compared with. */
function renamed(piece: LogqlPiece, next: LogqlPiece | undefined, names: LogqlBounds["names"]): LogqlPiece {
  if (piece.kind !== "code" || next?.kind !== "string") return piece;
  const label = labelAtEnd(piece.text);
  if (label === undefined || !Object.hasOwn(names, label.name)) return piece;
  const { from, name } = label;
  return {
    kind: "code",
    text: piece.text.slice(0, from) + (names[name] ?? name) + piece.text.slice(from + name.length),
  };
}

/** The label whose comparison ends a text: in a stream selector, or in a label filter behind it. */
function labelAtEnd(text: string): { readonly from: number; readonly name: string } | undefined {
  const compared = text.trimEnd();
  const operator = OPERATORS.find((one) => compared.endsWith(one));
  if (operator === undefined) return undefined;
  const left = compared.slice(0, -operator.length).trimEnd();
  let from = left.length;
  while (from > 0 && /\w/.test(left.charAt(from - 1))) from -= 1;
  return from === left.length ? undefined : { from, name: left.slice(from) };
}

/** `labels`: each label with the operator and the value of its matcher. */
function withMatchers(pieces: readonly LogqlPiece[], labels: LogqlBounds["labels"]): Bound {
  let text = "";
  /** Where the selector that is open begins, behind its brace, and the labels it has matchers for. */
  let open: { readonly at: number; readonly own: Set<string> } | undefined;
  let problem: string | undefined;
  for (const piece of pieces) {
    if (piece.kind !== "code") {
      const own = piece.kind === "string" && open !== undefined ? labelAtEnd(text) : undefined;
      if (own !== undefined) open?.own.add(own.name);
      text += piece.text;
      continue;
    }
    let copied = 0;
    for (const { 0: brace, index } of piece.text.matchAll(BRACE)) {
      text += piece.text.slice(copied, index + 1);
      copied = index + 1;
      if (brace === "{") open = { at: text.length, own: new Set() };
      else if (open === undefined) problem = "a brace of the query has no beginning";
      else {
        text = withMissing(text, open, labels);
        open = undefined;
      }
    }
    text += piece.text.slice(copied);
  }
  if (open !== undefined) problem = "a brace of the query has no end";
  return problem === undefined ? text : { problem: `${problem}, so it cannot be limited to one environment` };
}

/** The text, which ends with a selector's closing brace, with matchers for the labels that it has none for. */
function withMissing(
  text: string,
  { at, own }: { readonly at: number; readonly own: ReadonlySet<string> },
  labels: LogqlBounds["labels"],
): string {
  const missing = Object.entries(labels).filter(([name]) => !own.has(name));
  const matchers = missing.map(([name, matcher]) => `${name}${matcher}`).join(", ");
  if (matchers === "") return text;
  const inside = text.slice(at, -1).trim();
  return `${text.slice(0, at)}${matchers}${inside === "" ? "" : ", "}${text.slice(at)}`;
}
