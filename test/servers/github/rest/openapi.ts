import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

/** GitHub's own OpenAPI description of REST on github.com, as `@octokit/openapi` publishes it. */
export interface Operations {
  /** The operation of a request, with its path's parameters; undefined: GitHub has no such route. */
  match(
    method: string,
    path: string,
  ):
    | { readonly key: string; readonly template: string; readonly parameters: Readonly<Record<string, string>> }
    | undefined;
  /** What is wrong with a request's body, or undefined. */
  checkBody(key: string, body: unknown): string | undefined;
  /** What is wrong with an answer, or undefined. */
  checkAnswer(key: string, status: number, body: unknown): string | undefined;
  /** What is wrong with a value of a named schema, such as `app-permissions`, or undefined. */
  checkSchema(name: string, value: unknown): string | undefined;
  /** What is wrong with a webhook's payload, such as `pull-request-closed`, or undefined. */
  checkEvent(name: string, payload: unknown): string | undefined;
}

/** What every route may answer, described or not: bad JSON, no credentials, no permission, nothing there, bad input. */
const ANYWHERE: ReadonlySet<number> = new Set([400, 401, 403, 404, 422]);

type Tree = Readonly<Record<string, unknown>>;

let loaded: Operations | undefined;

/** Loads the description once (about 0.3 s); each schema is compiled when it is first needed. */
export function operations(): Operations {
  loaded ??= load();
  return loaded;
}

function load(): Operations {
  const path = createRequire(import.meta.url).resolve("@octokit/openapi/generated/api.github.com.json");
  const description = withNulls(JSON.parse(readFileSync(path, "utf8")));
  const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: true });
  addFormats.default(ajv);
  // Addresses of bots have brackets, in real payloads too.
  ajv.addFormat("email", /^[^@\s]+@[^@\s]+$/);
  for (const format of ["repo.nwo", "ssh-key", "timestamp"]) ajv.addFormat(format, true);
  ajv.addSchema({ $id: "github", ...tree(description) });
  const compiled = new Map<string, ValidateFunction | undefined>();
  const routes = Object.entries(tree(at(description, "paths"))).map(([template, methods]) => ({
    template,
    pattern: toPattern(template),
    methods: tree(methods),
  }));
  // Fixed segments before parameters: `/app/hook/config` is no `/app/hook/{id}`.
  routes.sort((a, b) => a.template.split("{").length - b.template.split("{").length);
  const check = (pointer: readonly string[], body: unknown): string | undefined => {
    const key = pointer.map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1")).join("/");
    if (!compiled.has(key))
      compiled.set(
        key,
        at(description, ...pointer) === undefined ? undefined : ajv.compile({ $ref: `github#/${encodeURI(key)}` }),
      );
    const validate = compiled.get(key);
    return validate === undefined || validate(body) ? undefined : ajv.errorsText(validate.errors, { dataVar: "body" });
  };
  const operationOf = (key: string): readonly string[] => {
    const [method = "", template = ""] = key.split(" ");
    return ["paths", template, method.toLowerCase()];
  };
  return {
    match: (method, requested) => {
      for (const { template, pattern, methods } of routes) {
        const found = pattern.exec(requested);
        if (found === null || methods[method.toLowerCase()] === undefined) continue;
        const names = [...template.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? "");
        return {
          key: `${method} ${template}`,
          template,
          parameters: Object.fromEntries(
            names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? "")]),
          ),
        };
      }
      return undefined;
    },
    checkBody: (key, body) =>
      check([...operationOf(key), "requestBody", "content", "application/json", "schema"], body),
    checkSchema: (name, value) => check(["components", "schemas", name], value),
    checkEvent: (name, payload) => {
      const where = ["x-webhooks", name, "post", "requestBody", "content", "application/json", "schema"];
      return at(description, ...where) === undefined ? `GitHub has no webhook ${name}` : check(where, payload);
    },
    checkAnswer: (key, status, body) => {
      const response = at(description, ...operationOf(key), "responses", String(status));
      if (response === undefined && !ANYWHERE.has(status)) return `GitHub documents no status ${status} for ${key}`;
      if (response === undefined) return check(["components", "schemas", "basic-error"], body);
      const reference = at(response, "$ref");
      const where =
        typeof reference === "string"
          ? reference.slice(2).split("/")
          : [...operationOf(key), "responses", String(status)];
      if (at(description, ...where, "content") === undefined) {
        if (body === undefined) return undefined;
        return status >= 400 ? check(["components", "schemas", "basic-error"], body) : "a body where GitHub sends none";
      }
      return check([...where, "content", "application/json", "schema"], body);
    },
  };
}

/** OpenAPI 3.0's `nullable` in JSON Schema's words; GitHub also says it beside `oneOf` and `$ref`, where Ajv takes none. */
function withNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNulls);
  if (typeof value !== "object" || value === null) return value;
  const made = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === "example" || key === "examples" ? undefined : withNulls(item),
    ]),
  );
  if (made.nullable !== true) return made;
  const { nullable: _, ...rest } = isUserAndEnterprise(made.allOf) ? { anyOf: made.allOf } : made;
  return { anyOf: [{ type: "null" }, rest] };
}

/** The list of installations says that an account is a user and an enterprise at once, where one installation says or. */
function isUserAndEnterprise(value: unknown): boolean {
  const titles = Array.isArray(value) ? value.map((item) => at(item, "title")) : [];
  return titles.join() === "Simple User,Enterprise";
}

function toPattern(template: string): RegExp {
  const source = template
    .split(/(\{[^}]+\})/)
    .map((part) =>
      part.startsWith("{")
        ? /^\{(ref|path|branch)\}$/.test(part)
          ? "(.+)"
          : "([^/]+)"
        : part.replace(/[.*+?^$()|[\]\\]/g, "\\$&"),
    );
  return new RegExp(`^${source.join("")}$`);
}

function tree(value: unknown): Tree {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  let here = value;
  for (const key of keys) {
    if (typeof here !== "object" || here === null) return undefined;
    here = Object.entries(here).find(([name]) => name === key)?.[1];
  }
  return here;
}
