import { generateKeyPairSync, randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toolPath } from "../../../tools/find.ts";
import { type Child, startChild, untilReady } from "../process/child.ts";
import { freePorts, temporaryFolder } from "../process/loopback.ts";
import { type Apply, serverSideApply } from "./apply.ts";
import { applyDefinitions } from "./definitions.ts";
import { type KubeClient, kubeClient } from "./kube-client.ts";

/** What an API server is made of; `describeReal(apiServerTools, …)`. */
export const apiServerTools = ["etcd", "kube-apiserver", "crds"] as const;

/** A Kubernetes API without nodes or controllers: it validates and stores objects, and runs nothing. */
export interface ApiServer extends Apply {
  readonly url: string;
  readonly token: string;
  /** The certificate that the server shows, in PEM. */
  readonly certificate: string;
  readonly client: KubeClient;
  stop(): Promise<void>;
}

/** Starts etcd and kube-apiserver on loopback, carrying the definitions of Dapr, Flux, Argo CD, KEDA and Prometheus. */
export async function startApiServer(): Promise<ApiServer> {
  const folder = await temporaryFolder();
  const children: Child[] = [];
  const stop = async () => {
    for (const child of children.toReversed()) await child.stop();
    await folder.remove();
  };
  try {
    const [clients = 0, peers = 0, port = 0] = await freePorts(3);
    children.push(startEtcd(folder.path, clients, peers));
    const token = randomUUID();
    const server = await startKube(folder.path, clients, port, token);
    children.push(server);
    const certificateFile = join(folder.path, "certificates", "apiserver.crt");
    await untilReady(server, "kube-apiserver", async () => (await readFile(certificateFile)).length > 0);
    const certificate = await readFile(certificateFile, "utf8");
    const client = kubeClient(port, token, certificate);
    await untilReady(server, "kube-apiserver", async () => (await client.send("GET", "/readyz")).status === 200);
    const apply = serverSideApply(client);
    await applyDefinitions(client, apply);
    const end = async () => {
      client.close();
      await stop();
    };
    return { ...apply, url: `https://127.0.0.1:${port}`, token, certificate, client, stop: end };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startEtcd(folder: string, clients: number, peers: number): Child {
  const at = (port: number) => `http://127.0.0.1:${port}`;
  return startChild(toolPath("etcd"), [
    `--data-dir=${join(folder, "etcd")}`,
    `--listen-client-urls=${at(clients)}`,
    `--advertise-client-urls=${at(clients)}`,
    `--listen-peer-urls=${at(peers)}`,
    `--initial-advertise-peer-urls=${at(peers)}`,
    `--initial-cluster=default=${at(peers)}`,
    "--unsafe-no-fsync",
    "--log-level=error",
  ]);
}

async function startKube(folder: string, etcd: number, port: number, token: string): Promise<Child> {
  const key = join(folder, "service-accounts.pem");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  await writeFile(key, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  const tokens = join(folder, "tokens.csv");
  await writeFile(tokens, `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  return startChild(toolPath("kube-apiserver"), [
    `--etcd-servers=http://127.0.0.1:${etcd}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${port}`,
    `--cert-dir=${join(folder, "certificates")}`,
    "--service-cluster-ip-range=10.0.0.0/24",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    `--token-auth-file=${tokens}`,
    "--authorization-mode=RBAC",
    "--allow-privileged",
    // No controller makes the service accounts that this plugin would look for before it lets a pod in.
    "--disable-admission-plugins=ServiceAccount",
    "--watch-cache=false",
  ]);
}
