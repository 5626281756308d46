import { toolPath } from "../../../tools/find.ts";
import type { ToolName } from "../../../tools/pins.ts";
import type { ApiServer } from "../kubernetes/apiserver.ts";
import { writeKubeconfig } from "../kubernetes/kubeconfig.ts";
import { type Child, startChild, untilReady } from "../process/child.ts";
import { freePorts, temporaryFolder } from "../process/loopback.ts";

/** A controller of Flux. */
export type FluxController = Extract<ToolName, `${string}-controller`>;

/** Starts one of Flux's controllers on an API server, for objects in all namespaces; `argsFor` is given a folder of its own. */
export async function startController(
  name: FluxController,
  server: ApiServer,
  argsFor: (folder: string) => readonly string[],
): Promise<Pick<Child, "log" | "stop">> {
  const folder = await temporaryFolder();
  const [metrics = 0, health = 0] = await freePorts(2);
  const child = startChild(
    toolPath(name),
    [
      "--enable-leader-election=false",
      `--metrics-addr=127.0.0.1:${metrics}`,
      `--health-addr=127.0.0.1:${health}`,
      ...argsFor(folder.path),
    ],
    { KUBECONFIG: await writeKubeconfig(folder.path, server), RUNTIME_NAMESPACE: "flux-system", TMPDIR: folder.path },
  );
  const stop = () => child.stop().then(folder.remove);
  try {
    await untilReady(child, name, async () => (await fetch(`http://127.0.0.1:${health}/readyz`)).ok);
  } catch (error) {
    await stop();
    throw error;
  }
  return { log: child.log, stop };
}
