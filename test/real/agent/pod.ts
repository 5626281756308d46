import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { stringify } from "yaml";
import type { Manifest } from "../../charts/fixture-renders.ts";
import { type RunningSidecar, startSidecar } from "../dapr/running-sidecar.ts";
import type { Sentry } from "../dapr/sentry.ts";
import { type Child, startChild, untilReady } from "../process/child.ts";
import { freePorts, temporaryFolder } from "../process/loopback.ts";

const MAIN = resolve(import.meta.dirname, "../../../src/main.ts");
const NAMESPACE = "shop-agents";

interface PodOptions {
  readonly name: string;
  readonly objects: readonly Manifest[];
  readonly sentry: Sentry;
  /** Values of Secrets by name, then key. */
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Tokens of its ServiceAccount by audience, where a projected volume asks for them. */
  readonly tokens?: Readonly<Record<string, string>>;
}

/** Where the chart mounts tokens; here it is below the pod's folder. */
const TOKENS = "/var/run/secrets/raos.dev/tokens";

/** A stock agent with its sidecar, made of what the chart renders: files, arguments, environment, Dapr's objects. */
export interface Pod {
  readonly url: string;
  readonly sidecar: RunningSidecar;
  agent(): Child;
  /** `kill -9` of the agent alone, as when its container runs out of memory. */
  crash(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startPod({ name, objects, sentry, secrets, tokens = {} }: PodOptions): Promise<Pod> {
  const folder = await temporaryFolder();
  const container = objects.find(({ kind }) => kind === "Deployment")?.spec.template.spec.containers[0];
  const config = objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === name);
  for (const [path, text] of filesOf(objects, config)) {
    await mkdir(dirname(join(folder.path, path)), { recursive: true });
    await writeFile(join(folder.path, path), text.replaceAll(TOKENS, join(folder.path, "raos.dev/tokens")));
  }
  for (const [audience, path] of tokenFilesOf(objects)) {
    await mkdir(join(folder.path, "raos.dev/tokens"), { recursive: true });
    await writeFile(join(folder.path, "raos.dev/tokens", path), tokens[audience] ?? "");
  }
  const [http = 0] = await freePorts(1);
  const port: number = container.ports[0].containerPort;
  const env = { ...environmentOf(container.env, secrets), HOSTNAME: `${name}-0`, DAPR_HTTP_PORT: `${http}` };
  const [command, , file] = container.args;
  const start = () =>
    startChild(process.execPath, [MAIN, command, "--config", join(folder.path, file.replace("/etc/raos/", ""))], env);
  const url = `http://127.0.0.1:${port}`;
  let agent = start();
  const untilUp = () => untilReady(agent, name, async () => (await fetch(`${url}/healthz`)).ok);
  await untilUp();
  const sidecar = await startSidecar({ ...daprOf(name, objects), sentry, secrets, appPort: port, httpPort: http });
  return {
    ...{ url, sidecar, agent: () => agent, crash: () => agent.kill() },
    async restart() {
      agent = start();
      await untilUp();
    },
    async stop() {
      await agent.stop();
      await sidecar.stop();
      await folder.remove();
    },
  };
}

/** What of the chart's objects is a sidecar's: its components and its access control, as they are. */
export function daprOf(name: string, objects: readonly Manifest[]) {
  const dapr = objects.filter(({ apiVersion }) => apiVersion.startsWith("dapr.io/"));
  const configuration = dapr.find(({ kind }) => kind === "Configuration");
  return {
    ...{ appId: name, namespace: NAMESPACE, trustDomain: "public" },
    resources: dapr.filter(({ kind }) => kind !== "Configuration").map((object) => stringify(object)),
    configuration: stringify(configuration),
  };
}

function filesOf(objects: readonly Manifest[], config: Manifest | undefined): readonly (readonly [string, string])[] {
  const { volumes } = objects.find(({ kind }) => kind === "Deployment")?.spec.template.spec ?? {};
  const items: readonly { key: string; path: string }[] = volumes.find(
    ({ name }: { name: string }) => name === "config",
  ).configMap.items;
  return items.map(({ key, path }) => [path, config?.data[key]]);
}

/** Audiences of the tokens that the pod's volumes ask for, and their files. */
function tokenFilesOf(objects: readonly Manifest[]): readonly (readonly [string, string])[] {
  const { volumes } = objects.find(({ kind }) => kind === "Deployment")?.spec.template.spec ?? {};
  const sources: readonly { serviceAccountToken: { audience: string; path: string } }[] =
    volumes.find(({ name }: { name: string }) => name === "tokens")?.projected.sources ?? [];
  return sources.map(({ serviceAccountToken: { audience, path } }) => [audience, path]);
}

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

function environmentOf(variables: readonly Variable[], secrets: PodOptions["secrets"]): Record<string, string> {
  return Object.fromEntries(
    variables.map(({ name, value, valueFrom }) => {
      const { name: secret = "", key = "" } = valueFrom?.secretKeyRef ?? {};
      return [name, value ?? secrets[secret]?.[key] ?? ""];
    }),
  );
}
