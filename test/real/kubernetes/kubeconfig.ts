import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ApiServer } from "./apiserver.ts";

/** Writes a kubeconfig with which a program reaches the API server as its administrator. Returns the file's path. */
export async function writeKubeconfig(folder: string, server: ApiServer): Promise<string> {
  const file = join(folder, "kubeconfig.json");
  const certificate = Buffer.from(server.certificate).toString("base64");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server: server.url, "certificate-authority-data": certificate } }],
    users: [{ name: "test", user: { token: server.token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    "current-context": "test",
  };
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}
