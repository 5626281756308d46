import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";
import { literalPattern } from "../domain/literal-pattern.ts";

/** Longest query a model may write, in characters. */
const LONGEST = 2000;

/**
 * A PromQL text bounded to one namespace: every selector that names none gets `namespace="…"`; one that names another, or
 * matches it in any other way than by `=`, is refused, and so is what cannot be parsed or reads more than its selectors say.
 */
export function scopePromql(query: string, namespace: string): string | { readonly problem: string } {
  if (query.length > LONGEST) return { problem: `the query is longer than ${LONGEST} characters` };
  // To Prometheus a comment ends with a carriage return too; to this grammar only with a line feed.
  const text = query.replace(/\r\n?/g, "\n");
  const insertions: Insertion[] = [];
  let problem: string | undefined;
  parser.parse(text).iterate({
    enter({ type, name, node, from }) {
      if (type.isError) problem ??= `the query is no PromQL, near character ${from + 1}`;
      if (name === "Info") problem ??= "info() reads series that no selector names; select them";
      if (name !== "VectorSelector") return;
      const scoped = scopedSelector(text, node, namespace);
      if ("problem" in scoped) problem ??= scoped.problem;
      else insertions.push(...scoped.insertions);
    },
  });
  if (problem !== undefined) return { problem };
  let scoped = text;
  for (const { at, matcher } of insertions.sort((a, b) => b.at - a.at))
    scoped = scoped.slice(0, at) + matcher + scoped.slice(at);
  return scoped;
}

interface Insertion {
  readonly at: number;
  readonly matcher: string;
}

function scopedSelector(
  text: string,
  selector: SyntaxNode,
  namespace: string,
): { readonly insertions: readonly Insertion[] } | { readonly problem: string } {
  const matcher = `namespace=${JSON.stringify(namespace)}`;
  const braces = selector.getChild("LabelMatchers");
  if (braces === null) return { insertions: [{ at: selector.to, matcher: `{${matcher}}` }] };
  const matchers = [...braces.getChildren("UnquotedLabelMatcher"), ...braces.getChildren("QuotedLabelMatcher")];
  const own = matchers.filter((each) => labelOf(text, each) === "namespace");
  if (matchers.some((each) => labelOf(text, each) === undefined))
    return { problem: "a label's name is written with escapes; write it as it is" };
  if (own.some((each) => !isExactly(text, each, namespace)))
    return { problem: `the query reads another namespace; only ${JSON.stringify(namespace)} may be read` };
  if (own.length > 0) return { insertions: [] };
  const isEmpty = braces.firstChild === null;
  return { insertions: [{ at: braces.from + 1, matcher: isEmpty ? matcher : `${matcher},` }] };
}

/** The name of a matcher's label, quoted or not; undefined where it is written with escapes. */
function labelOf(text: string, matcher: SyntaxNode): string | undefined {
  const name = matcher.getChild("LabelName") ?? matcher.getChild("QuotedLabelName");
  return name === null ? undefined : unquoted(text.slice(name.from, name.to));
}

function isExactly(text: string, matcher: SyntaxNode, namespace: string): boolean {
  const value = matcher.getChild("StringLiteral");
  const isEqual = matcher.getChild("MatchOp")?.getChild("EqlSingle") !== null;
  return isEqual && value !== null && unquoted(text.slice(value.from, value.to)) === namespace;
}

function unquoted(literal: string): string | undefined {
  if (literal.includes("\\")) return undefined;
  return /^["'`]/.test(literal) ? literal.slice(1, -1) : literal;
}

/**
 * LogQL for the lines of one agent's pods, named as Deployments and StatefulSets name them, that match an RE2 pattern; every
 * part is escaped into a string literal.
 */
export function logSelector(namespace: string, agent: string, pattern: string): string {
  const pods = `${literalPattern(agent)}-([0-9a-z]{1,10}-[0-9a-z]{5}|[0-9]+)`;
  const filter = pattern === "" ? "" : ` |~ ${JSON.stringify(pattern.slice(0, 500).toWellFormed())}`;
  return `{namespace=${JSON.stringify(namespace)}, pod=~${JSON.stringify(pods)}}${filter}`;
}
