import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PolicyFile } from "../../pass/load-policies.ts";
import { shipped } from "../package-root.ts";
import { OutsideError } from "../shell.ts";

/** The files of the agent chart that ships with this program. Throws OutsideError where the installation lacks them. */
export async function shippedChart(): Promise<readonly PolicyFile[]> {
  const folder = shipped("charts", "agent");
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return await Promise.all(
      files.sort().map(async (file) => ({
        path: `charts/agent/${file.slice(folder.length + 1).replaceAll("\\", "/")}`,
        bytes: await readFile(file),
      })),
    );
  } catch (error) {
    throw new OutsideError(
      `the chart that ships with raos cannot be read from ${folder}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
