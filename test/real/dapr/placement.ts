import { toolPath } from "../../../tools/find.ts";
import { startChild, untilReady } from "../process/child.ts";
import { freePorts } from "../process/loopback.ts";

/** Dapr's placement service on loopback: without it a sidecar has no actors, nor what is built on them. */
export interface Placement {
  /** `address:port`, as daprd's `--placement-host-address` wants it. */
  readonly host: string;
  stop(): Promise<void>;
}

/** Starts the placement service, keeping its log in memory, and waits until it leads. */
export async function startPlacement(): Promise<Placement> {
  const [port = 0, raft = 0, health = 0, metrics = 0] = await freePorts(4);
  const server = startChild(toolPath("dapr-placement"), [
    "--id=test",
    `--initial-cluster=test=127.0.0.1:${raft}`,
    "--inmem-store-enabled=true",
    "--listen-address=127.0.0.1",
    `--port=${port}`,
    "--healthz-listen-address=127.0.0.1",
    `--healthz-port=${health}`,
    "--metrics-listen-address=127.0.0.1",
    `--metrics-port=${metrics}`,
  ]);
  await untilReady(server, "placement", async () => (await fetch(`http://127.0.0.1:${health}/healthz`)).ok);
  return { host: `127.0.0.1:${port}`, stop: () => server.stop() };
}
