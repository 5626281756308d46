import { parser } from "@prometheus-io/lezer-promql";

/** Longest query a model may write, in characters. */
const LONGEST = 2000;

/**
 * A PromQL text bounded to one namespace: every selector that names none gets `namespace="…"`; one that names another, or
 * matches it in any other way than by `=`, is refused, and so is what cannot be parsed.
 */
export function scopePromql(query: string, namespace: string): string | { readonly problem: string } {
  if (query.length > LONGEST) return { problem: `the query is longer than ${LONGEST} characters` };
  const tree = parser.parse(query);
  const insertions: { readonly at: number; readonly text: string }[] = [];
  let problem: string | undefined;
  const matcher = `namespace=${JSON.stringify(namespace)}`;
  tree.iterate({
    enter(node) {
      if (node.type.isError) problem ??= `the query is no PromQL, near character ${node.from + 1}`;
      if (node.name !== "VectorSelector") return;
      const braces = node.node.getChild("LabelMatchers");
      if (braces === null) {
        insertions.push({ at: node.to, text: `{${matcher}}` });
        return;
      }
      const matchers = [...braces.getChildren("UnquotedLabelMatcher"), ...braces.getChildren("QuotedLabelMatcher")].map(
        (each) => query.slice(each.from, each.to).replace(/\s+/g, ""),
      );
      const own = matchers.filter((text) => /^["']?namespace["']?(=|!)/.test(text));
      if (own.some((text) => text.replaceAll("'", '"') !== matcher))
        problem ??= `the query reads another namespace; only ${JSON.stringify(namespace)} may be read`;
      if (own.length === 0) {
        const isEmpty = query.slice(braces.from + 1, braces.to - 1).trim() === "";
        insertions.push({ at: braces.from + 1, text: isEmpty ? matcher : `${matcher},` });
      }
    },
  });
  if (problem !== undefined) return { problem };
  let scoped = query;
  for (const { at, text } of insertions.sort((a, b) => b.at - a.at))
    scoped = scoped.slice(0, at) + text + scoped.slice(at);
  return scoped;
}

/**
 * LogQL for the lines of one agent's pods, named as Deployments and StatefulSets name them, that match an RE2 pattern; every
 * part is escaped into a string literal.
 */
export function logSelector(namespace: string, agent: string, pattern: string): string {
  const pods = `${agent.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&")}-([0-9a-z]{1,10}-[0-9a-z]{5}|[0-9]+)`;
  const filter = pattern === "" ? "" : ` |~ ${JSON.stringify(pattern.slice(0, 500))}`;
  return `{namespace=${JSON.stringify(namespace)}, pod=~${JSON.stringify(pods)}}${filter}`;
}
