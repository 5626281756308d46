import { isMap, valueAt } from "./pointer.ts";
import { type JsonSchema, jsonSchemas, type SchemaName } from "./schema.ts";
import { STAGES, stageLayer } from "./stages.ts";
import {
  MAX_DEPTH,
  MAX_DOCUMENTS,
  MAX_NODES,
  MAX_NODES_OF_DOCUMENTS,
  MAX_PROBLEMS,
  MAX_PROMPT_BYTES,
  MAX_SPEC_BYTES,
} from "./yaml-limits.ts";

const CHAPTERS: ReadonlyArray<readonly [schema: SchemaName, title: string, where: string]> = [
  ["agent", "Agent", "`agents/<tenant>/<name>.yaml`, or .yml or .json"],
  ["agenttemplate", "AgentTemplate", "`templates/<name>.yaml`"],
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
    "Made from the schemas by `npm run schema`. A field marked * has to be there, in the file or in its template.",
    "",
    ...limits(),
    ...chapters,
    ...stages(),
  ].join("\n");
}

/** What a file as a whole may hold. The maximum of each field stands behind its type: characters, or entries. */
function limits(): readonly string[] {
  const rows: readonly (readonly [what: string, most: string])[] = [
    ["a spec file (agent, template, tenant, raos.yaml), a file below policies/", inKiB(MAX_SPEC_BYTES)],
    ["a prompt file", inKiB(MAX_PROMPT_BYTES)],
    ["nesting", `${MAX_DEPTH} levels`],
    ["keys and values of a spec file, lists and mappings counted too", `${MAX_NODES}`],
    [
      "keys and values of a file below policies/, and documents in it",
      `${MAX_NODES_OF_DOCUMENTS}, and ${MAX_DOCUMENTS}`,
    ],
    ["Problems that are told of one file at a time", `${MAX_PROBLEMS}`],
  ];
  return [
    "## How large files may be",
    "",
    "What is larger is a Problem with its place. The maximum of a field stands behind its type: characters of a text, entries of",
    "a list or map. They are far above what agents need, and keep one repository from holding up the others.",
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
  const around = { name: "NAME", namespace: "NAMESPACE", prometheus: true };
  const layers = STAGES.map((stage) => leavesOf(stageLayer({ stage, dapr }, around), ""));
  const paths = [...new Set(layers.flatMap((layer) => [...layer.keys()]))];
  return [
    "## Stages",
    "",
    "What a stage sets below everything that template, agent and overlay say. State and broker are set only where the agent",
    "declares them; a request or limit only where it fits the other, if that is declared; without a Prometheus in raos.yaml, `medium`",
    "and `planet` scale by `hpa.cpu: 70`.",
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

function rowsOf(schema: unknown, path: string, required: ReadonlySet<string>): readonly string[] {
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
    rows.push(...rowsOf(valueAt(field, ["items"]), `${at}[]`, required));
    const below = valueAt(field, ["additionalProperties"]);
    if (isMap(below)) rows.push(...rowsOf(below, `${at}.<name>`, required));
  }
  const options = schema.anyOf;
  for (const option of Array.isArray(options) ? options : []) {
    rows.push(...rowsOf(isMap(option) ? { ...option, required: [] } : option, path, required));
  }
  return rows;
}

function typeOf(field: unknown): string {
  if (!isMap(field)) return "";
  if (field.const !== undefined) return `\`${String(field.const)}\``;
  if (Array.isArray(field.enum))
    return field.enum
      .filter((value) => value !== null)
      .map((value) => `\`${String(value)}\``)
      .join(", ");
  if (Array.isArray(field.anyOf))
    return [...new Set(field.anyOf.map(typeOf))].filter((type) => type !== "").join(" or ");
  const types = [field.type].flat().filter((type) => type !== "null");
  const most = field.maxItems ?? field.maxProperties ?? field.maxLength;
  const bound = most === undefined ? "" : ` (at most ${String(most)})`;
  if (types[0] === "array") return `list${bound} of ${typeOf(field.items)}`;
  if (types[0] === "object" && field.properties === undefined)
    return `map${bound} of ${typeOf(field.additionalProperties)}`;
  const plain = types
    .map(
      (type) =>
        ({ object: "object", string: "string", integer: "integer", number: "number", boolean: "boolean" })[
          String(type)
        ] ?? "",
    )
    .join(" or ");
  return `${plain}${bound}`;
}

function defaultOf(field: unknown): string {
  const value = valueAt(field, ["default"]);
  return value === undefined || (isMap(value) && Object.keys(value).length === 0) ? "" : `\`${JSON.stringify(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
}
