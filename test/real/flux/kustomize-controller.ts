import { toolPath } from "../../../tools/find.ts";
import type { ApiServer } from "../kubernetes/apiserver.ts";
import { writeKubeconfig } from "../kubernetes/kubeconfig.ts";
import { type Child, startChild, untilReady } from "../process/child.ts";
import { freePorts, temporaryFolder } from "../process/loopback.ts";

/** Flux's kustomize-controller, which applies what Kustomizations in an API server name. */
export async function startKustomizeController(server: ApiServer): Promise<Pick<Child, "log" | "stop">> {
  const folder = await temporaryFolder();
  const [metrics = 0, health = 0] = await freePorts(2);
  const child = startChild(
    toolPath("kustomize-controller"),
    [
      "--enable-leader-election=false",
      `--metrics-addr=127.0.0.1:${metrics}`,
      `--health-addr=127.0.0.1:${health}`,
      "--http-retry=1",
    ],
    { KUBECONFIG: await writeKubeconfig(folder.path, server), RUNTIME_NAMESPACE: "flux-system", TMPDIR: folder.path },
  );
  const stop = () => child.stop().then(folder.remove);
  try {
    const ready = async () => (await fetch(`http://127.0.0.1:${health}/readyz`)).ok;
    await untilReady(child, "kustomize-controller", ready);
  } catch (error) {
    await stop();
    throw error;
  }
  return { log: child.log, stop };
}
