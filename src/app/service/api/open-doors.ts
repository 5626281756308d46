import type { Registry } from "prom-client";
import type { ApiRepositories } from "../../../api/context.ts";
import type { Warn } from "../../../domain/warn.ts";
import { packageVersion } from "../../package-root.ts";
import type { Shell } from "../../shell.ts";
import type { A2ADoors } from "./a2a-doors.ts";
import type { ApiSettings } from "./api-settings.ts";

interface OpenOptions {
  readonly repositories: ApiRepositories;
  readonly registry: Registry;
  readonly warn: Warn;
}

/** The APIs, whose clients are loaded only where somebody may use them; undefined where nobody may. Throws as `createDoors`. */
export async function openDoors(
  shell: Shell,
  settings: ApiSettings | undefined,
  options: OpenOptions,
): Promise<A2ADoors | undefined> {
  if (settings === undefined) return undefined;
  const { createDoors } = await import("./create-doors.ts");
  return createDoors(shell, settings, { ...options, version: packageVersion() });
}
