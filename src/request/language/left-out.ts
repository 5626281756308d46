import { isDeepStrictEqual } from "node:util";
import { isMap } from "../../spec/values.ts";

/**
 * Fields of a spec that words cannot set, each with the reason; `*` stands for an item of a list or a value of a mapping. The schema
 * that a model gets leaves them out, and a change that touches one is refused, whatever the model answers.
 */
export const LEFT_OUT: ReadonlyMap<string, string> = new Map([
  ["/template", "the template is chosen by its name, with its parameters beside it"],
  ["/runtime/command", "what a container runs is the image's, or a person's, decision"],
  ["/runtime/args", "what a container runs is the image's, or a person's, decision"],
  ["/runtime/pod", "volumes, sidecars and privileges of pods are written by people"],
  ["/runtime/serviceAccount", "roles in the cluster are given by people"],
  ["/runtime/externalSecrets", "which secrets are read from outside is decided by people"],
  ["/tools/*/mcp/stdio", "it starts any program beside the agent"],
  ["/tools/*/mcp/streamableHTTP/headers/*/serviceAccountToken", "a person decides who gets a token of its identity"],
  ["/tools/*/mcp/sse/headers/*/serviceAccountToken", "a person decides who gets a token of its identity"],
  ["/dapr/components", "components of any type reach any system"],
  ["/access", "who may call an agent is the consent of a person"],
  ["/networking", "what the network lets through, and public addresses, are written by people"],
  ["/supervision/allowedPaths", "what RAOS may change by itself is decided by people"],
  ["/supervision/autoMerge", "what merges by itself is decided by people"],
  ["/supervision/maxChangesPerDay", "how often RAOS changes it by itself is decided by people"],
  ["/supervision/createAgents", "which agents it may ask for is decided by people"],
  ["/supervision/improves", "which agents it may change is decided by people"],
]);

/** Whether a field, by its path with `*` for items, is left out itself or lies below one that is. */
export function isLeftOut(path: readonly string[]): boolean {
  return path.some((_, index) => LEFT_OUT.has(`/${path.slice(0, index + 1).join("/")}`));
}

/**
 * The left-out fields that differ between two specs, each once, with its reason. `template` is none of them in a file, where
 * its parameters may change; which template an agent is made from may not.
 */
export function changedLeftOut(before: unknown, after: unknown): readonly string[] {
  return [...LEFT_OUT].flatMap(([field, reason]) => {
    const path = field === "/template" ? ["template", "ref"] : field.slice(1).split("/");
    const same = isDeepStrictEqual(valuesAt(before, path), valuesAt(after, path));
    return same ? [] : [`/spec/${path.join("/")} cannot be set by words: ${reason}`];
  });
}

/** What a path with `*` leads to, in order; what is not there is left out. */
function valuesAt(value: unknown, [step, ...rest]: readonly string[]): readonly unknown[] {
  if (step === undefined) return value === undefined || value === null ? [] : [value];
  if (step === "*") return Array.isArray(value) ? value.flatMap((item) => valuesAt(item, rest)) : [];
  return isMap(value) && Object.hasOwn(value, step) ? valuesAt(value[step], rest) : [];
}
