import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { toolPath } from "../../../tools/find.ts";
import { startChild, untilReady } from "../process/child.ts";
import { freePorts, temporaryFolder } from "../process/loopback.ts";

/** Dapr's certificate authority on loopback: without certificates no sidecar knows who calls, and access control refuses all. */
export interface Sentry {
  /** `address:port`, as daprd's `--sentry-address` wants it. */
  readonly host: string;
  /** The certificate that sidecars trust, as PEM: `DAPR_TRUST_ANCHORS`. */
  readonly anchors: string;
  stop(): Promise<void>;
}

/** Starts sentry with a new root certificate of a trust domain, and waits until it signs. */
export async function startSentry(trustDomain: string): Promise<Sentry> {
  const [port = 0, health = 0, metrics = 0] = await freePorts(3);
  const folder = await temporaryFolder();
  const configuration = join(folder.path, "configuration.yaml");
  const spec = { mtls: { enabled: true, workloadCertTTL: "24h", allowedClockSkew: "15m" } };
  await writeFile(
    configuration,
    stringify({ apiVersion: "dapr.io/v1alpha1", kind: "Configuration", metadata: { name: "sentry" }, spec }),
  );
  const server = startChild(toolPath("dapr-sentry"), [
    ...["--mode", "standalone", "--trust-domain", trustDomain, "--issuer-credentials", folder.path],
    ...["--config", configuration, "--port", `${port}`, "--listen-address", "127.0.0.1"],
    ...["--healthz-port", `${health}`, "--healthz-listen-address", "127.0.0.1"],
    ...["--metrics-port", `${metrics}`, "--metrics-listen-address", "127.0.0.1"],
  ]);
  await untilReady(server, "sentry", async () => (await fetch(`http://127.0.0.1:${health}/healthz`)).ok);
  return {
    host: `127.0.0.1:${port}`,
    anchors: await readFile(join(folder.path, "ca.crt"), "utf8"),
    async stop() {
      await server.stop();
      await folder.remove();
    },
  };
}
