import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, cacheRoot } from "./cache.ts";
import { go } from "./go.ts";
import type { CrdModule, CrdsPin } from "./pins.ts";

/** Copies the definitions of every module into the cache. Throws where a module's content is not what the pin says. */
export async function copyCrds(pin: CrdsPin): Promise<void> {
  const draft = mkdtempSync(join(cacheRoot(), ".draft-"));
  try {
    for (const module of pin.modules) copyFrom(await download(module), module, draft);
    renameSync(draft, cacheFolder(pin));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function download({ module, version, sum }: CrdModule): Promise<string> {
  const at = `${module}@${version}`;
  const answer: unknown = JSON.parse(await go(["mod", "download", "-json", at]));
  const { Dir: folder, Sum: seen } = { Dir: "", Sum: "", ...(answer instanceof Object ? answer : {}) };
  if (seen !== sum) throw new Error(`${at} has the hash ${seen}, and its pin says ${sum}`);
  return folder;
}

function copyFrom(unpacked: string, { module, folder, kinds }: CrdModule, target: string): void {
  const found = new Map<string, string>();
  for (const file of readdirSync(join(unpacked, folder)).filter((name) => name.endsWith(".yaml"))) {
    const text = readFileSync(join(unpacked, folder, file), "utf8");
    const kind = /^kind: CustomResourceDefinition$/m.test(text) ? /^ {4}kind: (\w+)$/m.exec(text)?.[1] : undefined;
    if (kind !== undefined) found.set(kind, text);
  }
  const owner = module.split("/").slice(1, 3).join("-");
  for (const kind of kinds) {
    const text = found.get(kind);
    if (text === undefined) throw new Error(`${module} holds no definition of ${kind} in ${folder}`);
    writeFileSync(join(target, `${owner}-${kind}.yaml`), text);
  }
}
