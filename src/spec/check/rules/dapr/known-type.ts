import { COMPONENT_FIELDS, FIELD_GROUPS } from "./component-fields.ts";

/** What Dapr's component reference says of a type. */
export interface KnownType {
  readonly versions: readonly string[];
  /** Names of metadata, as Dapr spells them, by their spelling in lower case. */
  readonly fields: ReadonlyMap<string, string>;
}

/** What is known of a component type; undefined for one that Dapr's metadata files do not describe. */
export function knownType(type: string): KnownType | undefined {
  const known = KNOWN.get(type) ?? (Object.hasOwn(COMPONENT_FIELDS, type) ? read(type) : undefined);
  if (known !== undefined) KNOWN.set(type, known);
  return known;
}

/** Every type that is described. */
export const DESCRIBED_TYPES: readonly string[] = Object.keys(COMPONENT_FIELDS);

const KNOWN = new Map<string, KnownType>();

function read(type: string): KnownType {
  const [before = "", after] = (COMPONENT_FIELDS[type] ?? "").split(":");
  const names = (after ?? before).trim().split(" ").flatMap(spelledOut);
  return {
    versions: after === undefined ? ["v1"] : before.split(" "),
    fields: new Map(names.map((name) => [name.toLowerCase(), name])),
  };
}

function spelledOut(name: string): readonly string[] {
  return name.startsWith("@") ? (FIELD_GROUPS[name] ?? "").split(" ") : [name];
}
