import { at, isMapping } from "../domain/json.ts";
import type { Json } from "../domain/scalars.ts";
import { counted } from "./markdown.ts";
import { shownValue } from "./shown-value.ts";

/** A line of what a new agent is: what, and its value as Markdown. */
export type ProfileLine = readonly [what: string, value: string];

/** What a reviewer wants to know of a new agent before any YAML: what runs, how much of it, what it may do, who may use it. */
export function profileOf(values: Json | undefined): readonly ProfileLine[] {
  const lines: readonly (readonly [string, string | undefined])[] = [
    ["Image", one(values, "runtime", "image")],
    ["Model", model(values)],
    ["Replicas", replicas(values)],
    ["Memory", amounts(values, "memory")],
    ["CPU", amounts(values, "cpu")],
    ["Tools", names(at(values, "mcpServers"), "MCP server")],
    ["Calls", names(at(values, "peers"), "agent")],
    ["Called by", callers(values)],
    ["Egress", egress(values)],
    ["Secrets", secrets(values)],
    ["State store", one(values, "dapr", "state", "type")],
    ["Broker", one(values, "dapr", "pubsub", "type")],
  ];
  return lines.flatMap(([what, value]): ProfileLine[] => (value === undefined ? [] : [[what, value]]));
}

function one(values: Json | undefined, ...path: readonly string[]): string | undefined {
  const value = at(values, ...path);
  return value === undefined ? undefined : shownValue(value);
}

function model(values: Json | undefined): string | undefined {
  const name = one(values, "model", "name");
  const endpoint = at(values, "model", "endpoint") ?? at(values, "model", "provider");
  return name === undefined || endpoint === undefined ? name : `${name} at ${shownValue(endpoint)}`;
}

function replicas(values: Json | undefined): string | undefined {
  const scaling = at(values, "scaling");
  const [fixed, min, max] = ["replicas", "min", "max"].map((key) => at(scaling, key));
  if (max === undefined) return fixed === undefined ? undefined : shownValue(fixed);
  const by = at(scaling, "keda") !== undefined ? "KEDA" : "its HPA";
  return `${shownValue(min)} to ${shownValue(max)}, by ${by}`;
}

function amounts(values: Json | undefined, resource: string): string | undefined {
  const asked = at(values, "runtime", "resources", "requests", resource);
  const most = at(values, "runtime", "resources", "limits", resource);
  if (most === undefined) return asked === undefined ? undefined : `${shownValue(asked)}, no limit`;
  return asked === undefined ? `at most ${shownValue(most)}` : `${shownValue(asked)}, at most ${shownValue(most)}`;
}

function callers(values: Json | undefined): string {
  const list = entries(at(values, "access", "callers"));
  if (list.length === 0) return "nobody";
  return several(
    list.map((caller) => `${text(caller, "namespace")}/${text(caller, "appId")}`),
    "app",
  );
}

function egress(values: Json | undefined): string | undefined {
  const list = entries(at(values, "networking", "egress"));
  return list.length === 0
    ? undefined
    : list.slice(0, 6).map(shownValue).join("<br>") + (list.length > 6 ? `<br>and ${list.length - 6} more` : "");
}

/** Names of Secrets that the agent is given: of its environment, its model, its components. */
function secrets(values: Json | undefined): string | undefined {
  const env = entries(at(values, "runtime", "env")).map((variable) => at(variable, "valueFrom", "secretKeyRef"));
  const others = [
    at(values, "model", "apiKeySecretRef"),
    at(values, "dapr", "state", "secret"),
    at(values, "dapr", "pubsub", "secret"),
  ];
  const found = [...env, ...others].map((secret) => text(secret, "name")).filter((name) => name !== "");
  return found.length === 0 ? undefined : several([...new Set(found)].sort(), "Secret");
}

function names(list: Json | undefined, noun: string): string | undefined {
  const found = entries(list).map((entry) => text(entry, "name"));
  return found.length === 0 ? undefined : several(found, noun);
}

function several(names: readonly string[], noun: string): string {
  const shown = names.slice(0, 6).map(shownValue).join(", ");
  return names.length > 6 ? `${shown} and ${counted(names.length - 6, `more ${noun}`)}` : shown;
}

function entries(list: Json | undefined): readonly Json[] {
  return Array.isArray(list) ? list.filter((entry) => isMapping(entry)) : [];
}

function text(value: Json | undefined, key: string): string {
  const found = at(value, key);
  return typeof found === "string" ? found : "";
}
