import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toolPath } from "../../tools/find.ts";
import { startChild, untilReady } from "./child.ts";
import { freePorts, temporaryFolder } from "./loopback.ts";

interface SidecarOptions {
  readonly appId: string;
  /** The objects to load, each a YAML text of one or more documents: Component, Subscription, Resiliency, … */
  readonly resources: readonly string[];
  /** A Configuration, as YAML. */
  readonly configuration?: string;
}

/** What a Dapr sidecar made of what it was given. */
export type Sidecar =
  | {
      readonly kind: "loaded";
      /** `name (type/version)` of every component, as its log says it. */
      readonly components: readonly string[];
      /** What its log warns of or calls an error. */
      readonly complaints: readonly string[];
    }
  | { readonly kind: "refused"; readonly complaints: readonly string[] };

/**
 * Starts daprd in standalone mode, waits until it is up or has given up, and ends it. References to secrets resolve
 * where the resources hold a secret store that knows them. Throws where daprd says nothing for a minute.
 */
export async function loadIntoDaprd({ appId, resources, configuration }: SidecarOptions): Promise<Sidecar> {
  const folder = await temporaryFolder();
  const [http = 0, grpc = 0, internal = 0, metrics = 0] = await freePorts(4);
  const resourcesFolder = join(folder.path, "resources");
  const configurationFile = join(folder.path, "configuration.yaml");
  await mkdir(resourcesFolder);
  await Promise.all(resources.map((text, at) => writeFile(join(resourcesFolder, `${at}.yaml`), text)));
  if (configuration !== undefined) await writeFile(configurationFile, configuration);
  const sidecar = startChild(
    toolPath("daprd"),
    [
      ["--app-id", appId],
      ["--mode", "standalone"],
      ["--resources-path", resourcesFolder],
      ...(configuration === undefined ? [] : [["--config", configurationFile]]),
      ["--dapr-http-port", `${http}`],
      ["--dapr-grpc-port", `${grpc}`],
      ["--dapr-internal-grpc-port", `${internal}`],
      ["--metrics-port", `${metrics}`],
      ["--dapr-listen-addresses", "127.0.0.1"],
      ["--log-as-json"],
    ].flat(),
  );
  try {
    await untilReady(sidecar, "daprd", async () => {
      if (!sidecar.runs()) return true;
      return (await fetch(`http://127.0.0.1:${http}/v1.0/healthz/outbound`)).ok;
    });
    const up = sidecar.runs();
    const lines = sidecar.log().split("\n").flatMap(logLine);
    const complaints = lines.filter(({ level }) => level !== "info" && level !== "debug").map(({ msg }) => msg);
    if (!up) return { kind: "refused", complaints };
    const components = lines.flatMap(({ msg }) => /^Component loaded: (.*)$/.exec(msg)?.[1] ?? []);
    return { kind: "loaded", components, complaints };
  } finally {
    await sidecar.stop();
    await folder.remove();
  }
}

interface LogLine {
  readonly level: string;
  readonly msg: string;
}

function logLine(text: string): readonly LogLine[] {
  if (!text.startsWith("{")) return text === "" ? [] : [{ level: "fatal", msg: text }];
  const { level, msg }: Partial<LogLine> = JSON.parse(text);
  return [{ level: level ?? "", msg: msg ?? "" }];
}
