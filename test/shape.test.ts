import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseSync } from "oxc-parser";
import { describe, expect, test } from "vitest";

/** What keeps the code easy to read: few ways out of a function, little nesting, small folders, one meaning for a name. */
const MOST_WAYS_OUT = 6;
const MOST_NESTED = 3;
const MOST_FILES = 15;

const ROOT = join(import.meta.dirname, "..");
const SRC = join(ROOT, "src");
const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);
const BLOCKS = new Set([
  ...["IfStatement", "SwitchStatement", "TryStatement"],
  ...["ForStatement", "ForOfStatement", "ForInStatement", "WhileStatement", "DoWhileStatement"],
]);

/** A node of the syntax tree; its other keys hold its parts. */
interface Node {
  readonly type: string;
  readonly start: number;
}

interface Shape {
  readonly place: string;
  readonly waysOut: number;
  readonly nested: number;
}

describe("the shape of the code", () => {
  const files = filesBelow(SRC);
  const shapes = files.flatMap((file) => shapesIn(relative(ROOT, file), readFileSync(file, "utf8")));

  test(`no function has more than ${MOST_WAYS_OUT} ways out`, () => {
    const found = shapes.filter(({ waysOut }) => waysOut > MOST_WAYS_OUT);
    expect(found.map(({ place, waysOut }) => `${place} has ${waysOut}`)).toEqual([]);
  });

  test(`no function nests deeper than ${MOST_NESTED}`, () => {
    const found = shapes.filter(({ nested }) => nested > MOST_NESTED);
    expect(found.map(({ place, nested }) => `${place} nests ${nested} deep`)).toEqual([]);
  });

  test(`no folder holds more than ${MOST_FILES} files beside its subfolders`, () => {
    const folders = Map.groupBy([...files, ...filesBelow(join(ROOT, "test"))], (file) => dirname(file));
    const large = [...folders].filter(([, inside]) => inside.length > MOST_FILES);
    expect(large.map(([folder, inside]) => `${relative(ROOT, folder)} holds ${inside.length}`)).toEqual([]);
  });

  test("no name is exported by two files", () => {
    const exported = files.flatMap((file) =>
      exportsOf(file, readFileSync(file, "utf8")).map((name) => ({ name, file: relative(SRC, file) })),
    );
    const twice = [...Map.groupBy(exported, ({ name }) => name)].filter(([, list]) => list.length > 1);
    expect(twice.map(([name, list]) => `${name}: ${list.map(({ file }) => file).join(", ")}`)).toEqual([]);
  });

  test("no file imports itself by way of others, types included", () => {
    expect(circlesIn(files)).toEqual([]);
  });

  test("too many ways out, too much nesting and a name that is exported twice would be found", () => {
    const many = `function f(a) {\n${"  if (a) return 1;\n".repeat(6)}  throw a;\n}`;
    expect(shapesIn("a.ts", many)).toEqual([{ place: "a.ts:1 f", waysOut: 7, nested: 1 }]);
    const deep = "const f = () => { for (;;) { if (a) { try { while (b) {} } catch {} } } };";
    expect(shapesIn("a.ts", deep)).toEqual([{ place: "a.ts:1 f", waysOut: 0, nested: 4 }]);
    const branches = "function f() { if (a) {} else if (b) {} else if (c) {} else if (d) {} }";
    expect(shapesIn("a.ts", branches)).toEqual([{ place: "a.ts:1 f", waysOut: 0, nested: 1 }]);
    expect(exportsOf("a.ts", "export const A = 1;\nexport type A = number;\nexport function b() {}")).toEqual([
      "A",
      "b",
    ]);
  });
});

function filesBelow(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => join(folder, name));
}

/** How often each function of a text is left by `return` or `throw`, and how deep its blocks lie in each other. */
function shapesIn(file: string, text: string): readonly Shape[] {
  const shapes: Shape[] = [];
  const visit = (node: Node, name: string) => {
    const own = nameOf(node) ?? name;
    if (FUNCTIONS.has(node.type)) {
      const line = text.slice(0, node.start).split("\n").length;
      shapes.push({ place: `${file}:${line} ${own}`, ...measured(node) });
    }
    for (const part of partsOf(node)) visit(part, own);
  };
  visit(parsed(file, text), "");
  return shapes;
}

function measured(root: Node): Pick<Shape, "waysOut" | "nested"> {
  let [waysOut, nested] = [0, 0];
  const visit = (node: Node, depth: number) => {
    if (node !== root && FUNCTIONS.has(node.type)) return;
    if (node.type === "ReturnStatement" || node.type === "ThrowStatement") waysOut += 1;
    const here = BLOCKS.has(node.type) ? depth + 1 : depth;
    nested = Math.max(nested, here);
    const chained: unknown = node.type === "IfStatement" ? Reflect.get(node, "alternate") : undefined;
    // "else if" is one chain of conditions, not a block in a block.
    for (const part of partsOf(node)) visit(part, part === chained && part.type === "IfStatement" ? depth : here);
  };
  visit(root, 0);
  return { waysOut, nested };
}

function exportsOf(file: string, text: string): readonly string[] {
  const names = partsOf(parsed(file, text)).flatMap((node) => {
    if (node.type !== "ExportNamedDeclaration") return [];
    return partsOf(node).flatMap((declaration) => {
      const declared = [declaration, ...partsOf(declaration)].map(nameOf);
      return declared
        .filter((name) => name !== undefined)
        .slice(0, declaration.type === "VariableDeclaration" ? 99 : 1);
    });
  });
  return [...new Set(names)];
}

/** The circles of imports: each as the files it goes through. */
function circlesIn(files: readonly string[]): readonly string[] {
  const imports = new Map(
    files.map((file) => {
      const specifiers = [...readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)];
      return [file, specifiers.map((match) => join(dirname(file), match[1] ?? ""))];
    }),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, way: readonly string[]) => {
    if (way.includes(file)) {
      const circle = way.slice(way.indexOf(file));
      circles.push([...circle, file].map((one) => relative(SRC, one)).join(" → "));
    }
    if (way.includes(file) || done.has(file)) return;
    for (const next of imports.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return circles;
}

function parsed(file: string, text: string): Node {
  const { program, errors } = parseSync(file, text);
  expect(errors, file).toEqual([]);
  return program;
}

function nameOf(node: Node): string | undefined {
  const id: unknown = Reflect.get(node, "id");
  const name: unknown = typeof id === "object" && id !== null ? Reflect.get(id, "name") : undefined;
  return typeof name === "string" ? name : undefined;
}

function partsOf(node: Node): readonly Node[] {
  return Object.values(node).flat().filter(isNode);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
