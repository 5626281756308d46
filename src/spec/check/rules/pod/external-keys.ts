import type { AgentSpec } from "../../../../domain/agent/agent.ts";
import { displayValue } from "../../../problems/display-value.ts";
import { didYouMean } from "../../../problems/nearest.ts";
import { isMap } from "../../../values.ts";
import type { SpecFault } from "../spec-fault.ts";

/** References to a Secret that External Secrets makes, by keys that it does not have. */
export function externalKeys(spec: AgentSpec): readonly SpecFault[] {
  const made = new Map(
    (spec.runtime.externalSecrets ?? []).map(({ name, data }) => [name, data.map((one) => one.secretKey)]),
  );
  if (made.size === 0) return [];
  return [...secretRefs(spec, [])].flatMap(({ path, name, key }) => {
    const keys = made.get(name);
    if (key === undefined || keys === undefined || keys.includes(key)) return [];
    const message = `Secret ${name} of runtime.externalSecrets has no key ${displayValue(key)}; ${didYouMean(key, keys, `it has ${keys.join(", ")}`)}`;
    return [{ path: [...path, "key"], message }];
  });
}

/** A place of a spec that names a Secret, and perhaps a key of it. */
export interface SecretRef {
  readonly path: readonly (string | number)[];
  readonly name: string;
  readonly key: string | undefined;
}

const BY_NAME: ReadonlySet<string> = new Set(["secretRef", "nodePublishSecretRef"]);

/** Every reference to a Secret in a value. */
export function* secretRefs(value: unknown, path: readonly (string | number)[]): Generator<SecretRef> {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* secretRefs(item, [...path, index]);
  if (!isMap(value)) return;
  for (const [step, below] of Object.entries(value)) {
    const at = [...path, step];
    if (BY_NAME.has(step) && typeof below === "string") yield { path: at, name: below, key: undefined };
    else if ((step === "secretName" || step === "tlsSecretName") && typeof below === "string")
      yield { path: at, name: below, key: undefined };
    else if (isSecretRef(step, path) && isMap(below) && typeof below.name === "string")
      yield { path: at, name: below.name, key: typeof below.key === "string" ? below.key : undefined };
    yield* secretRefs(below, at);
  }
}

function isSecretRef(step: string, above: readonly (string | number)[]): boolean {
  if (step === "secretKeyRef" || step === "apiKeySecretRef" || BY_NAME.has(step)) return true;
  return step === "secret" && above.includes("projected");
}
