import { parser } from "@prometheus-io/lezer-promql";

const COMPARISONS: ReadonlySet<string> = new Set(["Eql", "Neq", "Lss", "Lte", "Gtr", "Gte", "EqlSingle"]);

/**
 * A query that compares at its top, `a < b`, as one that is 1 where it holds and 0 where it does not (`a < bool b`), so that what
 * does not hold can be told from what is not measured. Any other query, such as one joined by `and`, stays as it is.
 */
export function withBool(query: string): string {
  const text = query.replace(/\r\n?/g, "\n");
  const top = parser.parse(text).topNode.firstChild;
  if (top?.name !== "BinaryExpr") return query;
  for (let part = top.firstChild; part !== null; part = part.nextSibling) {
    if (COMPARISONS.has(part.name)) {
      const isBool = top.getChild("BoolModifier")?.getChild("Bool") != null;
      return isBool ? query : `${text.slice(0, part.to)} bool${text.slice(part.to)}`;
    }
  }
  return query;
}
