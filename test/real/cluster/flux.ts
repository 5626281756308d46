import { startController } from "../flux/controller.ts";
import { freePorts } from "../process/loopback.ts";
import { type Cluster, clusterTools, startCluster } from "./cluster.ts";

/** What a cluster with Flux is made of; `describeReal(fluxTools, …)`. */
export const fluxTools = [
  ...clusterTools,
  "source-controller",
  "kustomize-controller",
  "helm-controller",
  "notification-controller",
] as const;

/** Starts a cluster in which all of Flux runs: what a GitRepository has is deployed, and events go to notification-controller. */
export async function startFluxCluster(): Promise<Cluster> {
  const cluster = await startCluster();
  const [storage = 0, events = 0, receiver = 0] = await freePorts(3);
  const told = `--events-addr=http://127.0.0.1:${events}/`;
  const started = await Promise.allSettled([
    startController("notification-controller", cluster, () => [
      `--events-addr=127.0.0.1:${events}`,
      `--receiverAddr=127.0.0.1:${receiver}`,
    ]),
    startController("source-controller", cluster, (folder) => [
      ...[told, `--storage-path=${folder}`],
      ...[`--storage-addr=127.0.0.1:${storage}`, `--storage-adv-addr=127.0.0.1:${storage}`],
    ]),
    startController("kustomize-controller", cluster, () => [told, "--http-retry=1", "--requeue-dependency=1s"]),
    startController("helm-controller", cluster, () => [told, "--requeue-dependency=1s"]),
  ]);
  const controllers = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const stop = async () => {
    await Promise.all(controllers.map((controller) => controller.stop()));
    await cluster.stop();
  };
  const failed = started.find((one) => one.status === "rejected");
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const log = () => [cluster.log(), ...controllers.map((one) => one.log().slice(-4000))].join("\n\n");
  return { ...cluster, log, stop };
}
