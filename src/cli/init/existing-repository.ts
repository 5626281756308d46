import { existsSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../../app/shell.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import type { ProcessEnvironment } from "../../git/git-place.ts";
import { workingSnapshot } from "../../git/objects/working-snapshot.ts";
import { readConfig } from "../../spec/read/read-shared.ts";

/** What a folder says already, of what `raos init` would write. */
export interface ExistingRepository {
  readonly config: Config;
  readonly hasTenants: boolean;
}

/**
 * The raos.yaml of a folder, and whether it has tenants; undefined where there is no raos.yaml yet. Throws UsageError where it has
 * Problems: what was written for the defaults in its place would be wrong.
 */
export async function existingRepository(
  root: string,
  env: ProcessEnvironment,
): Promise<ExistingRepository | undefined> {
  if (!existsSync(join(root, "raos.yaml"))) return undefined;
  const snapshot = await workingSnapshot(root, env, (path) => path === "raos.yaml");
  const { value: config, problems } = readConfig(snapshot);
  const [first] = problems;
  if (first !== undefined)
    throw new UsageError(
      `raos.yaml:${first.line}:${first.column}: ${first.message}; correct it, then run raos init again`,
    );
  return { config, hasTenants: [...snapshot.list("tenants")].length > 0 };
}
