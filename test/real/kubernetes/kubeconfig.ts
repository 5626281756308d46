import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ApiServer } from "./apiserver.ts";

/** Writes a kubeconfig with which a program reaches the API server as its administrator. Returns the file's path. */
export function writeKubeconfig(folder: string, server: ApiServer): Promise<string> {
  return writeKubeconfigs(folder, { test: server });
}

/** Writes a kubeconfig with a context for each of some API servers, the first of which is the current one. Returns the file's path. */
export async function writeKubeconfigs(folder: string, servers: Readonly<Record<string, ApiServer>>): Promise<string> {
  const file = join(folder, "kubeconfig.json");
  const all = Object.entries(servers);
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: all.map(([name, { url, certificate }]) => {
      const ca = Buffer.from(certificate).toString("base64");
      return { name, cluster: { server: url, "certificate-authority-data": ca } };
    }),
    users: all.map(([name, { token }]) => ({ name, user: { token } })),
    contexts: all.map(([name]) => ({ name, context: { cluster: name, user: name } })),
    "current-context": all[0]?.[0],
  };
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}
