import { distance } from "fastest-levenshtein";
import type { AgentSpec } from "../../../../domain/agent/agent.ts";
import { componentKind, secretFields } from "../../../../domain/reach/dapr-components.ts";
import { displayValue } from "../../../problems/display-value.ts";
import type { SpecFault } from "../spec-fault.ts";
import { DESCRIBED_TYPES, type KnownType, knownType } from "./known-type.ts";

type Steps = readonly (string | number)[];

/** A component as a rule sees it: state store, broker, or a further one. */
export interface ComponentAt {
  readonly path: Steps;
  readonly type: string;
  readonly version: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Every component that a spec has. */
export function componentsOf({ dapr }: AgentSpec): readonly ComponentAt[] {
  const own = (["state", "pubsub"] as const).flatMap((name) => {
    const component = dapr[name];
    return component === undefined ? [] : [{ ...component, metadata: component.metadata ?? {}, path: ["dapr", name] }];
  });
  const further = (dapr.components ?? []).map(({ version = "v1", metadata = {}, type }, index) => {
    return { type, version, metadata, path: ["dapr", "components", index] };
  });
  return [...own, ...further];
}

/** Fields that Dapr does not read, and one nearly does; versions that a type does not have. */
export function componentMetadata(spec: AgentSpec): readonly SpecFault[] {
  return componentsOf(spec).flatMap((component) => {
    const known = knownType(component.type);
    return known === undefined
      ? nearTypeFaults(component)
      : [...versionFaults(component, known), ...nearFaults(component, known)];
  });
}

function versionFaults({ path, type, version }: ComponentAt, { versions }: KnownType): readonly SpecFault[] {
  if (versions.includes(version)) return [];
  return [
    {
      path: [...path, "version"],
      message: `Dapr has no version ${version} of ${type}; write ${versions.join(" or ")}`,
    },
  ];
}

function nearFaults({ path, type, metadata }: ComponentAt, known: KnownType): readonly SpecFault[] {
  return Object.keys(metadata).flatMap((key): readonly SpecFault[] => {
    const near = known.fields.has(key.toLowerCase()) ? undefined : nearestField(key, known);
    if (near === undefined) return [];
    const message = `${type} has no metadata ${displayValue(key)}; did you mean ${displayValue(near)}?`;
    return [{ path: [...path, "metadata", key], message, part: "key" }];
  });
}

/** The field that a name of five letters or more most likely means; undefined where none is near. */
function nearestField(key: string, { fields }: KnownType): string | undefined {
  const [word, most] = [key.toLowerCase(), key.length < 8 ? 1 : 2];
  if (word.length < 4 || word.length > 64) return undefined;
  return [...fields].find(([name]) => Math.abs(name.length - word.length) <= most && distance(name, word) <= most)?.[1];
}

/** A further component's type that Dapr nearly has. State stores and brokers are checked by `nearlyKnownTypes`. */
function nearTypeFaults({ path, type }: ComponentAt): readonly SpecFault[] {
  if (path[1] !== "components" || type.length > 64) return [];
  const near = DESCRIBED_TYPES.find((one) => one.split(".")[0] === type.split(".")[0] && distance(one, type) <= 1);
  return near === undefined
    ? []
    : [{ path: [...path, "type"], message: `Dapr has no ${displayValue(type)}; did you mean ${near}?` }];
}

/** What `host` and `secretRef` fill is known for some types only; for the others the component would lack it. */
export function componentPlaces({ dapr }: AgentSpec): readonly SpecFault[] {
  return (["state", "pubsub"] as const).flatMap((name): readonly SpecFault[] => {
    const { type = "", host, secretRef, metadata } = dapr[name] ?? {};
    const known = knownType(type);
    if (known === undefined) return [];
    const isLost =
      host !== undefined && componentKind(type) === undefined && secretRef === undefined && metadata === undefined;
    const fields = secretFields(type).filter((field) => known.fields.has(field.toLowerCase()));
    return [
      ...(isLost
        ? [
            {
              path: ["dapr", name, "host"],
              message: `for ${type} the host opens the network alone; write its address into dapr.${name}.metadata, too`,
            },
          ]
        : []),
      ...(secretRef !== undefined && fields.length === 0
        ? [
            {
              path: ["dapr", name, "secretRef"],
              message: `it is not known which metadata of ${type} this Secret fills; write each in dapr.${name}.metadata as {secretKeyRef: {name: ${secretRef}, key: <its key>}}`,
            },
          ]
        : []),
    ];
  });
}

/** Stores without transactions, in which actors and workflows cannot keep their state. */
export function actorStores({ dapr, runtime }: AgentSpec): readonly SpecFault[] {
  const { state } = dapr;
  if (state === undefined || knownType(state.type) === undefined || TRANSACTIONAL.has(state.type)) return [];
  const message = `actors and workflows cannot keep their state in ${state.type}, which has no transactions; write state.redis or state.postgresql`;
  if (state.actor === true) return [{ path: ["dapr", "state", "actor"], message }];
  return runtime.framework === "dapr-agents" ? [{ path: ["dapr", "state", "type"], message }] : [];
}

/** https://docs.dapr.io/reference/components-reference/supported-state-stores/ */
const TRANSACTIONAL: ReadonlySet<string> = new Set(
  "aws.dynamodb azure.cosmosdb cockroachdb etcd in-memory mongodb mysql oracledatabase postgresql ravendb redis rethinkdb sqlite sqlserver"
    .split(" ")
    .map((name) => `state.${name}`),
);
