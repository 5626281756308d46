import { packageVersion } from "../../package-root.ts";
import type { Shell } from "../../shell.ts";
import type { A2ADoors } from "./a2a-doors.ts";
import type { ApiSettings } from "./api-settings.ts";
import type { DoorsOptions } from "./create-doors.ts";

/** The APIs, whose clients are loaded only where somebody may use them; undefined where nobody may. Throws as `createDoors`. */
export async function openDoors(
  shell: Shell,
  settings: ApiSettings | undefined,
  options: Omit<DoorsOptions, "version">,
): Promise<A2ADoors | undefined> {
  if (settings === undefined) return undefined;
  const { createDoors } = await import("./create-doors.ts");
  return createDoors(shell, settings, { ...options, version: packageVersion() });
}
