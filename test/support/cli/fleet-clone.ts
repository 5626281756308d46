import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { FIXTURE_FLEET } from "../specs/fixture-fleet.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** A clone of a bare repository that holds a fleet: what a person works in. */
export interface FleetClone {
  /** The bare repository. */
  readonly bare: string;
  /** The person's clone. */
  readonly clone: string;
  git(...args: readonly string[]): string;
  read(path: string): string;
  /** Writes files into the clone; undefined removes one. */
  write(files: Readonly<Record<string, string | undefined>>): void;
  /** Writes files (undefined removes one), commits and pushes them to the default branch. */
  commit(files: Readonly<Record<string, string | undefined>>): void;
  /** The files of a branch of the bare repository. */
  files(ref: string): readonly string[];
}

const SETTINGS = [
  "-c",
  "user.name=Somebody",
  "-c",
  "user.email=somebody@example.com",
  "-c",
  "init.defaultBranch=main",
  "-c",
  "commit.gpgSign=false",
];

/** A new bare repository with the fixture fleet (or with nothing), and a clone of it; removed with the test. */
export function fleetClone(fleet: string | null = FIXTURE_FLEET): FleetClone {
  const root = temporaryFolder();
  const [bare, clone] = [join(root, "fleet.git"), join(root, "clone")];
  const run = (cwd: string, args: readonly string[]) =>
    execFileSync("git", [...SETTINGS, ...args], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  run(root, ["init", "--quiet", "--bare", bare]);
  run(root, ["clone", "--quiet", bare, clone]);
  const git = (...args: readonly string[]) => run(clone, args);
  let isEmpty = fleet === null;
  const commit = (files: Readonly<Record<string, string | undefined>>) => {
    if (!isEmpty) git("pull", "--quiet", "origin", "main");
    write(files);
    push();
    isEmpty = false;
  };
  const write = (files: Readonly<Record<string, string | undefined>>) => {
    for (const [path, text] of Object.entries(files)) {
      if (text === undefined) rmSync(join(clone, path));
      else {
        mkdirSync(dirname(join(clone, path)), { recursive: true });
        writeFileSync(join(clone, path), text);
      }
    }
  };
  const push = () => {
    git("add", "--all");
    git("commit", "--quiet", "--message=A change");
    git("push", "--quiet", "origin", "HEAD:main");
  };
  if (fleet !== null) {
    cpSync(fleet, clone, { recursive: true });
    push();
  }
  return {
    bare,
    clone,
    git,
    commit,
    write,
    read: (path) => readFileSync(join(clone, path), "utf8"),
    files: (ref) => run(bare, ["ls-tree", "-r", "--name-only", ref]).trim().split("\n"),
  };
}
