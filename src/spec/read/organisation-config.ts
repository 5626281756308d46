import type { Snapshot } from "../../domain/fleet.ts";
import { Config } from "../../domain/kinds/kinds.ts";
import { isOfOrganisation } from "../../domain/kinds/organisation-path.ts";
import type { Problem } from "../../domain/problem.ts";
import type { Path } from "../../domain/values/scalars.ts";
import { firstOf, problemAt, schemaProblems } from "../problems/problems.ts";
import { isMap } from "../values.ts";
import { readYaml, type YamlDocument } from "../yaml/read-yaml.ts";

/** What no repository inherits: it is about one repository, or about the organisation's file itself. */
const OWN: ReadonlySet<string> = new Set(["path", "fixed", "onboarding"]);

/** The organisation's configuration. */
export type OrganisationReading =
  | { readonly kind: "none" }
  | { readonly kind: "problems"; readonly problems: readonly Problem[] }
  | {
      readonly kind: "read";
      readonly path: Path;
      /** The fields of `spec` that it sets, as they are written. */
      readonly fields: Readonly<Record<string, unknown>>;
      /** Fields that repositories may not set. */
      readonly fixed: readonly string[];
      /** Names of repositories that RAOS is introduced to, with `*` for any letters. */
      readonly onboards: readonly string[];
    };

/** The organisation's configuration, where it has one that is right. */
export type OrganisationFields = Extract<OrganisationReading, { kind: "read" }>;

/** Whether a repository says a field of `spec` itself: the organisation neither sets nor fixes it. */
export function isLeftToRepositories(field: string, { fields, fixed }: OrganisationFields): boolean {
  return !Object.hasOwn(fields, field) && !fixed.includes(field);
}

/** The path of the organisation's file among the shared files of a snapshot; undefined where there is none. */
export function organisationPath(snapshot: Snapshot): Path | undefined {
  for (const path of snapshot.list("")) if (isOfOrganisation(path)) return path;
  return undefined;
}

/** Reads the organisation's file by itself: what is wrong with it is a Problem in it, and nothing is inherited then. */
export function readOrganisation(snapshot: Snapshot): OrganisationReading {
  const path = organisationPath(snapshot);
  if (path === undefined) return { kind: "none" };
  const reading = readYaml(path, snapshot.read(path));
  const document = reading.documents[0];
  if (document === undefined) return { kind: "problems", problems: reading.problems };
  const parsed = Config.safeParse(document.value);
  if (!parsed.success)
    return { kind: "problems", problems: firstOf(schemaProblems(document, Config, parsed.error.issues)) };
  const entries = Object.entries(specOf(document)).filter(([name]) => !OWN.has(name));
  const { fixed, onboarding } = parsed.data.spec;
  return { kind: "read", path, fields: Object.fromEntries(entries), fixed, onboards: onboarding?.repositories ?? [] };
}

/**
 * A repository's raos.yaml with the fields of `spec` that it does not set and the organisation does. A field is inherited whole: a
 * repository that sets `limits` sets all of them.
 */
export function inheritFields(document: YamlDocument, fields: Readonly<Record<string, unknown>>): unknown {
  return isMap(document.value) ? { ...document.value, spec: { ...fields, ...specOf(document) } } : document.value;
}

/** One Problem for each field that a repository sets and the organisation fixes. */
export function fixedProblems(
  document: YamlDocument,
  { path, fixed }: Pick<OrganisationFields, "path" | "fixed">,
): readonly Problem[] {
  const own = specOf(document);
  return fixed
    .filter((name) => Object.hasOwn(own, name))
    .map((name) => problemAt(document, `/spec/${name}`, `${path} fixes this for every repository; take it out`, "key"));
}

/** The fields of `spec` that a file sets. */
export function fieldsOf(document: YamlDocument): readonly string[] {
  return Object.keys(specOf(document));
}

function specOf({ value }: YamlDocument): Readonly<Record<string, unknown>> {
  const spec = isMap(value) ? value.spec : undefined;
  return isMap(spec) ? spec : {};
}
