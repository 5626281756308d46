import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const MAIN = resolve(import.meta.dirname, "../src/main.ts");

/** The files of a repository with a number of agents, and everything that they generate: nothing is left to open. By path. */
export async function deployedFleet(agents: number, tenant = "acme"): Promise<Readonly<Record<string, string>>> {
  const specs = Array.from({ length: agents }, (_, index) => [
    `agents/${tenant}/agent-${index}.yaml`,
    specOf(index, tenant),
  ]);
  const files: Readonly<Record<string, string>> = {
    "raos.yaml": `apiVersion: raos.dev/v1alpha1
kind: Config
spec:
  chart: {oci: oci://ghcr.io/acme/charts/agent, version: 0.1.0}
  environments: [{name: production}]
`,
    [`tenants/${tenant}.yaml`]: `apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: ${tenant}}\nspec: {}\n`,
    ...Object.fromEntries(specs),
  };
  const folder = mkdtempSync(join(tmpdir(), "raos-bench-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const argv = [MAIN, "compile", folder, "--output", "json"];
    const generated: unknown = JSON.parse(
      execFileSync(process.execPath, argv, { maxBuffer: 256 * 2 ** 20 }).toString(),
    );
    return {
      ...files,
      ...Object.fromEntries(Object.entries(generated ?? {}).map(([path, text]) => [path, String(text)])),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const specOf = (index: number, tenant: string): string => `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: agent-${index}, namespace: ${tenant}}
spec:
  version: 1.0.0
  description: Sorts mail of kind ${index}
  instructions: {inline: Sort it.}
  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
`;
