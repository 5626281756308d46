import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
/** The user and group of the image: this machine knows neither, as the image does not. */
const USER = 65_532;

/** The files of the image in a folder, and a way to run them as the image does. */
export interface Image {
  /** The application, which nobody may write to. */
  readonly app: string;
  /**
   * Starts Node with these arguments as another user (where this one is root), with a PATH that holds Git alone: no shell. `folder`
   * is its working folder and its cache's parent.
   */
  start(args: readonly string[], folder: string, env?: Readonly<Record<string, string>>): ChildProcess;
  /** Gives a folder to that user. */
  give(folder: string): void;
  remove(): void;
}

/** Builds the image's files with the script that the Dockerfile runs, and takes every right to write from them. */
export function buildImage(): Image {
  const folder = mkdtempSync(join(tmpdir(), "raos-image-"));
  const [app, bin] = [join(folder, "app"), join(folder, "bin")];
  chmodSync(folder, 0o755);
  mkdirSync(bin);
  symlinkSync(programOnPath("git"), join(bin, "git"));
  // The machine's own may be in a folder that another user may not enter.
  const node = join(folder, "node");
  copyFileSync(process.execPath, node);
  execFileSync(process.execPath, [join(ROOT, "tools", "image-files.ts"), app], { stdio: "pipe" });
  execFileSync("chmod", ["-R", "a+rX,a-w", app]);
  const isRoot = process.getuid?.() === 0;
  const identity = isRoot ? { uid: USER, gid: USER } : {};
  return {
    app,
    start: (args, cwd, env = {}) =>
      spawn(node, [...args], {
        ...identity,
        cwd,
        env: { PATH: bin, HOME: cwd, RAOS_CACHE: join(cwd, "cache"), NODE_ENV: "production", ...env },
        stdio: ["ignore", "pipe", "pipe"],
      }),
    give(path) {
      if (isRoot) execFileSync("chown", ["-R", `${USER}:${USER}`, path]);
    },
    remove() {
      execFileSync("chmod", ["-R", "u+w", app]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function programOnPath(name: string): string {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const found = folders.map((folder) => join(folder, name)).find(isProgram);
  if (found === undefined) throw new Error(`${name} is not on PATH`);
  return found;
}

function isProgram(path: string): boolean {
  try {
    execFileSync(path, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
