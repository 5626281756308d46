import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

/** The secret store of the test. */
export const storeName = "secrets-of-the-test";

/** Values of Secrets by name, then key. */
export type SecretValues = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** On Kubernetes a Component that names no secret store reads Secrets; on its own daprd needs to know where they are. */
export async function writeResources(folder: string, resources: readonly string[]): Promise<void> {
  for (const [at, document] of resources.flatMap((text) => parseAllDocuments(text)).entries()) {
    if (document.get("kind") === "Component" && !document.hasIn(["auth", "secretStore"]))
      document.setIn(["auth", "secretStore"], storeName);
    await writeFile(join(folder, `${at}.yaml`), document.toString());
  }
}

/** Writes a secret store of these values, and the Component that names it. */
export async function writeSecrets(folder: string, resources: string, secrets: SecretValues): Promise<void> {
  const file = join(folder, "secrets.json");
  await writeFile(file, JSON.stringify(secrets), { mode: 0o600 });
  const metadata = [
    { name: "secretsFile", value: file },
    { name: "multiValued", value: "true" },
  ];
  const spec = { type: "secretstores.local.file", version: "v1", metadata };
  const store = { apiVersion: "dapr.io/v1alpha1", kind: "Component", metadata: { name: storeName }, spec };
  await writeFile(join(resources, "secrets.yaml"), JSON.stringify(store));
}
