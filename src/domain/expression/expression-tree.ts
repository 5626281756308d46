import { parse } from "@bufbuild/cel";
import { STEP } from "./expression-functions.ts";

/** A node of CEL's syntax tree (cel.expr.Expr). */
export type CelNode = ReturnType<typeof parse>["expr"];

type Call = Extract<CelNode["exprKind"], { case: "callExpr" }>["value"];
type Loop = Extract<CelNode["exprKind"], { case: "comprehensionExpr" }>["value"];

/** How deep loops may be nested. */
const DEEPEST_LOOP = 4;
const TYPES = new Set(["int", "uint", "double", "bool", "string", "bytes", "list", "map", "null_type", "type"]);

export interface CheckedExpression {
  /** What is wrong with the expression, and what to write. */
  readonly problem: string | undefined;
  /** Every path that the expression reads from a variable. */
  readonly reads: readonly (readonly string[])[];
  /** Id of a node → the path that it reads, as the author wrote it. */
  readonly paths: ReadonlyMap<bigint, string>;
}

/** Looks for unknown names and for loops that are nested too deeply; collects what the expression reads. */
export function checkExpression(
  root: CelNode,
  variables: ReadonlySet<string>,
  isFunction: (name: string) => boolean,
): CheckedExpression {
  const check: Check = { variables, isFunction, reads: [], paths: new Map() };
  const problem = problemOf(root, check, { names: new Set(), loops: 0 });
  return { problem, reads: check.reads, paths: check.paths };
}

interface Check {
  readonly variables: ReadonlySet<string>;
  readonly isFunction: (name: string) => boolean;
  readonly reads: (readonly string[])[];
  readonly paths: Map<bigint, string>;
}

/** The names that the loops around a node define, and how many loops there are. */
interface Scope {
  readonly names: ReadonlySet<string>;
  readonly loops: number;
}

function problemOf(node: CelNode | undefined, check: Check, scope: Scope): string | undefined {
  if (node === undefined) return undefined;
  const path = pathOf(node);
  if (path !== undefined) return pathProblem(node, path, check, scope);
  switch (node.exprKind.case) {
    case "selectExpr":
      return problemOf(node.exprKind.value.operand, check, scope);
    case "callExpr":
      return callProblem(node.exprKind.value, check, scope);
    case "comprehensionExpr":
      return loopProblem(node.exprKind.value, check, scope);
    default:
      return firstProblem(partsOf(node), check, scope);
  }
}

function pathProblem(
  node: CelNode,
  path: readonly string[],
  { variables, reads, paths }: Check,
  { names }: Scope,
): string | undefined {
  const [root = ""] = path;
  if (node.exprKind.case === "selectExpr") recordPaths(node, paths);
  if (names.has(root) || TYPES.has(root)) return undefined;
  if (variables.has(root)) return void reads.push(path);
  return `uses "${root}", which is not a variable; there are ${[...variables].sort().join(", ")}`;
}

function callProblem({ function: name, target, args }: Call, check: Check, scope: Scope): string | undefined {
  const { isFunction } = check;
  const qualified = target === undefined ? undefined : pathOf(target);
  const isOurs = qualified !== undefined && isFunction(`${qualified.join(".")}.${name}`);
  if (!isOurs && !isFunction(name) && !OPERATORS.has(name)) return `calls "${name}", which is not a function`;
  return firstProblem([...(isOurs ? [] : [target]), ...args], check, scope);
}

function loopProblem(loop: Loop, check: Check, { names, loops }: Scope): string | undefined {
  if (loops === DEEPEST_LOOP) return `nests more than ${DEEPEST_LOOP} loops in each other`;
  const { accuVar, iterVar, iterVar2, accuInit, iterRange, loopCondition, loopStep, result } = loop;
  const inside = { names: new Set([...names, accuVar, iterVar, iterVar2]), loops: loops + 1 };
  return (
    firstProblem([accuInit, iterRange], check, { names, loops: loops + 1 }) ??
    firstProblem([loopCondition, loopStep, result], check, inside)
  );
}

/** The parts of a list, a mapping or a message; empty for other nodes. */
function partsOf({ exprKind }: CelNode): readonly (CelNode | undefined)[] {
  if (exprKind.case === "listExpr") return exprKind.value.elements;
  if (exprKind.case !== "structExpr") return [];
  return exprKind.value.entries.flatMap((entry) => [
    entry.keyKind.case === "mapKey" ? entry.keyKind.value : undefined,
    entry.value,
  ]);
}

function firstProblem(parts: readonly (CelNode | undefined)[], check: Check, scope: Scope): string | undefined {
  for (const part of parts) {
    const problem = problemOf(part, check, scope);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Operators that the evaluator knows without a function. */
const OPERATORS = new Set(["_&&_", "_||_", "_?_:_", "_[_]", "@not_strictly_false", "@in"]);

/** `["a", "b"]` for `a.b`; undefined where the node is not a plain path. */
function pathOf(node: CelNode): readonly string[] | undefined {
  const names: string[] = [];
  for (let at: CelNode | undefined = node; at !== undefined; ) {
    if (at.exprKind.case === "identExpr") return [at.exprKind.value.name, ...names.reverse()];
    if (at.exprKind.case !== "selectExpr") return undefined;
    names.push(at.exprKind.value.field);
    at = at.exprKind.value.operand;
  }
  return undefined;
}

/** Records the path of a node, and of each node that it selects from. */
function recordPaths(node: CelNode, paths: Map<bigint, string>): void {
  for (let at: CelNode | undefined = node; at?.exprKind.case === "selectExpr"; at = at.exprKind.value.operand) {
    paths.set(at.id, pathOf(at)?.join(".") ?? "");
  }
}

/**
 * Changes the tree, and returns it: each step of a loop takes from the budget, so that no expression runs for long, and
 * `has(a.b.c)` asks for `a.b` first.
 */
export function metered(node: CelNode): CelNode {
  const kind = node.exprKind;
  switch (kind.case) {
    case "selectExpr":
      if (kind.value.operand !== undefined) kind.value.operand = metered(kind.value.operand);
      return kind.value.testOnly ? deepTest(node) : node;
    case "callExpr":
      if (kind.value.target !== undefined) kind.value.target = metered(kind.value.target);
      kind.value.args = kind.value.args.map(metered);
      return node;
    case "listExpr":
      kind.value.elements = kind.value.elements.map(metered);
      return node;
    case "structExpr":
      for (const entry of kind.value.entries) {
        if (entry.keyKind.case === "mapKey") entry.keyKind.value = metered(entry.keyKind.value);
        if (entry.value !== undefined) entry.value = metered(entry.value);
      }
      return node;
    case "comprehensionExpr": {
      const loop = kind.value;
      if (loop.accuInit !== undefined) loop.accuInit = metered(loop.accuInit);
      if (loop.iterRange !== undefined) loop.iterRange = metered(loop.iterRange);
      if (loop.loopStep !== undefined) loop.loopStep = metered(loop.loopStep);
      if (loop.result !== undefined) loop.result = metered(loop.result);
      if (loop.loopCondition !== undefined) loop.loopCondition = andNode(metered(loop.loopCondition), stepNode());
      return node;
    }
    default:
      return node;
  }
}

/** `has(a.b.c)` → `has(a.b) && has(a.b.c)`, for each level above the variable. */
function deepTest(node: CelNode): CelNode {
  if (node.exprKind.case !== "selectExpr") return node;
  const { operand } = node.exprKind.value;
  if (operand?.exprKind.case !== "selectExpr" || operand.exprKind.value.testOnly) return node;
  const test: CelNode = {
    ...operand,
    exprKind: { case: "selectExpr", value: { ...operand.exprKind.value, testOnly: true } },
  };
  return andNode(deepTest(test), node);
}

/** A call that others are copied from: RAOS has no library to create nodes. */
const CALL = parse("f()").expr;

function andNode(left: CelNode, right: CelNode): CelNode {
  return call("_&&_", left, right);
}

function stepNode(): CelNode {
  return call(STEP);
}

function call(name: string, ...args: CelNode[]): CelNode {
  if (CALL.exprKind.case !== "callExpr") return CALL;
  return { ...CALL, exprKind: { case: "callExpr", value: { ...CALL.exprKind.value, function: name, args } } };
}
