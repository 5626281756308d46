import { parseAllDocuments } from "yaml";
import * as z from "zod";
import { type SharedInputs, tenantFile } from "../domain/fleet.ts";
import type { DeployedTenants, SurveySource } from "./source/source.ts";

const Namespace = z.object({ kind: z.literal("Namespace"), metadata: z.object({ name: z.string().max(63) }) });

/**
 * The namespace of each deployed tenant whose file is broken or gone, from its generated objects: its agents still run there.
 */
export async function readLastNamespaces(
  { tenants: known }: SharedInputs,
  deployed: DeployedTenants,
  source: Pick<SurveySource, "file">,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const all = new Set([...deployed.values()].flatMap((tenants) => [...tenants.keys()]));
  for (const tenant of all) {
    if (known.has(tenant)) continue;
    const environment = [...deployed].find(
      ([name, tenants]) => tenants.get(tenant)?.has(tenantFile(name, tenant)) === true,
    )?.[0];
    const bytes = environment === undefined ? undefined : await source.file(tenantFile(environment, tenant));
    const name = bytes === undefined ? undefined : namespaceIn(bytes);
    if (name !== undefined) found.set(tenant, name);
  }
  return found;
}

function namespaceIn(bytes: Uint8Array): string | undefined {
  for (const document of parseAllDocuments(Buffer.from(bytes).toString("utf8"))) {
    const read = Namespace.safeParse(document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 0 }));
    if (read.success) return read.data.metadata.name;
  }
  return undefined;
}
