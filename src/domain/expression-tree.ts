import { parse } from "@bufbuild/cel";
import { STEP } from "./expression-functions.ts";

/** A node of CEL's syntax tree (cel.expr.Expr). */
export type Node = ReturnType<typeof parse>["expr"];

/** Loops within loops. */
const DEEPEST_LOOP = 4;
const TYPES = new Set(["int", "uint", "double", "bool", "string", "bytes", "list", "map", "null_type", "type"]);

export interface Checked {
  /** What is wrong with the expression, and what to write. */
  readonly problem: string | undefined;
  /** Every path that is read from a variable. */
  readonly reads: readonly (readonly string[])[];
  /** Id of a node → the path it reads, as the author wrote it. */
  readonly paths: ReadonlyMap<bigint, string>;
}

/** Looks for names that nothing has, and for loops too deep; collects what the expression reads. */
export function checked(root: Node, variables: ReadonlySet<string>, isFunction: (name: string) => boolean): Checked {
  const reads: (readonly string[])[] = [];
  const paths = new Map<bigint, string>();
  const visit = (node: Node | undefined, scope: ReadonlySet<string>, loops: number): string | undefined => {
    if (node === undefined) return undefined;
    const path = pathOf(node);
    if (path !== undefined) {
      const [root = ""] = path;
      if (node.exprKind.case === "selectExpr") note(node, paths);
      if (scope.has(root) || TYPES.has(root)) return undefined;
      if (variables.has(root)) return void reads.push(path);
      return `"${root}" is no variable; there are ${[...variables].sort().join(", ")}`;
    }
    switch (node.exprKind.case) {
      case "selectExpr":
        return visit(node.exprKind.value.operand, scope, loops);
      case "callExpr": {
        const { function: name, target, args } = node.exprKind.value;
        const qualified = target === undefined ? undefined : pathOf(target);
        const isOurs = qualified !== undefined && isFunction(`${qualified.join(".")}.${name}`);
        if (!isOurs && !isFunction(name) && !OPERATORS.has(name)) return `"${name}" is no function`;
        return first([...(isOurs ? [] : [target]), ...args], (part) => visit(part, scope, loops));
      }
      case "listExpr":
        return first(node.exprKind.value.elements, (part) => visit(part, scope, loops));
      case "structExpr": {
        const parts = node.exprKind.value.entries.flatMap((entry) => [
          entry.keyKind.case === "mapKey" ? entry.keyKind.value : undefined,
          entry.value,
        ]);
        return first(parts, (part) => visit(part, scope, loops));
      }
      case "comprehensionExpr": {
        if (loops === DEEPEST_LOOP) return `has more than ${DEEPEST_LOOP} loops within each other`;
        const { accuVar, iterVar, iterVar2, accuInit, iterRange, loopCondition, loopStep, result } =
          node.exprKind.value;
        const inside = new Set([...scope, accuVar, iterVar, iterVar2]);
        return (
          first([accuInit, iterRange], (part) => visit(part, scope, loops + 1)) ??
          first([loopCondition, loopStep, result], (part) => visit(part, inside, loops + 1))
        );
      }
      default:
        return undefined;
    }
  };
  const problem = visit(root, new Set(), 0);
  return { problem, reads, paths };
}

/** Operators that the evaluator knows without a function. */
const OPERATORS = new Set(["_&&_", "_||_", "_?_:_", "_[_]", "@not_strictly_false", "@in"]);

/** `["a", "b"]` for `a.b`; undefined where the node is no plain path. */
function pathOf(node: Node): readonly string[] | undefined {
  const names: string[] = [];
  for (let at: Node | undefined = node; at !== undefined; ) {
    if (at.exprKind.case === "identExpr") return [at.exprKind.value.name, ...names.reverse()];
    if (at.exprKind.case !== "selectExpr") return undefined;
    names.push(at.exprKind.value.field);
    at = at.exprKind.value.operand;
  }
  return undefined;
}

/** Notes the path of a node and of each it is below. */
function note(node: Node, paths: Map<bigint, string>): void {
  for (let at: Node | undefined = node; at?.exprKind.case === "selectExpr"; at = at.exprKind.value.operand) {
    paths.set(at.id, pathOf(at)?.join(".") ?? "");
  }
}

function first<T>(parts: readonly T[], visit: (part: T) => string | undefined): string | undefined {
  for (const part of parts) {
    const problem = visit(part);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/**
 * Changes the tree: each loop pays for each of its steps, so that no expression runs for long; and `has(a.b.c)` asks for
 * `a.b` first. Returns the changed tree.
 */
export function metered(node: Node): Node {
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
      if (loop.loopCondition !== undefined) loop.loopCondition = both(metered(loop.loopCondition), step());
      return node;
    }
    default:
      return node;
  }
}

/** `has(a.b.c)` → `has(a.b) && has(a.b.c)`, for each level above the variable. */
function deepTest(node: Node): Node {
  if (node.exprKind.case !== "selectExpr") return node;
  const { operand } = node.exprKind.value;
  if (operand?.exprKind.case !== "selectExpr" || operand.exprKind.value.testOnly) return node;
  const test: Node = {
    ...operand,
    exprKind: { case: "selectExpr", value: { ...operand.exprKind.value, testOnly: true } },
  };
  return both(deepTest(test), node);
}

/** A call, to take others after: the tree's own library has no part in this project. */
const CALL = parse("f()").expr;

function both(left: Node, right: Node): Node {
  return call("_&&_", left, right);
}

function step(): Node {
  return call(STEP);
}

function call(name: string, ...args: Node[]): Node {
  if (CALL.exprKind.case !== "callExpr") return CALL;
  return { ...CALL, exprKind: { case: "callExpr", value: { ...CALL.exprKind.value, function: name, args } } };
}
