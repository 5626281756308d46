import { copyFileSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, cacheRoot, moduleFolder } from "./cache.ts";
import type { NpmPin, PythonPin } from "./pins.ts";
import { run } from "./run.ts";

/** Makes a virtual environment in the cache. Throws where there is no Python, or a file has another hash than its pin's. */
export function installPython(pin: PythonPin): Promise<void> {
  return inDraft(pin, async (draft) => {
    await run("python3", ["-m", "venv", draft]);
    const requirements = join(moduleFolder("python", pin.folder), "requirements.txt");
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"];
    await run(join(draft, "bin", "python"), [...pip, "--require-hashes", "-r", requirements]);
  });
}

/** Installs packages of npm into the cache, without their scripts. Throws where one has another hash than its pin's. */
export function installNpm(pin: NpmPin): Promise<void> {
  return inDraft(pin, async (draft) => {
    for (const file of ["package.json", "package-lock.json"])
      copyFileSync(join(moduleFolder("npm", pin.folder), file), join(draft, file));
    await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: draft });
  });
}

async function inDraft(pin: NpmPin | PythonPin, fill: (draft: string) => Promise<void>): Promise<void> {
  const draft = mkdtempSync(join(cacheRoot(), ".draft-"));
  try {
    await fill(draft);
    renameSync(draft, cacheFolder(pin));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
