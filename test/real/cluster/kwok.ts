import { dirname, join, resolve } from "node:path";
import { toolPath } from "../../../tools/find.ts";
import type { ApiServer } from "../kubernetes/apiserver.ts";
import { isKubeObject, type KubeObject } from "../kubernetes/kube-client.ts";
import { type Child, startChild, untilReady } from "../process/child.ts";

const SHIPPED = [
  "node/fast/node-initialize",
  "node/heartbeat-with-lease/node-heartbeat-with-lease",
  "pod/fast/pod-ready",
  "pod/fast/pod-complete",
  "pod/fast/pod-delete",
];
const OWN = ["image-cannot-be-pulled", "never-ready"];
const NODE = "node-1";

/**
 * Starts kwok, which plays the kubelet of one node: pods become ready as soon as they are scheduled, but for those that the stages in
 * `stages/` are about. Returns once the node is ready.
 */
export async function startKwok(server: ApiServer, kubeconfig: string, folder: string, port: number): Promise<Child> {
  const program = toolPath("kwok");
  const shipped = SHIPPED.map((name) => join(dirname(program), "kustomize/stage", `${name}.yaml`));
  const own = OWN.map((name) => resolve(import.meta.dirname, "stages", `${name}.yaml`));
  const objections = await server.apply(node);
  if (objections.length > 0) throw new Error(objections.join("\n"));
  const child = startChild(
    program,
    [
      `--kubeconfig=${kubeconfig}`,
      "--manage-all-nodes=true",
      // Else the controller manager takes the node for dead after a minute, and its pods for not ready.
      "--node-lease-duration-seconds=40",
      `--node-port=${port}`,
      `--server-address=127.0.0.1:${port}`,
      ...[...shipped, ...own].map((file) => `--config=${file}`),
    ],
    { HOME: folder },
  );
  await untilReady(child, "kwok", async () => {
    const { body } = await server.client.send("GET", `/api/v1/nodes/${NODE}`);
    return isKubeObject(body) && isReady(body);
  });
  return child;
}

const node: KubeObject = {
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: NODE },
};

/** What is read of a node. */
interface NodeState {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  readonly spec?: { readonly taints?: readonly unknown[] };
}

/** Ready, and with nothing left that keeps pods away. */
function isReady({ status, spec }: KubeObject & NodeState): boolean {
  const ready = status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True");
  return ready === true && (spec?.taints ?? []).length === 0;
}
