import { type ComponentSpec, componentKind, secretFields, withPort } from "../../domain/reach/dapr-components.ts";
import type { Json } from "../../domain/values/scalars.ts";
import { type Section, section, sorted, unless } from "../section.ts";

/**
 * Values of a component: all its metadata except for what the chart derives from the agent's name (consumer group, key prefix).
 * A Secret's keys have the names of the metadata fields that they fill (`redisPassword`, `connectionString`). For a type that is
 * not known here, `connectionString` comes from the Secret.
 */
export function component(spec: ComponentSpec, agent: string): Section {
  const kind = componentKind(spec.type);
  const own = spec.metadata ?? {};
  const secretKeys =
    spec.secretRef === undefined ? [] : secretFields(spec.type).filter((key) => own[key] === undefined);
  const derived: { [key: string]: Json | undefined } = {};
  if (kind !== undefined && !(kind.addressIsSecret && spec.secretRef !== undefined)) {
    Object.assign(derived, kind.address(withPort(spec.host ?? kind.host, kind.port), agent));
  }
  if (spec.type === "pubsub.kafka") derived.authType = spec.secretRef === undefined ? "none" : "password";
  return {
    type: spec.type,
    version: unless("v1", spec.version),
    metadata: sorted(section({ ...derived, ...own }) ?? {}),
    secret:
      spec.secretRef === undefined || secretKeys.length === 0 ? undefined : { name: spec.secretRef, keys: secretKeys },
  };
}
