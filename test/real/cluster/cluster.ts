import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { toolPath } from "../../../tools/find.ts";
import { type ApiServer, apiServerTools, startApiServer } from "../kubernetes/apiserver.ts";
import { writeKubeconfig } from "../kubernetes/kubeconfig.ts";
import { type Child, startChild, untilReady } from "../process/child.ts";
import { freePorts, temporaryFolder } from "../process/loopback.ts";
import { startKwok } from "./kwok.ts";

/** What a cluster is made of; `describeReal(clusterTools, …)`. */
export const clusterTools = [...apiServerTools, "kube-controller-manager", "kube-scheduler", "kwok"] as const;

/** A Kubernetes without containers: real controllers and a real scheduler, and a node on which pods become ready at once. */
export interface Cluster extends ApiServer {
  /** The path of a kubeconfig of the administrator. */
  readonly kubeconfig: string;
  /** The end of what each of its programs has printed. */
  log(): string;
}

/** Starts a cluster on loopback: API server, controller manager, scheduler, and kwok for the kubelet. Takes some seconds. */
export async function startCluster(): Promise<Cluster> {
  const folder = await temporaryFolder();
  const server = await startApiServer();
  const children: Child[] = [];
  const stop = async () => {
    await Promise.all(children.map((child) => child.stop()));
    await server.stop();
    await folder.remove();
  };
  try {
    const kubeconfig = await writeKubeconfig(folder.path, server);
    const [manager = 0, scheduler = 0, kwok = 0] = await freePorts(3);
    children.push(await startPart("kube-controller-manager", folder.path, kubeconfig, manager));
    children.push(await startPart("kube-scheduler", folder.path, kubeconfig, scheduler));
    children.push(await startKwok(server, kubeconfig, folder.path, kwok));
    const log = () => children.map((child) => child.log().slice(-2000)).join("\n\n");
    return { ...server, kubeconfig, log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startPart(
  name: "kube-controller-manager" | "kube-scheduler",
  folder: string,
  kubeconfig: string,
  port: number,
): Promise<Child> {
  const certificates = join(folder, name);
  await mkdir(certificates);
  const child = startChild(toolPath(name), [
    `--kubeconfig=${kubeconfig}`,
    "--leader-elect=false",
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    `--cert-dir=${certificates}`,
  ]);
  await untilReady(child, name, async () => child.log().includes("Serving securely"));
  return child;
}
