import { parser } from "@prometheus-io/lezer-promql";

/** Units that the name of a metric ends in. https://prometheus.io/docs/practices/naming/#base-units */
const UNITS = ["bytes", "seconds", "ratio"] as const;
type NamedUnit = (typeof UNITS)[number];

/** Parts of a query whose values have the unit of what they take. */
const KEEP_UNIT: ReadonlySet<string> = new Set(
  "Sum Max Min Avg Topk Bottomk Quantile MaxOverTime MinOverTime AvgOverTime LastOverTime QuantileOverTime".split(" "),
);

/** The unit of a PromQL query's values, where all its metrics are named with it and it only picks, adds up or averages them. */
export function unitOfQuery(query: string): NamedUnit | undefined {
  const found = new Set<NamedUnit | undefined>();
  parser.parse(query).iterate({
    enter({ type, name, node, from, to }) {
      const parent = node.parent?.name;
      const isOperation = parent === "AggregateOp" || parent === "FunctionIdentifier";
      if (type.isError || name === "BinaryExpr" || (isOperation && !KEEP_UNIT.has(name))) found.add(undefined);
      if (name === "VectorSelector") found.add(unitOfSelector(query.slice(from, to)));
    },
  });
  const [unit] = found;
  return found.size === 1 ? unit : undefined;
}

/** The unit that a selector's metric is named with; undefined also where the name is among its matchers. */
function unitOfSelector(text: string): NamedUnit | undefined {
  const [name = ""] = text.split("{");
  return UNITS.find((unit) => name.trim().endsWith(`_${unit}`));
}
