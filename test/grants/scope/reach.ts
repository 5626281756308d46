import type { AgentSpec } from "../../../src/domain/agent/agent.ts";

/** What the generated specs name, so that reach can be counted out. */
export const NAMES = {
  hosts: ["a.example.com", "b.example.com"],
  tools: ["get", "close"],
  secrets: ["s1", "s2"],
  keys: ["k1", "k2"],
  topics: ["orders", "refunds"],
  paths: ["/ask", "/admin"],
  pointers: ["/spec/scaling", "/spec/scaling/max", "/spec/model/name"],
} as const;

/**
 * All that an agent of such a spec could do, one text for each deed: counted out from the spec by itself, and not by the code that
 * compares scopes.
 */
export function reachOf(spec: AgentSpec): ReadonlySet<string> {
  return new Set([
    ...deedsOfTools(spec),
    ...deedsOfNetwork(spec),
    ...deedsOfSecrets(spec),
    ...deedsOfDapr(spec),
    ...deedsOfProgram(spec),
    ...deedsOfPeople(spec),
  ]);
}

/** Models that answer, and tools that are called: without being asked for, where nobody has to approve. */
function deedsOfTools({ model, tools = [] }: AgentSpec): readonly string[] {
  const models = [model.name, ...(model.fallbacks ?? [])].map((name) => `ask ${name}`);
  const calls = tools.flatMap((tool) => {
    if ("agent" in tool) return [`ask ${tool.agent.name}`];
    const { streamableHTTP, allow, requireApproval = [] } = tool.mcp;
    return NAMES.tools
      .filter((name) => allow === undefined || allow.includes(name))
      .map((name) => `call ${streamableHTTP?.url} ${name} ${requireApproval.includes(name) ? "approved" : "alone"}`);
  });
  // Who may call alone may also ask first.
  return [...models, ...calls, ...calls.map((call) => call.replace(/alone$/, "approved"))];
}

/** Addresses in blocks: of 10.0.0.0/8 and 10.1.0.0/16, one that only the first holds, and one that both hold. */
function deedsOfNetwork({ networking, tools = [] }: AgentSpec): readonly string[] {
  const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
    "10.0.0.0/8": ["10.0.0.1", "10.1.0.1"],
    "10.1.0.0/16": ["10.1.0.1"],
  };
  const ports = (port: number | undefined) => (port === undefined ? [80, 443] : [port]);
  const blocks = (networking?.egress ?? []).flatMap(({ cidr = "", port }) =>
    (ADDRESSES[cidr] ?? []).flatMap((address) => ports(port).map((one) => `connect to ${address}:${one}`)),
  );
  const servers = tools.flatMap((tool) => ("mcp" in tool ? [`connect to ${tool.mcp.streamableHTTP?.url}`] : []));
  const hosts = (networking?.hosts ?? []).flatMap(({ host, path, ingress }) =>
    NAMES.paths
      .filter((one) => path === undefined || path === one)
      .map((one) => `be called at ${host}${one} by ${ingress?.ingressClassName ?? "the default"}`),
  );
  return [...blocks, ...servers, ...hosts];
}

function deedsOfSecrets({ runtime }: AgentSpec): readonly string[] {
  const single = (runtime.env ?? []).flatMap(({ valueFrom }) =>
    valueFrom !== undefined && "secretKeyRef" in valueFrom
      ? [`read Secret ${valueFrom.secretKeyRef.name} ${valueFrom.secretKeyRef.key}`]
      : [],
  );
  const whole = (runtime.pod?.envFrom ?? []).flatMap(({ secretRef }) =>
    secretRef === undefined ? [] : NAMES.keys.map((key) => `read Secret ${secretRef.name} ${key}`),
  );
  return [...single, ...whole];
}

function deedsOfDapr({ dapr }: AgentSpec): readonly string[] {
  if (!dapr.enabled) return [];
  const { state, pubsub, subscriptions = [] } = dapr;
  const prefix = (state?.metadata?.keyPrefix ?? "own").toString();
  return [
    ...(state === undefined ? [] : [`read state at ${state.host} below ${prefix}`]),
    ...(pubsub === undefined ? [] : NAMES.topics.map((topic) => `publish to ${topic} at ${pubsub.host}`)),
    ...subscriptions.map(({ topic }) => `receive ${topic}`),
  ];
}

/** Programs in its container, disks, and shared files. */
function deedsOfProgram({ runtime }: AgentSpec): readonly string[] {
  const { command, env = [], pod, storage, image } = runtime;
  const claims = new Map((pod?.volumes ?? []).map((volume) => [volume.name, volume.persistentVolumeClaim]));
  return [
    ...(image === undefined ? [] : [`run ${image}`]),
    ...(command === undefined ? [] : [`run ${command.join(" ")}`]),
    ...env.flatMap(({ name, value }) => (value === undefined ? [] : [`set ${name} to ${value}`])),
    ...(pod?.livenessProbe?.exec === undefined ? [] : [`run ${pod.livenessProbe.exec.command.join(" ")}`]),
    ...(pod?.hostNetwork === true ? ["use the node's network"] : []),
    ...(pod?.volumeMounts ?? []).flatMap(({ name, readOnly }) => {
      const claim = claims.get(name);
      if (claim === undefined) return [];
      return [`read ${claim.claimName}`, ...(readOnly === true ? [] : [`write ${claim.claimName}`])];
    }),
    ...[1, 10, 100]
      .filter((gibi) => Number.parseInt(String(storage?.size ?? "0"), 10) >= gibi)
      .map((gibi) => `keep ${gibi}Gi`),
  ];
}

/** Who calls it and approves for it, and what changes of it without a person. */
function deedsOfPeople({ access, supervision }: AgentSpec): readonly string[] {
  const calls = (access?.callers ?? []).flatMap(({ appId, operations, approves }) => [
    ...NAMES.paths
      .filter((path) => operations === undefined || operations.includes(path))
      .map((path) => `let ${appId} call ${path}`),
    ...(approves === true ? [`let ${appId} approve`] : []),
  ]);
  const allowed = supervision.allowedPaths ?? [];
  const changes = NAMES.pointers.filter((one) => allowed.some((path) => one === path || one.startsWith(`${path}/`)));
  return [
    ...calls,
    ...changes.map((pointer) => `be changed at ${pointer}`),
    ...(supervision.autoMerge === "never" ? [] : ["be merged without a person"]),
    ...[1, 2, 3, 4]
      .filter((count) => count <= supervision.maxChangesPerDay)
      .map((count) => `be changed ${count} times a day`),
  ];
}
