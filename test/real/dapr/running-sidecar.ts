import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toolPath } from "../../../tools/find.ts";
import { type Child, startChild, untilReady } from "../process/child.ts";
import { freePorts, temporaryFolder } from "../process/loopback.ts";
import { type SecretValues, writeResources, writeSecrets } from "./resource-files.ts";
import type { Sentry } from "./sentry.ts";

interface RunningSidecarOptions {
  readonly appId: string;
  readonly namespace: string;
  readonly trustDomain: string;
  readonly sentry: Sentry;
  /** Where the application listens; left out: nobody calls it. */
  readonly appPort?: number;
  /** The port for the application's calls; left out: any. */
  readonly httpPort?: number;
  /** Objects to load, as YAML. */
  readonly resources: readonly string[];
  readonly configuration?: string;
  readonly secrets?: SecretValues;
}

/** A sidecar that stays. */
export interface RunningSidecar {
  readonly child: Child;
  /** `http://127.0.0.1:PORT`, for the application. */
  readonly url: string;
  readonly metricsUrl: string;
  stop(): Promise<void>;
}

/** Starts daprd beside an application, with certificates of sentry, so that access control knows its callers. Waits until it is up. */
export async function startSidecar(options: RunningSidecarOptions): Promise<RunningSidecar> {
  const { appId, namespace, sentry, trustDomain, appPort, configuration, resources, secrets = {} } = options;
  const folder = await temporaryFolder();
  const [free = 0, grpc = 0, internal = 0, metrics = 0] = await freePorts(4);
  const http = options.httpPort ?? free;
  const resourcesFolder = join(folder.path, "resources");
  await mkdir(resourcesFolder);
  await writeResources(resourcesFolder, resources);
  await writeSecrets(folder.path, resourcesFolder, secrets);
  const configurationFile = join(folder.path, "configuration.yaml");
  if (configuration !== undefined) await writeFile(configurationFile, configuration);
  const child = startChild(
    toolPath("daprd"),
    [
      ...["--app-id", appId, "--mode", "standalone", "--resources-path", resourcesFolder, "--log-as-json"],
      ...(configuration === undefined ? [] : ["--config", configurationFile]),
      ...(appPort === undefined ? [] : ["--app-port", `${appPort}`, "--app-channel-address", "127.0.0.1"]),
      ...["--enable-mtls", "--sentry-address", sentry.host, "--control-plane-trust-domain", trustDomain],
      ...["--dapr-http-port", `${http}`, "--dapr-grpc-port", `${grpc}`, "--dapr-internal-grpc-port", `${internal}`],
      ...["--metrics-port", `${metrics}`, "--dapr-listen-addresses", "127.0.0.1"],
      ...["--metrics-listen-address", "127.0.0.1", "--dapr-graceful-shutdown-seconds", "1"],
    ],
    { NAMESPACE: namespace, DAPR_TRUST_ANCHORS: sentry.anchors, DAPR_CONTROLPLANE_TRUST_DOMAIN: trustDomain },
  );
  await untilReady(child, `daprd of ${appId}`, async () => child.log().includes("dapr initialized. Status: Running"));
  return {
    child,
    url: `http://127.0.0.1:${http}`,
    metricsUrl: `http://127.0.0.1:${metrics}/metrics`,
    async stop() {
      await child.stop();
      await folder.remove();
    },
  };
}
