import { STAGES, stageLayer } from "../layers/stages.ts";
import { isMap, valueAt } from "../values.ts";
import {
  MAX_DEPTH,
  MAX_DOCUMENTS,
  MAX_NODES,
  MAX_NODES_OF_DOCUMENTS,
  MAX_PROBLEMS,
  MAX_PROMPT_BYTES,
  MAX_SPEC_BYTES,
} from "../yaml/yaml-limits.ts";
import { type JsonSchema, jsonSchemas, type SchemaName } from "./schema.ts";

const CHAPTERS: ReadonlyArray<readonly [schema: SchemaName, title: string, where: string]> = [
  ["agent", "Agent", "`agents/<tenant>/<name>.yaml`, or .yml or .json"],
  ["agenttemplate", "AgentTemplate", "`templates/<name>.yaml`"],
  ["model", "Model", "`models/<name>.yaml`"],
  ["tenant", "Tenant", "`tenants/<tenant>.yaml`"],
  ["config", "Config", "`raos.yaml`; every part of it is optional"],
  ["guardrail", "Guardrail", "`policies/*.yaml`"],
  ["remedy", "Remedy", "`policies/*.yaml`"],
];

/** The reference of the spec language as Markdown: each field with its type, default and meaning, from the schemas. */
export function reference(): string {
  const schemas = jsonSchemas();
  const chapters = CHAPTERS.map(([name, title, where]) => chapter(schemas[name], title, where));
  return [
    "# Reference of the spec language",
    "",
    "Made from the schemas by `npm run schema`. A field marked * is required, in the file, its template or its Model.",
    "",
    ...limits(),
    ...chapters,
    ...stages(),
  ].join("\n");
}

/** What a file as a whole may hold. The maximum of each field is beside its type: characters, or entries. */
function limits(): readonly string[] {
  const rows: readonly (readonly [what: string, most: string])[] = [
    ["a spec file (agent, template, Model, tenant, raos.yaml), a file below policies/", inKiB(MAX_SPEC_BYTES)],
    ["a prompt file", inKiB(MAX_PROMPT_BYTES)],
    ["nesting", `${MAX_DEPTH} levels`],
    ["keys and values of a spec file, including lists and mappings", `${MAX_NODES}`],
    [
      "keys and values of a file below policies/, and documents in it",
      `${MAX_NODES_OF_DOCUMENTS}, and ${MAX_DOCUMENTS}`,
    ],
    ["Problems that are reported for one file at a time", `${MAX_PROBLEMS}`],
  ];
  return [
    "## How large files may be",
    "",
    "What is larger is a Problem with its place. The maximum of a field is beside its type: characters of a text, entries of a list",
    "or map. The maxima are far above what agents need; they keep one repository from delaying the others.",
    "",
    "| what | at most |",
    "|---|---|",
    ...rows.map(([what, most]) => `| ${what} | ${most} |`),
    "",
  ];
}

function inKiB(bytes: number): string {
  return `${bytes / 1024} KiB`;
}

/** What each stage sets where an agent declares state, pub/sub and a subscription, and raos.yaml names a Prometheus. */
function stages(): readonly string[] {
  const dapr = { state: {}, pubsub: {}, subscriptions: [{ topic: "t", route: "/t" }] };
  const context = { name: "NAME", namespace: "NAMESPACE", prometheus: true };
  const layers = STAGES.map((stage) => leavesOf(stageLayer({ stage, dapr }, context), ""));
  const paths = [...new Set(layers.flatMap((layer) => [...layer.keys()]))];
  return [
    "## Stages",
    "",
    "What a stage sets; template, agent and overlay override it. State and broker are set only where the agent declares them; a",
    "request or limit only where it fits the other one, if that is declared; without a Prometheus in raos.yaml, `medium` and",
    "`planet` scale by `hpa.cpu: 70`.",
    "",
    `| field | ${STAGES.join(" | ")} |`,
    `|---|${STAGES.map(() => "---|").join("")}`,
    ...paths.map((path) => `| \`spec.${path}\` | ${layers.map((layer) => cell(layer.get(path) ?? "")).join(" | ")} |`),
    "",
  ];
}

function leavesOf(value: unknown, path: string): ReadonlyMap<string, string> {
  if (!isMap(value)) return new Map([[path, `\`${String(value)}\``]]);
  return new Map(
    Object.entries(value).flatMap(([key, below]) => [...leavesOf(below, path === "" ? key : `${path}.${key}`)]),
  );
}

function chapter(schema: JsonSchema, title: string, where: string): string {
  const rows = rowsOf(schema, "", title === "Agent" ? REQUIRED_OF_AGENT : new Set());
  return [
    `## ${title}`,
    "",
    `${String(schema.description)}. Lives in ${where}.`,
    "",
    "| field | type | default | meaning |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

/** An agent's file may leave out what its template gives, so that its schema requires little. */
const REQUIRED_OF_AGENT: ReadonlySet<string> = new Set([
  "spec.description",
  "spec.instructions",
  "spec.model",
  "spec.model.name",
]);

/** A row for each field below a schema: of objects, of entries of lists and maps, in whatever they lie, and of each alternative. */
export function rowsOf(schema: unknown, path: string, required: ReadonlySet<string>): readonly string[] {
  if (!isMap(schema)) return [];
  const rows: string[] = [];
  const must: unknown = schema.required;
  for (const [key, field] of Object.entries(isMap(schema.properties) ? schema.properties : {})) {
    const at = path === "" ? key : `${path}.${key}`;
    const star = (Array.isArray(must) && must.includes(key)) || required.has(at) ? " *" : "";
    rows.push(
      `| \`${at}\`${star} | ${typeOf(field)} | ${defaultOf(field)} | ${cell(String(valueAt(field, ["description"]) ?? ""))} |`,
    );
    if (at === "spec.environments") continue;
    if (at === "spec.agent") continue;
    rows.push(...rowsOf(field, at, required));
  }
  rows.push(...rowsOf(schema.items, `${path}[]`, required));
  rows.push(...rowsOf(schema.additionalProperties, `${path}.<name>`, required));
  const options = schema.anyOf;
  for (const option of Array.isArray(options) ? options : []) {
    rows.push(...rowsOf(isMap(option) ? { ...option, required: [] } : option, path, required));
  }
  // Alternatives of a union may share a field: it has one row, with what the first one says.
  const named = new Map(rows.toReversed().map((row) => [row.slice(0, row.indexOf("|", 2)).replace(" * ", " "), row]));
  return [...named.values()].toReversed();
}

function typeOf(field: unknown): string {
  if (!isMap(field)) return "";
  if (field.const !== undefined) return `\`${String(field.const)}\``;
  if (Array.isArray(field.enum)) return valuesOf(field.enum);
  if (Array.isArray(field.anyOf))
    return [...new Set(field.anyOf.map(typeOf))].filter((type) => type !== "").join(" or ");
  const most = field.maxItems ?? field.maxProperties ?? field.maxLength;
  const bound = most === undefined ? "" : ` (at most ${String(most)})`;
  return collectionOf(field, bound) ?? `${plainTypes(field)}${bound}`;
}

function valuesOf(values: readonly unknown[]): string {
  const written = values.filter((value) => value !== null).map((value) => `\`${String(value)}\``);
  return written.join(", ");
}

function collectionOf(field: JsonSchema, bound: string): string | undefined {
  const [type] = typesOf(field);
  if (type === "array") return `list${bound} of ${typeOf(field.items)}`;
  const isMapOf = type === "object" && field.properties === undefined;
  return isMapOf ? `map${bound} of ${typeOf(field.additionalProperties)}` : undefined;
}

const PLAIN_TYPES: ReadonlySet<unknown> = new Set(["object", "string", "integer", "number", "boolean"]);

function plainTypes(field: JsonSchema): string {
  return typesOf(field)
    .map((type) => (PLAIN_TYPES.has(type) ? String(type) : ""))
    .join(" or ");
}

function typesOf(field: JsonSchema): readonly unknown[] {
  return [field.type].flat().filter((type) => type !== "null");
}

function defaultOf(field: unknown): string {
  const value = valueAt(field, ["default"]);
  return value === undefined || (isMap(value) && Object.keys(value).length === 0) ? "" : `\`${JSON.stringify(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
}
