import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { PolicyFile } from "../pass/load-policies.ts";
import { OutsideError } from "./shell.ts";

/** A file or folder that ships with RAOS, such as `charts/agent`; the same from source and from the published package. */
export function shipped(...parts: readonly string[]): string {
  return join(dirname(dirname(import.meta.dirname)), ...parts);
}

/** The version of the package. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(shipped("package.json"), "utf8")).version;
}

/** The folder of fixtures that ship with RAOS. Throws OutsideError in the image, which has none. */
export function shippedFixtures(): string {
  const folder = shipped("fixtures");
  if (existsSync(folder)) return folder;
  throw new OutsideError("the samples and fixtures are not part of the image; run this from the npm package: npx raos");
}

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
