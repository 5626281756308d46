import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { appendFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { deflateSync } from "node:zlib";
import { lineProcess } from "./line-process.ts";

const run = promisify(execFile);
export const NO_OID = "0".repeat(40);

export interface GitObject {
  readonly oid: string;
  readonly type: string;
  readonly bytes: Buffer;
}

export interface RefUpdate {
  readonly ref: string;
  /** `NO_OID` deletes. */
  readonly after: string;
  /** What the ref must hold; `NO_OID`: must not exist; undefined: anything. */
  readonly before: string | undefined;
}

/** A bare repository on disk. Everything is real Git: what it writes, `git fsck` and a clone can read. */
export interface GitStore {
  readonly dir: string;
  /** The object a revision names, or undefined. */
  object(revision: string): Promise<GitObject | undefined>;
  resolve(revision: string): Promise<string | undefined>;
  /** All or none; throws with git's words. */
  updateRefs(updates: readonly RefUpdate[]): Promise<void>;
  write(type: "blob" | "tree" | "commit", bytes: Uint8Array): Promise<string>;
  /** Standard output of a git command in this repository; throws where it fails. */
  git(...args: readonly string[]): Promise<string>;
  close(): void;
}

/** Environment of every git child: no configuration of the machine or the user. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: "/nonexistent",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    LC_ALL: "C",
  };
}

/** No fsync, since a test's disk need not outlive it; pushes allowed; nothing in the background. */
const SETTINGS = `[core]
	fsync = none
[http]
	receivepack = true
[gc]
	auto = 0
[receive]
	autogc = false
[uploadpack]
	allowAnySHA1InWant = true
`;

/** Opens the bare repository at `dir`, creating it where it is not there. */
export async function openGitStore(dir: string, defaultBranch: string): Promise<GitStore> {
  const env = gitEnvironment();
  const exists = await stat(join(dir, "HEAD")).then(
    () => true,
    () => false,
  );
  if (!exists) {
    await run("git", ["init", "--quiet", "--bare", `--initial-branch=${defaultBranch}`, dir], { env });
    await appendFile(join(dir, "config"), SETTINGS);
  }
  const reader = lineProcess(["-C", dir, "cat-file", "--batch-command", "-z"], env);
  const refs = lineProcess(["-C", dir, "update-ref", "--stdin", "-z"], env);
  // cat-file answers in lines, so that a revision with a line end in it would be answered in two.
  const isNamable = (revision: string): boolean => !/[\n\0]/.test(revision);
  const object = async (revision: string): Promise<GitObject | undefined> =>
    isNamable(revision) ? reader.ask(`contents ${revision}\0`, (output) => readObject(output)) : undefined;
  return {
    dir,
    object,
    resolve: async (revision) =>
      isNamable(revision) ? reader.ask(`info ${revision}\0`, (output) => readHeader(output)) : undefined,
    updateRefs: async (updates) => {
      const lines = updates.map(({ ref, after, before }) => `update ${ref}\0${after}\0${before ?? ""}\0`);
      await refs.ask(`start\0${lines.join("")}commit\0`, (output) => {
        const at = output.indexOf("commit: ok\n");
        return at < 0 ? undefined : { value: undefined, used: at + "commit: ok\n".length };
      });
    },
    write: async (type, bytes) => writeLoose(dir, type, bytes),
    git: async (...args) => (await run("git", ["-C", dir, ...args], { env, maxBuffer: 1 << 28 })).stdout,
    close: () => {
      reader.close();
      refs.close();
    },
  };
}

function readHeader(output: Buffer): { readonly value: string | undefined; readonly used: number } | undefined {
  const end = output.indexOf(10);
  if (end < 0) return undefined;
  const words = output.toString("utf8", 0, end).split(" ");
  return { value: words.at(-1) === "missing" || words.length !== 3 ? undefined : words[0], used: end + 1 };
}

function readObject(output: Buffer): { readonly value: GitObject | undefined; readonly used: number } | undefined {
  const end = output.indexOf(10);
  if (end < 0) return undefined;
  const [oid = "", type = "", size = ""] = output.toString("utf8", 0, end).split(" ");
  if (!/^\d+$/.test(size)) return { value: undefined, used: end + 1 };
  const stop = end + 1 + Number(size);
  if (output.length < stop + 1) return undefined;
  return { value: { oid, type, bytes: Buffer.from(output.subarray(end + 1, stop)) }, used: stop + 1 };
}

/** Synchronous on purpose: a handful of small files is done before a thread pool would have begun. */
function writeLoose(dir: string, type: string, bytes: Uint8Array): string {
  const whole = Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes]);
  const oid = createHash("sha1").update(whole).digest("hex");
  const folder = join(dir, "objects", oid.slice(0, 2));
  const file = join(folder, oid.slice(2));
  if (existsSync(file)) return oid;
  mkdirSync(folder, { recursive: true });
  const draft = join(folder, `tmp_obj_${process.pid}_${drafts++}`);
  writeFileSync(draft, deflateSync(whole, { level: 1 }), { mode: 0o444 });
  renameSync(draft, file);
  return oid;
}

let drafts = 0;
