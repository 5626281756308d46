import { at, isMapping } from "../../domain/values/json.ts";
import type { Json } from "../../domain/values/scalars.ts";
import { counted } from "../markdown.ts";
import { shownValue } from "./shown-value.ts";

/** A line of a new agent's profile: what it is about, and its value as Markdown. */
export type ProfileLine = readonly [what: string, value: string];

/** What a reviewer wants to know of a new agent before reading any YAML: what runs, its size, what it may do, who may call it. */
export function agentProfile(values: Json | undefined): readonly ProfileLine[] {
  const lines: readonly (readonly [string, string | undefined])[] = [
    ["Image", valueText(values, "runtime", "image")],
    ["Model", model(values)],
    ["Replicas", replicas(values)],
    ["Runs", valueText(values, "runtime", "job", "schedule")],
    ["Memory", amounts(values, "memory")],
    ["CPU", amounts(values, "cpu")],
    ["Beside it", names(at(values, "runtime", "pod", "initContainers"), "container")],
    ["Volumes", names(at(values, "runtime", "pod", "volumes"), "volume")],
    ["Host access", hostAccess(values)],
    ["In the cluster", clusterAccess(values)],
    ["Tools", names(at(values, "mcpServers"), "MCP server")],
    ["Calls", names(at(values, "peers"), "agent")],
    ["Called by", callers(values)],
    ["Hosts", hosts(values)],
    ["Egress", egress(values)],
    ["Secrets", secrets(values)],
    ["State store", valueText(values, "dapr", "state", "type")],
    ["Components", names(at(values, "dapr", "components"), "component")],
    ["Broker", valueText(values, "dapr", "pubsub", "type")],
  ];
  return lines.flatMap(([what, value]): ProfileLine[] => (value === undefined ? [] : [[what, value]]));
}

function valueText(values: Json | undefined, ...path: readonly string[]): string | undefined {
  const value = at(values, ...path);
  return value === undefined ? undefined : shownValue(value);
}

function model(values: Json | undefined): string | undefined {
  const name = valueText(values, "model", "name");
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

/** Who can reach the agent: through Dapr, from other namespaces, and from outside of the cluster. */
function callers(values: Json | undefined): string {
  const apps = entries(at(values, "access", "callers")).map(
    (caller) => `${text(caller, "namespace")}/${text(caller, "appId")}`,
  );
  const pods = entries(at(values, "networking", "ingress")).map((from) => text(from, "namespace"));
  const names = entries(at(values, "networking", "hosts")).map((entry) => text(entry, "host"));
  const ways = [
    ...(apps.length === 0 ? [] : [listNames(apps, "app")]),
    ...(pods.length === 0 ? [] : [`pods of the namespace ${listNames([...new Set(pods)], "namespace")}`]),
    ...(names.length === 0 ? [] : [`**everybody who can reach** ${listNames([...new Set(names)], "host")}`]),
  ];
  return ways.length === 0 ? "nobody" : ways.join("<br>");
}

function hosts(values: Json | undefined): string | undefined {
  const found = entries(at(values, "networking", "hosts")).map(
    (entry) => `${text(entry, "host")}${text(entry, "path")}`,
  );
  return found.length === 0 ? undefined : listNames(found, "host");
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
    ...entries(at(values, "dapr", "components")).flatMap((each) =>
      Object.values(at(each, "metadata") ?? {}).map((value) => at(value, "secretKeyRef")),
    ),
    ...entries(at(values, "mcpServers")).flatMap((server) =>
      entries(at(server, "headers")).map((header) => at(header, "secretKeyRef")),
    ),
  ];
  const found = [
    ...[...env, ...others].map((secret) => text(secret, "name")),
    ...podSecrets(at(values, "runtime", "pod")),
  ].filter((name) => name !== "");
  return found.length === 0 ? undefined : listNames([...new Set(found)].sort(), "Secret");
}

/** Names of the Secrets that volumes, containers and registries of a pod use, wherever it names them. */
function podSecrets(pod: Json | undefined): readonly string[] {
  if (Array.isArray(pod)) return pod.flatMap(podSecrets);
  if (!isMapping(pod)) return [];
  return Object.entries(pod).flatMap(([key, value]) => {
    if (key === "imagePullSecrets") return entries(value).map((secret) => text(secret, "name"));
    const isSecret =
      key === "secret" || key === "secretRef" || key === "secretKeyRef" || key === "nodePublishSecretRef";
    return isSecret ? [text(value, "secretName") || text(value, "name")] : podSecrets(value);
  });
}

/** What the agent may do in the cluster by its ServiceAccount; undefined where nothing. */
function clusterAccess(values: Json | undefined): string | undefined {
  const account = at(values, "runtime", "serviceAccount");
  const roles = entries(at(account, "roleRefs")).map(
    (role) =>
      `${text(role, "kind")} ${text(role, "name")}${at(role, "clusterWide") === true ? " in every namespace" : ""}`,
  );
  const rules = entries(at(account, "rules")).flatMap((rule) => {
    const resources = at(rule, "resources");
    return Array.isArray(resources) ? resources.map((resource) => `read ${String(resource)}`) : [];
  });
  const identities = Object.entries(at(account, "annotations") ?? {}).map(([key, value]) => `${key}: ${String(value)}`);
  const found = [...roles, ...rules, ...identities];
  if (found.length > 0) return listNames([...new Set(found)], "right");
  return at(account, "automountServiceAccountToken") === true ? "a token without rights" : undefined;
}

/** What of the node the agent or a container beside it may use; undefined where nothing. */
function hostAccess(values: Json | undefined): string | undefined {
  const pod = at(values, "runtime", "pod");
  const found = [
    ...["hostNetwork", "hostPID", "hostIPC"].filter((field) => at(pod, field) === true),
    ...entries(at(pod, "volumes")).flatMap((volume) => text(at(volume, "hostPath"), "path")),
    ...[
      at(pod, "containerSecurityContext"),
      ...entries(at(pod, "initContainers")).map((each) => at(each, "securityContext")),
    ]
      .filter((context) => at(context, "privileged") === true)
      .map(() => "privileged"),
  ].filter((each) => each !== "");
  return found.length === 0 ? undefined : listNames([...new Set(found)], "kind of access");
}

function names(list: Json | undefined, noun: string): string | undefined {
  const found = entries(list).map((entry) => text(entry, "name"));
  return found.length === 0 ? undefined : listNames(found, noun);
}

function listNames(names: readonly string[], noun: string): string {
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
