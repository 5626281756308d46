import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RAOS_CHART } from "./value-sets.ts";

/** The values of the chart's schema, each made wrong: what Helm has to refuse. */

export interface Wrong {
  /** The values as an object. */
  readonly values: object;
  /** Where Helm has to complain, as JSON pointers. */
  readonly places: readonly string[];
}

interface Node {
  readonly type?: string | readonly string[];
  readonly $ref?: string;
  readonly allOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: boolean | Node;
  readonly items?: Node;
}

const schema: Node & { readonly definitions: Readonly<Record<string, Node>> } = JSON.parse(
  readFileSync(join(RAOS_CHART, "values.schema.json"), "utf8"),
);

/** Every value of a wrong type. */
export function wrongTypes(): Wrong {
  return walk((node, path) => {
    if (path === "/global") return undefined;
    // A text where a list belongs, and a list where anything else does.
    return { value: node.type === "array" ? "wrong" : [{ wrong: true }], place: path };
  });
}

/** Every value of the right type, and with a content that is none. */
export function wrongContents(): Wrong {
  return walk((node, path) => {
    const { type } = node;
    if (type === "boolean" || path === "/global") return undefined;
    if (type === "array") return { value: [null], place: `${path}/0` };
    if (type === "object") return undefined;
    return { value: " no\tvalue ", place: path };
  });
}

/** In every map that is not open, a name that is nearly one of its own. */
export function nearMisses(): Wrong {
  const places: string[] = [];
  const miss = (node: Node, path: string): object => {
    const { properties = {} } = node;
    const names = Object.keys(properties);
    const nested = names.flatMap((name) => {
      const child = resolve(properties[name] ?? {});
      return child.properties === undefined ? [] : [[name, miss(child, `${path}/${name}`)] as const];
    });
    places.push(path);
    return { ...Object.fromEntries(nested), [`${names[0]}${names[0]?.at(-1)}`]: "x" };
  };
  return { values: miss(schema, ""), places };
}

type Breaks = (node: Node, path: string) => { readonly value: unknown; readonly place: string } | undefined;

function walk(breaks: Breaks): Wrong {
  const places: string[] = [];
  const visit = (node: Node, path: string): unknown => {
    if (node.properties !== undefined && node.type === "object") {
      const entries = Object.entries(node.properties).map(([name, child]) => [
        name,
        visit(resolve(child), `${path}/${name}`),
      ]);
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
    }
    const broken = breaks(node, path);
    if (broken === undefined) return undefined;
    places.push(broken.place);
    return broken.value;
  };
  const values = visit(schema, "");
  if (!(values instanceof Object)) throw new Error("the schema has no properties");
  return { values, places };
}

function resolve(node: Node): Node {
  const [first] = node.allOf ?? [];
  const ref = node.$ref ?? first?.$ref;
  const name = ref?.slice("#/definitions/".length);
  return name === undefined ? node : resolve(schema.definitions[name] ?? {});
}
