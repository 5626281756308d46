import type * as z from "zod";
import type { SharedInputs, Snapshot, TemplateFile } from "../../domain/fleet.ts";
import { AgentTemplate, Config, Model, Tenant } from "../../domain/kinds/kinds.ts";
import { byPlace, type Problem } from "../../domain/problem.ts";
import type { Path } from "../../domain/values/scalars.ts";
import { finished, type Work } from "../../domain/work.ts";
import { checkConfig } from "../check/check-config.ts";
import { secretProblems } from "../check/check-secrets.ts";
import { checkTemplate } from "../check/check-template.ts";
import { checkTenant } from "../check/check-tenant.ts";
import { checkModel } from "../check/model/check-model.ts";
import { firstOf, problemAt, schemaProblems } from "../problems/problems.ts";
import { readYaml, type YamlDocument } from "../yaml/read-yaml.ts";
import {
  fieldsOf,
  fixedProblems,
  inheritFields,
  type OrganisationReading,
  readOrganisation,
} from "./organisation-config.ts";

/** What many agents share, with the names of broken files. */
export interface SharedReading {
  readonly shared: SharedInputs;
  readonly problems: readonly Problem[];
  /** False where raos.yaml is broken: defaults would be a guess, so nothing may be planned. */
  readonly usable: boolean;
  /** The fields of raos.yaml that come from the organisation's; undefined where there is none. */
  readonly inherited: Inherited | undefined;
}

/** Fields of `spec`, sorted, and the file that they come from. */
export interface Inherited {
  readonly fields: readonly string[];
  readonly from: Path;
}

const CONFIG_FILE = "raos.yaml";

/**
 * Reads raos.yaml, `tenants/*`, `templates/*` and `models/*`. Without raos.yaml the defaults apply; with a broken one nothing may be planned
 * (`usable` is false). A broken tenant, template or Model is left out and named in `shared.broken`.
 */
export function readShared(snapshot: Snapshot): SharedReading {
  return finished(readingShared(snapshot));
}

/** As `readShared`, one file at a time. `below`: the folder of the repository that is read, where it is known. */
export function* readingShared(snapshot: Snapshot, below?: Path): Work<SharedReading> {
  const config = readConfig(snapshot, below);
  const tenants = yield* readFolder(snapshot, "tenants", Tenant, (document, tenant) =>
    // With a broken raos.yaml it is unknown which environments there are.
    config.problems.length > 0 ? [] : checkTenant(document, tenant, config.value),
  );
  const templates = yield* readFolder(snapshot, "templates", AgentTemplate, checkTemplate);
  const names = { config: config.value, tenants: tenants.values, broken: tenants.broken };
  const models = yield* readFolder(snapshot, "models", Model, (document, model) =>
    config.problems.length > 0 ? [] : checkModel(document, model, names),
  );
  const shared = {
    config: config.value,
    tenants: tenants.values,
    templates: templates.values,
    models: models.values,
    broken: {
      tenants: tenants.broken,
      templates: templates.broken,
      models: models.broken,
      config: config.problems.length > 0,
    },
    templateFiles: templates.files,
    modelFiles: new Map([...models.files].map(([name, { path }]) => [name, path])),
  };
  const shares = namespaceProblems(snapshot, tenants.values);
  const found = [tenants, templates, models].flatMap((folder) => folder.problems);
  const problems = [...config.problems, ...found, ...shares].sort(byPlace);
  return { shared, problems, usable: config.problems.length === 0, inherited: config.inherited };
}

/** raos.yaml alone; where it is missing or broken, the defaults, and its Problems. `below` as in `readingShared`. */
export function readConfig(
  snapshot: Snapshot,
  below?: Path,
): { readonly value: Config; readonly problems: readonly Problem[]; readonly inherited?: Inherited | undefined } {
  const standard = Config.parse({ apiVersion: "raos.dev/v1alpha1", kind: "Config" });
  if (snapshot.oid(CONFIG_FILE) === undefined) {
    const missing = below === undefined || below === "" ? [] : [needsConfig(below)];
    return { value: standard, problems: [...otherSpelling(snapshot), ...missing].slice(0, 1) };
  }
  const one = readOne(snapshot, CONFIG_FILE, Config);
  if (one.kind === "problems") return { value: standard, problems: one.problems };
  const organisation = readOrganisation(snapshot);
  if (organisation.kind === "problems") return { value: standard, problems: organisation.problems };
  const { value, fixed, inherited } =
    organisation.kind === "none"
      ? { value: one.value, fixed: [], inherited: undefined }
      : inherit(one.document, organisation);
  return {
    value,
    inherited,
    problems: firstOf([...fixed, ...checkConfig(one.document, value, below), ...secretProblems(one.document)]),
  };
}

/** The configuration with what the organisation sets, each of the two valid by itself. */
function inherit(document: YamlDocument, organisation: Extract<OrganisationReading, { kind: "read" }>) {
  const value = Config.parse(inheritFields(document, organisation.fields));
  const own = fieldsOf(document);
  const fields = Object.keys(organisation.fields).filter((name) => !own.includes(name));
  return {
    value,
    fixed: fixedProblems(document, organisation),
    inherited: { fields: fields.sort(), from: organisation.path },
  };
}

/** Without raos.yaml, what is generated would name the top of the repository; and the folder may be misspelt. */
function needsConfig(below: Path): Problem {
  const message = `there is no ${CONFIG_FILE} in ${below}, the folder of --path; correct the path, or add the file with path: ${below}`;
  return { file: CONFIG_FILE, line: 1, column: 1, pointer: "", message };
}

/** Without this, a raos.yml would be ignored silently. */
function otherSpelling(snapshot: Snapshot): readonly Problem[] {
  const file = ["raos.yml", "raos.json", "RAOS.yaml"].find((name) => snapshot.oid(name) !== undefined);
  if (file === undefined) return [];
  return [
    {
      file,
      line: 1,
      column: 1,
      pointer: "",
      message: `the configuration is read from ${CONFIG_FILE}; rename the file`,
    },
  ];
}

/** Tenants in a namespace that another one has: each would undo the quota and the network policies of the other. */
function namespaceProblems(snapshot: Snapshot, tenants: ReadonlyMap<string, Tenant>): readonly Problem[] {
  const byNamespace = Map.groupBy(tenants, ([name, { spec }]) => spec.namespace ?? name);
  return [...byNamespace].flatMap(([namespace, sharing]) => {
    const [[first] = [""], ...others] = sharing.toSorted(([a], [b]) => (a < b ? -1 : 1));
    return others.flatMap(([name, { spec }]) => {
      const path = ["yaml", "yml", "json"].map((end) => `tenants/${name}.${end}`).find((one) => snapshot.oid(one));
      const document = path === undefined ? undefined : readYaml(path, snapshot.read(path)).documents[0];
      if (document === undefined) return [];
      const pointer = spec.namespace === undefined ? "/metadata/name" : "/spec/namespace";
      return [problemAt(document, pointer, `namespace ${namespace} is also tenant ${first}'s; give each its own`)];
    });
  });
}

interface Named {
  readonly metadata: { readonly name: string };
}

interface Folder<T> {
  readonly values: ReadonlyMap<string, T>;
  readonly broken: ReadonlyMap<string, Path>;
  readonly files: ReadonlyMap<string, TemplateFile>;
  readonly problems: readonly Problem[];
}

function* readFolder<T extends Named>(
  snapshot: Snapshot,
  folder: string,
  schema: z.ZodType<T>,
  check: (document: YamlDocument, value: T) => readonly Problem[],
): Work<Folder<T>> {
  const values = new Map<string, T>();
  const broken = new Map<string, Path>();
  const sources = new Map<string, TemplateFile>();
  const problems: Problem[] = [];
  const files = new Map<string, Path>();
  for (const path of snapshot.list(folder)) {
    const name = /^([^/]+)\.(?:yaml|yml|json)$/.exec(path.slice(folder.length + 1))?.[1];
    if (name === undefined) continue;
    yield;
    const other = files.get(name.toLowerCase());
    files.set(name.toLowerCase(), other ?? path);
    const found = other === undefined ? readNamed(snapshot, path, name, schema, check) : duplicateName(path, other);
    problems.push(...found.problems);
    if (found.value === undefined || found.problems.length > 0) addBroken(broken, path, name, found.value);
    else {
      values.set(name, found.value);
      sources.set(name, { path, bytes: snapshot.read(path) });
    }
  }
  for (const [name, path] of broken) {
    const isOnlyMeant = !path.startsWith(`${folder}/${name}.`);
    if (isOnlyMeant && values.has(name)) broken.delete(name);
    else values.delete(name);
  }
  return { values, broken, problems, files: sources };
}

/** A file with Problems, under its own name and under the one that it holds: a file with another name may be meant for either. */
function addBroken(broken: Map<string, Path>, path: Path, name: string, value: Named | undefined): void {
  broken.set(name, path);
  const meant = value?.metadata.name;
  if (meant !== undefined && !broken.has(meant)) broken.set(meant, path);
}

function readNamed<T extends Named>(
  snapshot: Snapshot,
  path: Path,
  name: string,
  schema: z.ZodType<T>,
  check: (document: YamlDocument, value: T) => readonly Problem[],
): { readonly value: T | undefined; readonly problems: readonly Problem[] } {
  const one = readOne(snapshot, path, schema);
  if (one.kind === "problems") return { value: undefined, problems: one.problems };
  const wrong =
    one.value.metadata.name === name
      ? []
      : [
          problemAt(
            one.document,
            "/metadata/name",
            `${one.value.metadata.name} is not the file's name; write ${name}, or rename the file`,
          ),
        ];
  return {
    value: one.value,
    problems: firstOf([...wrong, ...check(one.document, one.value), ...secretProblems(one.document)]),
  };
}

type One<T> =
  | { readonly kind: "value"; readonly document: YamlDocument; readonly value: T }
  | { readonly kind: "problems"; readonly problems: readonly Problem[] };

function readOne<T>(snapshot: Snapshot, path: Path, schema: z.ZodType<T>): One<T> {
  const reading = readYaml(path, snapshot.read(path));
  const document = reading.documents[0];
  if (document === undefined) return { kind: "problems", problems: reading.problems };
  const parsed = schema.safeParse(document.value);
  if (parsed.success) return { kind: "value", document, value: parsed.data };
  return { kind: "problems", problems: firstOf(schemaProblems(document, schema, parsed.error.issues)) };
}

function duplicateName(file: Path, other: Path): { readonly value: undefined; readonly problems: readonly Problem[] } {
  const message = `${other} already has this name; remove one of the two (names that differ only by case count as one)`;
  return { value: undefined, problems: [{ file, line: 1, column: 1, pointer: "", message }] };
}
