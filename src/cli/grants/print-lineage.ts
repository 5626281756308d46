import type { KnownLine } from "../../app/lineage/read-line.ts";
import { amountText } from "../../grants/amount-text.ts";
import type { LineageNode } from "../../grants/lineage-tree.ts";
import { printable } from "../print/print-problems.ts";

/** A row of the table: an agent, and the lines of the tree before its name. */
interface Row {
  readonly branch: string;
  readonly node: LineageNode;
}

const COLUMNS: readonly (readonly [title: string, cell: (row: Row, line: KnownLine) => string])[] = [
  ["AGENT", ({ branch, node }) => `${branch}${node.agent}`],
  ["STATE", ({ node }, { open }) => stateText(node, open)],
  [
    "ASKED BY",
    ({ node: { lineage } }, { rootAdded }) =>
      lineage === undefined ? addedText(rootAdded) : `${lineage.createdBy.agent}@${lineage.createdBy.environment}`,
  ],
  ["REQUEST", ({ node }) => node.lineage?.request ?? "-"],
  ["CREATED", ({ node }) => (node.lineage === undefined ? "-" : dayOf(node.lineage.createdAt))],
  ["ENDS", ({ node }) => (node.expires === undefined ? "-" : dayOf(node.expires))],
  ["LEFT TO ASK FOR", ({ node }) => leftText(node)],
];

/** The line as a tree in a table; the agent that was asked about has a `*`. */
export function lineageTable(line: KnownLine, asked: string): string {
  const rows = rowsOf(line.tree, "", "");
  const columns = COLUMNS.map(([title, cell]) => [
    title,
    ...rows.map((row) => printable(cell(row, line)) + (title === "AGENT" && row.node.agent === asked ? " *" : "")),
  ]);
  const widths = columns.map((column) => Math.max(...column.map((cell) => cell.length)));
  const table = Array.from({ length: rows.length + 1 }, (_, row) =>
    columns.map((column, index) => (column[row] ?? "").padEnd(widths[index] ?? 0)).join("   "),
  )
    .map((text) => `${text.trimEnd()}\n`)
    .join("");
  return line.isComplete ? table : `${table}Not every open pull request could be read; there may be more requests.\n`;
}

function stateText({ agent, state, lineage }: LineageNode, open: KnownLine["open"]): string {
  const pull = state === "reserved" ? open.get(agent) : undefined;
  if (pull !== undefined) return `asked for in #${pull.number}`;
  return lineage?.owner === undefined ? state : `${lineage.owner} has it`;
}

/** Who asked for a root, or else who added its file; what a commit says is not proven. */
function addedText(added: KnownLine["rootAdded"]): string {
  return added === undefined
    ? "-"
    : `${added.requestedBy ?? added.author.name.slice(0, 40)} in ${added.sha.slice(0, 9)}`;
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
  const { agents, reserved, depth, cpu, memory, dollars } = left;
  const amount = (resource: "cpu" | "memory" | "dollars", value: number | undefined) =>
    value === undefined ? "?" : amountText(resource, value);
  const count = `${agents} ${agents === 1 ? "agent" : "agents"} in ${depth} ${depth === 1 ? "generation" : "generations"}`;
  const taken = reserved === 0 ? "" : ` (${reserved} more in open pull requests)`;
  return `${count}${taken}, ${amount("cpu", cpu)} CPU, ${amount("memory", memory)}, ${amount("dollars", dollars)} a day`;
}

function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

/** The line for other programs: times in RFC 3339, amounts in cores, bytes and US dollars a day. */
export function lineageJson({ tree, ...line }: KnownLine): object {
  const { author, sha, requestedBy } = line.rootAdded ?? {};
  return {
    ...nodeJson(tree, line.open),
    ...(author === undefined
      ? {}
      : { addedBy: { name: author.name, commit: sha, ...(requestedBy === undefined ? {} : { requestedBy }) } }),
    isComplete: line.isComplete,
  };
}

function nodeJson(node: LineageNode, open: KnownLine["open"]): object {
  const { agent, depth, lineage, state, grant, left, expires, children } = node;
  const pull = state === "reserved" ? open.get(agent) : undefined;
  return {
    agent,
    depth,
    state,
    ...(pull === undefined ? {} : { pull }),
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
    children: children.map((child) => nodeJson(child, open)),
  };
}
