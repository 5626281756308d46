import { amountText } from "../../grants/amount-text.ts";
import type { LineageNode } from "../../grants/lineage-tree.ts";
import { printable } from "../print/print-problems.ts";

/** A row of the table: an agent, and the lines of the tree before its name. */
interface Row {
  readonly branch: string;
  readonly node: LineageNode;
}

const COLUMNS: readonly (readonly [title: string, cell: (row: Row) => string])[] = [
  ["AGENT", ({ branch, node }) => `${branch}${node.agent}`],
  ["STATE", ({ node }) => (node.lineage?.owner === undefined ? node.state : `${node.lineage.owner} has it`)],
  [
    "ASKED BY",
    ({ node: { lineage } }) =>
      lineage === undefined ? "-" : `${lineage.createdBy.agent}@${lineage.createdBy.environment}`,
  ],
  ["REQUEST", ({ node }) => node.lineage?.request ?? "-"],
  ["CREATED", ({ node }) => (node.lineage === undefined ? "-" : dayOf(node.lineage.createdAt))],
  ["ENDS", ({ node }) => (node.expires === undefined ? "-" : dayOf(node.expires))],
  ["LEFT TO ASK FOR", ({ node }) => leftText(node)],
];

/** The line as a tree in a table; the agent that was asked about has a `*`. */
export function lineageTable(tree: LineageNode, asked: string): string {
  const rows = rowsOf(tree, "", "");
  const columns = COLUMNS.map(([title, cell]) => [
    title,
    ...rows.map((row) => printable(cell(row)) + (title === "AGENT" && row.node.agent === asked ? " *" : "")),
  ]);
  const widths = columns.map((column) => Math.max(...column.map((cell) => cell.length)));
  return Array.from({ length: rows.length + 1 }, (_, row) =>
    columns.map((column, index) => (column[row] ?? "").padEnd(widths[index] ?? 0)).join("   "),
  )
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

function rowsOf(node: LineageNode, branch: string, below: string): readonly Row[] {
  const last = node.children.length - 1;
  return [
    { branch, node },
    ...node.children.flatMap((child, index) =>
      index === last ? rowsOf(child, `${below}└─ `, `${below}   `) : rowsOf(child, `${below}├─ `, `${below}│  `),
    ),
  ];
}

function leftText({ left }: LineageNode): string {
  if (left === undefined) return "-";
  const { agents, depth, cpu, memory, dollars } = left;
  const amount = (resource: "cpu" | "memory" | "dollars", value: number | undefined) =>
    value === undefined ? "?" : amountText(resource, value);
  const count = `${agents} ${agents === 1 ? "agent" : "agents"} in ${depth} ${depth === 1 ? "generation" : "generations"}`;
  return `${count}, ${amount("cpu", cpu)} CPU, ${amount("memory", memory)}, ${amount("dollars", dollars)} a day`;
}

function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

/** The line for other programs: times in RFC 3339, amounts in cores, bytes and US dollars a day. */
export function lineageJson({ agent, depth, lineage, state, grant, left, expires, children }: LineageNode): object {
  return {
    agent,
    depth,
    state,
    ...(lineage === undefined
      ? {}
      : {
          createdBy: `${lineage.createdBy.agent}@${lineage.createdBy.environment}`,
          request: lineage.request,
          createdAt: new Date(lineage.createdAt).toISOString(),
          sponsor: lineage.sponsor,
          ...(lineage.owner === undefined ? {} : { owner: lineage.owner }),
        }),
    ...(expires === undefined ? {} : { expires: new Date(expires).toISOString() }),
    ...(grant === undefined || left === undefined
      ? {}
      : { grant: { max: grant.max, maxDepth: grant.maxDepth, ...{ budget: grant.budget }, left } }),
    children: children.map(lineageJson),
  };
}
