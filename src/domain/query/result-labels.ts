import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

/** The labels that the series of a query can have. */
export type ResultLabels =
  | { readonly kind: "problem"; readonly problem: string }
  /** Those of what is selected, or ones that cannot be told from the text. */
  | { readonly kind: "any" }
  | { readonly kind: "only"; readonly labels: ReadonlySet<string> };

const ANY: ResultLabels = { kind: "any" };
/** Functions whose result has no labels, whatever they are given. */
const WITHOUT_LABELS = new Set(["scalar", "time", "pi", "vector"]);
/** Functions that set labels of their own. */
const SETTING_LABELS = new Set(["label_replace", "label_join", "info", "absent", "absent_over_time"]);
/** How deep a query may be nested; a deeper one counts as one whose labels cannot be told. */
const DEEPEST = 50;

/** The labels of the series that a PromQL query gives, as far as its text shows; or that it is none. */
export function resultLabels(query: string): ResultLabels {
  const text = query.replace(/\r\n?/g, "\n");
  const tree = parser.parse(text);
  let wrong: number | undefined;
  tree.iterate({
    enter({ type, from }) {
      if (type.isError) wrong ??= from;
    },
  });
  if (wrong !== undefined) return { kind: "problem", problem: `the query is not PromQL, near character ${wrong + 1}` };
  const expression = childrenOf(tree.topNode).find(isExpression);
  if (expression === undefined) return { kind: "problem", problem: "the query is empty; write PromQL" };
  return labelsOf(text, expression, 0);
}

function labelsOf(text: string, node: SyntaxNode, depth: number): ResultLabels {
  if (depth > DEEPEST) return ANY;
  const below = (child: SyntaxNode | null): ResultLabels => (child === null ? ANY : labelsOf(text, child, depth + 1));
  const found = Object.hasOwn(BY_NODE, node.name) ? BY_NODE[node.name] : undefined;
  return found === undefined ? ANY : found(text, node, below);
}

type Below = (child: SyntaxNode | null) => ResultLabels;
type LabelsOfNode = (text: string, node: SyntaxNode, below: Below) => ResultLabels;

const ofOperand: LabelsOfNode = (_, node, below) => below(operandIn(node));
const ofLiteral: LabelsOfNode = () => ({ kind: "only", labels: new Set() });

/** How the labels of each kind of expression are told; of others, such as a selector, they cannot be. */
const BY_NODE: Readonly<Record<string, LabelsOfNode>> = {
  ParenExpr: ofOperand,
  UnaryExpr: ofOperand,
  SubqueryExpr: ofOperand,
  OffsetExpr: ofOperand,
  StepInvariantExpr: ofOperand,
  NumberDurationLiteral: ofLiteral,
  NumberLiteral: ofLiteral,
  StringLiteral: ofLiteral,
  AggregateExpr: labelsOfAggregate,
  FunctionCall: labelsOfCall,
  BinaryExpr: labelsOfBinary,
};

function labelsOfAggregate(text: string, node: SyntaxNode, below: Below): ResultLabels {
  const operator = node.getChild("AggregateOp");
  const isSelection = operator !== null && /^(topk|bottomk|limitk|limit_ratio)$/i.test(textOf(text, operator));
  // These choose series, and keep what they have.
  const inner = below(vectorIn(text, node.getChild("FunctionCallBody")));
  if (isSelection) return inner;
  const modifier = node.getChild("AggregateModifier");
  const named = new Set(modifier === null ? [] : labelsIn(text, modifier.getChild("GroupingLabels")));
  if (modifier?.getChild("Without")) return without(inner, named);
  return inner.kind === "only"
    ? { kind: "only", labels: named.intersection(inner.labels) }
    : { kind: "only", labels: named };
}

function labelsOfCall(text: string, node: SyntaxNode, below: Below): ResultLabels {
  const name = node.getChild("FunctionIdentifier");
  const called = name === null ? "" : textOf(text, name);
  if (WITHOUT_LABELS.has(called)) return { kind: "only", labels: new Set() };
  if (SETTING_LABELS.has(called)) return ANY;
  return below(vectorIn(text, node.getChild("FunctionCallBody")));
}

function labelsOfBinary(text: string, node: SyntaxNode, below: Below): ResultLabels {
  const [first, second] = [below(node.firstChild), below(node.lastChild)];
  if (isScalar(text, node.firstChild)) return second;
  if (isScalar(text, node.lastChild) || node.getChild("And") || node.getChild("Unless")) return first;
  if (node.getChild("Or")) return joined(first, second);
  const matching = node.getChild("MatchingModifierClause");
  return matching === null ? first : labelsOfMatched(text, matching, first);
}

/** Where one series meets one, comparisons keep no more labels than arithmetic does: those by which they were matched. */
function labelsOfMatched(text: string, matching: SyntaxNode, first: ResultLabels): ResultLabels {
  if (matching.getChild("GroupLeft") ?? matching.getChild("GroupRight")) return ANY;
  const named = new Set(labelsIn(text, matching.getChild("GroupingLabels")));
  return matching.getChild("On") ? { kind: "only", labels: named } : without(first, named);
}

function joined(one: ResultLabels, other: ResultLabels): ResultLabels {
  return one.kind === "only" && other.kind === "only" ? { kind: "only", labels: one.labels.union(other.labels) } : ANY;
}

function without(labels: ResultLabels, removed: ReadonlySet<string>): ResultLabels {
  return labels.kind === "only" ? { kind: "only", labels: labels.labels.difference(removed) } : labels;
}

function isScalar(text: string, node: SyntaxNode | null): boolean {
  if (node === null) return false;
  if (node.name === "ParenExpr" || node.name === "UnaryExpr") return isScalar(text, operandIn(node));
  const name = node.getChild("FunctionIdentifier");
  return (
    /^Number/.test(node.name) || (node.name === "FunctionCall" && name !== null && textOf(text, name) === "scalar")
  );
}

/** The expression within parentheses, behind a sign, or before a modifier. */
function operandIn(node: SyntaxNode): SyntaxNode | null {
  return childrenOf(node).find(isExpression) ?? null;
}

/** The series that a function or an aggregation is given, beside numbers and texts. */
function vectorIn(text: string, node: SyntaxNode | null): SyntaxNode | null {
  const given = node === null ? [] : childrenOf(node).filter(isExpression);
  return given.find((one) => one.name !== "StringLiteral" && !isScalar(text, one)) ?? null;
}

function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

function isExpression({ name }: SyntaxNode): boolean {
  return /(Expr|Selector|Call|Literal)$/.test(name);
}

function labelsIn(text: string, grouping: SyntaxNode | null): readonly string[] {
  if (grouping === null) return [];
  return ["LabelName", "QuotedLabelName"].flatMap((kind) =>
    grouping.getChildren(kind).map((one) => textOf(text, one).replace(/^["'`]|["'`]$/g, "")),
  );
}

function textOf(text: string, { from, to }: SyntaxNode): string {
  return text.slice(from, to);
}
