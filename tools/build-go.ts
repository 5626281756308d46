import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, cacheRoot, moduleFolder } from "./cache.ts";
import { reportedVersion } from "./find.ts";
import { go } from "./go.ts";
import type { GoPin } from "./pins.ts";

/** Compiles a program into the cache. Throws where it does not compile, or reports another version than its pin's. */
export async function buildGo(pin: GoPin): Promise<void> {
  const draft = mkdtempSync(join(cacheRoot(), ".draft-"));
  try {
    const program = join(draft, pin.name);
    await go(buildArguments(pin, program), moduleFolder("go", pin.folder));
    const version = pin.probe === undefined ? pin.version : reportedVersion(program, pin.probe);
    if (version !== pin.version) throw new Error(`it was built, but reports version ${version ?? "unknown"}`);
    renameSync(draft, cacheFolder(pin));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function buildArguments(pin: GoPin, output: string): readonly string[] {
  const link = pin.stamp === undefined ? "-s -w" : `-s -w -X ${pin.stamp}`;
  return [
    "build",
    "-trimpath",
    "-buildvcs=false",
    "-mod=readonly",
    `-ldflags=${link}`,
    ...(pin.optimised === true ? [] : ["-gcflags=all=-l -dwarf=false"]),
    ...(pin.tags === undefined ? [] : [`-tags=${pin.tags}`]),
    `-o=${output}`,
    pin.package,
  ];
}
