import type * as z from "zod";
import type { SharedInputs, Snapshot } from "../domain/fleet.ts";
import { AgentTemplate, Config, Tenant } from "../domain/kinds.ts";
import { byPlace, type Problem } from "../domain/problem.ts";
import type { Path } from "../domain/scalars.ts";
import { finished, type Work } from "../domain/work.ts";
import { checkConfig } from "./check-config.ts";
import { secretProblems } from "./check-secrets.ts";
import { checkTemplate } from "./check-template.ts";
import { checkTenant } from "./check-tenant.ts";
import { firstOf, problemAt, schemaProblems } from "./problems.ts";
import { readYaml, type YamlDocument } from "./read-yaml.ts";

/** What many agents share, with the names whose files are there but broken. */
export interface SharedReading {
  readonly shared: SharedInputs;
  readonly problems: readonly Problem[];
  /** False where raos.yaml is broken: its defaults would be a guess, so nothing may be planned. */
  readonly usable: boolean;
}

export const CONFIG_FILE = "raos.yaml";

/** Paths that `readShared` reads: raos.yaml, tenants and templates. */
export function isSharedPath(path: Path): boolean {
  return path === CONFIG_FILE || /^(tenants|templates)\/[^/]+\.(yaml|yml|json)$/.test(path);
}

/**
 * Reads raos.yaml, `tenants/*` and `templates/*`. A missing raos.yaml means its defaults, a broken one that nothing may be
 * planned (`usable`). A broken tenant or template is left out and named in `shared.broken`.
 */
export function readShared(snapshot: Snapshot): SharedReading {
  return finished(readingShared(snapshot));
}

/** As `readShared`, a file at a time. */
export function* readingShared(snapshot: Snapshot): Work<SharedReading> {
  const config = readConfig(snapshot);
  const tenants = yield* readFolder(snapshot, "tenants", Tenant, (document, tenant) =>
    checkTenant(document, tenant, config.value),
  );
  const templates = yield* readFolder(snapshot, "templates", AgentTemplate, checkTemplate);
  const shared = {
    config: config.value,
    tenants: tenants.values,
    templates: templates.values,
    broken: { tenants: tenants.broken, templates: templates.broken },
  };
  const problems = [...config.problems, ...tenants.problems, ...templates.problems].sort(byPlace);
  return { shared, problems, usable: config.problems.length === 0 };
}

function readConfig(snapshot: Snapshot): { readonly value: Config; readonly problems: readonly Problem[] } {
  const standard = Config.parse({ apiVersion: "raos.dev/v1alpha1", kind: "Config" });
  if (snapshot.oid(CONFIG_FILE) === undefined) return { value: standard, problems: otherSpelling(snapshot) };
  const one = readOne(snapshot, CONFIG_FILE, Config);
  if (one.kind === "problems") return { value: standard, problems: one.problems };
  return {
    value: one.value,
    problems: firstOf([...checkConfig(one.document, one.value), ...secretProblems(one.document)]),
  };
}

/** raos.yml would otherwise be passed over in silence. */
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

interface Named {
  readonly metadata: { readonly name: string };
}

interface Folder<T> {
  readonly values: ReadonlyMap<string, T>;
  readonly broken: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

function* readFolder<T extends Named>(
  snapshot: Snapshot,
  folder: string,
  schema: z.ZodType<T>,
  check: (document: YamlDocument, value: T) => readonly Problem[],
): Work<Folder<T>> {
  const values = new Map<string, T>();
  const broken = new Set<string>();
  const problems: Problem[] = [];
  const files = new Map<string, Path>();
  for (const path of snapshot.list(folder)) {
    const name = /^([^/]+)\.(?:yaml|yml|json)$/.exec(path.slice(folder.length + 1))?.[1];
    if (name === undefined) continue;
    yield;
    const other = files.get(name.toLowerCase());
    files.set(name.toLowerCase(), other ?? path);
    const found = other === undefined ? readNamed(snapshot, path, name, schema, check) : doubled(path, other);
    problems.push(...found.problems);
    if (found.value === undefined || found.problems.length > 0) broken.add(name);
    else values.set(name, found.value);
  }
  for (const name of broken) values.delete(name);
  return { values, broken, problems };
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

function doubled(file: Path, other: Path): { readonly value: undefined; readonly problems: readonly Problem[] } {
  const message = `${other} already has this name; remove one of the two (names that differ only by case count as one)`;
  return { value: undefined, problems: [{ file, line: 1, column: 1, pointer: "", message }] };
}
