import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

/** Metrics about objects of Kubernetes, which something else measures: kube-state-metrics, the kubelet and KEDA. */
const MEASURED = /^(container|kube|kubelet|keda)_/;
/** The labels that Prometheus renames where an exporter has them itself. */
const RENAMED = ["namespace", "pod", "container"];

/**
 * The query as it has to be where kube-state-metrics, the kubelet or KEDA is scraped without `honor_labels`: the labels of what they measure are
 * then `exported_namespace` and so on (kubernetes-mixin#728). The results have the usual labels again. Undefined where the query
 * reads none of their metrics, or cannot be parsed.
 */
export function withRenamedLabels(query: string): string | undefined {
  const selectors: SyntaxNode[] = [];
  let isBroken = false;
  parser.parse(query).iterate({
    enter({ type, name, node }) {
      if (type.isError) isBroken = true;
      const metric = node.getChild("Identifier");
      if (name === "VectorSelector" && metric !== null && MEASURED.test(query.slice(metric.from, metric.to)))
        selectors.push(node);
    },
  });
  if (isBroken || selectors.length === 0) return undefined;
  // From the end on, so that the places before stay as they are.
  return selectors.toReversed().reduce((text, selector) => {
    const { from, to } = wholeOf(selector);
    const renamed = renameIn(query, selector, from, to);
    return text.slice(0, from) + usualLabels(renamed) + text.slice(to);
  }, query);
}

/** The smallest part around a selector that has instant values: a range needs its function. */
function wholeOf(selector: SyntaxNode): SyntaxNode {
  let whole = selector;
  while (whole.parent !== null && /^(MatrixSelector|OffsetExpr|StepInvariantExpr)$/.test(whole.parent.name))
    whole = whole.parent;
  if (selector.parent?.name !== "MatrixSelector") return whole;
  while (whole.parent !== null && whole.name !== "FunctionCall") whole = whole.parent;
  return whole;
}

function renameIn(query: string, selector: SyntaxNode, from: number, to: number): string {
  const names = (selector.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [])
    .flatMap((matcher) => matcher.getChildren("LabelName"))
    .filter((name) => RENAMED.includes(query.slice(name.from, name.to)));
  return names.toReversed().reduce(
    (text, name) => {
      const at = name.from - from;
      return `${text.slice(0, at)}exported_${text.slice(at)}`;
    },
    query.slice(from, to),
  );
}

function usualLabels(series: string): string {
  return RENAMED.reduce((text, name) => `label_replace(${text}, "${name}", "$1", "exported_${name}", "(.+)")`, series);
}
