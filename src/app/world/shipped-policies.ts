import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PolicyFile } from "../../pass/load-policies.ts";
import { shipped } from "../package-root.ts";
import { OutsideError } from "../shell.ts";

/** The guardrails and remedies that ship with this program. Throws OutsideError where the installation lacks them. */
export async function shippedPolicies(): Promise<readonly PolicyFile[]> {
  const folder = shipped("policies");
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".yaml")).sort();
    return await Promise.all(
      names.map(async (name) => ({ path: `policies/${name}`, bytes: await readFile(join(folder, name)) })),
    );
  } catch (error) {
    throw new OutsideError(
      `the policies that ship with raos cannot be read from ${folder}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
