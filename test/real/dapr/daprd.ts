import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toolPath } from "../../../tools/find.ts";
import { startChild, untilReady } from "../process/child.ts";
import { freePorts, temporaryFolder } from "../process/loopback.ts";
import { startPlacement } from "./placement.ts";
import { type SecretValues, storeName, writeResources, writeSecrets } from "./resource-files.ts";

/** What a sidecar takes, but for what its components connect to; `describeReal([...sidecarTools, …], …)`. */
export const sidecarTools = ["daprd", "dapr-placement"] as const;

interface SidecarOptions {
  readonly appId: string;
  /** The objects to load, each a YAML text of one or more documents: Component, Subscription, Resiliency, … */
  readonly resources: readonly string[];
  /** A Configuration, as YAML. */
  readonly configuration?: string;
  /** The values of Secrets by name, then key: Components that name no secret store of their own find them here. */
  readonly secrets?: SecretValues;
}

/** What a Dapr sidecar made of what it was given. */
export type Sidecar =
  | {
      readonly kind: "loaded";
      /** What its log says it loaded, sorted: `Component name (type/version)`, `Subscription name`, `MCPServer name`, … */
      readonly resources: readonly string[];
    }
  | {
      readonly kind: "refused";
      /** What its log calls an error. */
      readonly reasons: readonly string[];
    };

/**
 * Starts daprd in standalone mode, with a placement service so that actors and what is built on them work, waits until
 * it is up or has given up, and ends it. Throws where it is neither after a minute.
 */
export async function loadIntoDaprd({
  appId,
  resources,
  configuration,
  secrets = {},
}: SidecarOptions): Promise<Sidecar> {
  const placement = await startPlacement();
  const folder = await temporaryFolder();
  const [http = 0, grpc = 0, internal = 0, metrics = 0] = await freePorts(4);
  const resourcesFolder = join(folder.path, "resources");
  const configurationFile = join(folder.path, "configuration.yaml");
  await mkdir(resourcesFolder);
  await writeResources(resourcesFolder, resources);
  await writeSecrets(folder.path, resourcesFolder, secrets);
  if (configuration !== undefined) await writeFile(configurationFile, configuration);
  const sidecar = startChild(
    toolPath("daprd"),
    [
      ["--app-id", appId],
      ["--mode", "standalone"],
      ["--resources-path", resourcesFolder],
      ...(configuration === undefined ? [] : [["--config", configurationFile]]),
      ["--placement-host-address", placement.host],
      ["--dapr-http-port", `${http}`],
      ["--dapr-grpc-port", `${grpc}`],
      ["--dapr-internal-grpc-port", `${internal}`],
      ["--metrics-port", `${metrics}`],
      ["--dapr-listen-addresses", "127.0.0.1"],
      ["--dapr-internal-grpc-listen-address", "127.0.0.1"],
      ["--metrics-listen-address", "127.0.0.1"],
      ["--log-as-json"],
    ].flat(),
  );
  try {
    // Its health endpoints are well before its components are; this line comes after them, and not where one failed.
    const isUp = () => sidecar.log().includes("dapr initialized. Status: Running");
    await untilReady(sidecar, "daprd", async () => isUp() || !sidecar.runs());
    const lines = sidecar.log().split("\n").flatMap(logLine);
    const reasons = lines.filter(isError).map(({ msg }) => msg);
    if (!isUp() || reasons.length > 0) return { kind: "refused", reasons };
    return { kind: "loaded", resources: lines.flatMap(loaded).toSorted() };
  } finally {
    await sidecar.stop();
    await placement.stop();
    await folder.remove();
  }
}

/** How daprd's log names what it has loaded, and the kind that each is. */
const announcements = [
  { kind: "Component", line: /^Component loaded: (.*)$/ },
  { kind: "Subscription", line: /^Found Subscription: (.*)$/ },
  { kind: "MCPServer", line: /^MCPServer loaded: (\S+)/ },
  { kind: "Resiliency", line: /^Loading Resiliency configuration: (.*)$/ },
];

function loaded({ msg }: LogLine): readonly string[] {
  const names = announcements.map(({ kind, line }) => ({ kind, name: line.exec(msg)?.[1] }));
  return names.flatMap(({ kind, name }) =>
    name === undefined || name.startsWith(`${storeName} `) ? [] : [`${kind} ${name}`],
  );
}

interface LogLine {
  readonly level: string;
  readonly msg: string;
}

/** A component of no known type is only warned of before daprd ends, after it has called itself running. */
function isError({ level, msg }: LogLine): boolean {
  return level === "error" || level === "fatal" || msg.includes("daprd will exit");
}

function logLine(text: string): readonly LogLine[] {
  if (!text.startsWith("{")) return text === "" ? [] : [{ level: "fatal", msg: text }];
  const { level, msg }: Partial<LogLine> = JSON.parse(text);
  return [{ level: level ?? "", msg: msg ?? "" }];
}
