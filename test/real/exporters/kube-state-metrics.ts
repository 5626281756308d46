import { toolPath } from "../../../tools/find.ts";
import type { ApiServer } from "../kubernetes/apiserver.ts";
import { writeKubeconfig } from "../kubernetes/kubeconfig.ts";
import { startChild, untilReady } from "../process/child.ts";
import { freePorts, temporaryFolder } from "../process/loopback.ts";

export interface Exporter {
  /** `host:port`, as Prometheus names a target. */
  readonly target: string;
  stop(): Promise<void>;
}

const RESOURCES = "deployments,horizontalpodautoscalers,namespaces,pods,resourcequotas,statefulsets";

/** kube-state-metrics on a port of loopback, telling of what an API server holds. */
export async function startKubeStateMetrics(server: ApiServer): Promise<Exporter> {
  const folder = await temporaryFolder();
  const [port = 0, telemetry = 0] = await freePorts(2);
  const kubeconfig = await writeKubeconfig(folder.path, server);
  const child = startChild(toolPath("kube-state-metrics"), [
    `--kubeconfig=${kubeconfig}`,
    "--host=127.0.0.1",
    `--port=${port}`,
    "--telemetry-host=127.0.0.1",
    `--telemetry-port=${telemetry}`,
    `--resources=${RESOURCES}`,
  ]);
  const target = `127.0.0.1:${port}`;
  try {
    await untilReady(child, "kube-state-metrics", async () => (await fetch(`http://${target}/healthz`)).ok);
  } catch (error) {
    await child.stop();
    await folder.remove();
    throw error;
  }
  return { target, stop: () => child.stop().then(folder.remove) };
}
