import { cpSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, cacheRoot, moduleFolder } from "./cache.ts";
import { reportedVersion } from "./find.ts";
import { go } from "./go.ts";
import type { GoPin } from "./pins.ts";
import { run } from "./run.ts";

/** Compiles a program into the cache. Throws where it does not compile, or reports another version than its pin's. */
export async function buildGo(pin: GoPin): Promise<void> {
  const draft = mkdtempSync(join(cacheRoot(), ".draft-"));
  try {
    const program = join(draft, pin.name);
    const folder = moduleFolder("go", pin.folder);
    await go(buildArguments(pin, program), { folder, cgo: pin.cgo ?? false });
    if (pin.data !== undefined) await copyData(pin.data, folder, draft);
    const version = pin.probe === undefined ? pin.version : reportedVersion(program, pin.probe);
    if (version !== pin.version) throw new Error(`it was built, but reports version ${version ?? "unknown"}`);
    renameSync(draft, cacheFolder(pin));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** The module's zip is checked against go.sum when it is unpacked. The copies may be written to, unlike the module cache. */
async function copyData({ module, folders }: NonNullable<GoPin["data"]>, from: string, to: string): Promise<void> {
  const unpacked = (await go(["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module], { folder: from })).trim();
  for (const folder of folders) cpSync(join(unpacked, folder), join(to, folder), { recursive: true });
  await run("chmod", ["-R", "u+w", to]);
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
