import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

/** A label matcher of a selector. */
export interface PromqlMatcher {
  /** Undefined where the name contains escapes. */
  readonly label: string | undefined;
  readonly operator: "=" | "!=" | "=~" | "!~";
  /** Undefined where the value contains escapes. */
  readonly value: string | undefined;
}

/** A vector selector, by its place in the text. */
export interface PromqlSelector {
  /** Undefined where it is not named before the braces. */
  readonly metric: string | undefined;
  readonly to: number;
  /** Where matchers begin, and whether there are any; undefined without braces. */
  readonly braces: { readonly from: number; readonly isEmpty: boolean } | undefined;
  readonly matchers: readonly PromqlMatcher[];
}

export interface PromqlReading {
  /** The query, with every line end a line feed: places are places in this text. */
  readonly text: string;
  readonly selectors: readonly PromqlSelector[];
  /** Whether `info()` is called, which reads series without a selector. */
  readonly callsInfo: boolean;
}

/** The vector selectors of a PromQL query, as Prometheus' own grammar finds them; the mistake where it cannot be parsed. */
export function promqlSelectors(query: string): PromqlReading | { readonly problem: string } {
  // In Prometheus a carriage return ends a comment too; in this grammar only a line feed does.
  const text = query.replace(/\r\n?/g, "\n");
  const selectors: PromqlSelector[] = [];
  let callsInfo = false;
  let problem: string | undefined;
  parser.parse(text).iterate({
    enter({ type, name, node, from }) {
      if (type.isError) problem ??= `the query is not PromQL, near character ${from + 1}`;
      if (name === "Info") callsInfo = true;
      if (name === "VectorSelector") selectors.push(selectorOf(text, node));
    },
  });
  return problem === undefined ? { text, selectors, callsInfo } : { problem };
}

/** The text with more texts at these places. */
export function insertTexts(
  text: string,
  insertions: readonly { readonly at: number; readonly text: string }[],
): string {
  let whole = text;
  for (const { at, text: more } of insertions.toSorted((a, b) => b.at - a.at))
    whole = whole.slice(0, at) + more + whole.slice(at);
  return whole;
}

function selectorOf(text: string, node: SyntaxNode): PromqlSelector {
  const name = node.getChild("Identifier");
  const braces = node.getChild("LabelMatchers");
  const nodes =
    braces === null ? [] : ["UnquotedLabelMatcher", "QuotedLabelMatcher"].flatMap((one) => braces.getChildren(one));
  return {
    metric: name === null ? undefined : text.slice(name.from, name.to),
    to: node.to,
    braces: braces === null ? undefined : { from: braces.from + 1, isEmpty: braces.firstChild === null },
    matchers: nodes.map((one) => matcherOf(text, one)),
  };
}

function matcherOf(text: string, matcher: SyntaxNode): PromqlMatcher {
  const name = matcher.getChild("LabelName") ?? matcher.getChild("QuotedLabelName");
  const value = matcher.getChild("StringLiteral");
  return {
    label: name === null ? undefined : unquoted(text.slice(name.from, name.to)),
    operator: operatorOf(matcher.getChild("MatchOp")),
    value: value === null ? undefined : unquoted(text.slice(value.from, value.to)),
  };
}

function operatorOf(node: SyntaxNode | null): PromqlMatcher["operator"] {
  if (node?.getChild("EqlSingle")) return "=";
  if (node?.getChild("EqlRegex")) return "=~";
  return node?.getChild("NeqRegex") ? "!~" : "!=";
}

function unquoted(literal: string): string | undefined {
  if (literal.includes("\\")) return undefined;
  return /^["'`]/.test(literal) ? literal.slice(1, -1) : literal;
}
