import { execFile } from "node:child_process";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A person at a repository on disk, with Git and nothing else. */
export interface Workshop {
  /** The folder of everything, removed by `remove`. */
  readonly root: string;
  /** The bare repository, or the working folder. */
  readonly dir: string;
  /** Standard output of a Git command in the repository, trimmed; throws where it fails. */
  git(...args: readonly string[]): Promise<string>;
  /** The same with something on standard input. */
  gitWith(input: string | Uint8Array, ...args: readonly string[]): Promise<string>;
  /** A commit by this person on a branch, which is made where it is not there. Touches no working file. */
  commit(branch: string, files: Readonly<Record<string, string | undefined>>): Promise<string>;
  remove(): Promise<void>;
}

export const PERSON = { name: "Robin Doe", email: "robin@example.org" };

/** Environment of a person's Git: their name, and nothing of the machine's configuration. */
export const PERSON_ENV: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? "",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: PERSON.name,
  GIT_AUTHOR_EMAIL: PERSON.email,
  GIT_COMMITTER_NAME: PERSON.name,
  GIT_COMMITTER_EMAIL: PERSON.email,
  LC_ALL: "C",
};

/** A new repository whose default branch is `main`. */
export async function openWorkshop(kind: "bare" | "working", ...initArguments: readonly string[]): Promise<Workshop> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "raos-git-")));
  const dir = join(root, "repository");
  const bare = kind === "bare" ? ["--bare"] : [];
  await run("git", ["init", "--quiet", "--initial-branch=main", ...bare, ...initArguments, dir], { env: PERSON_ENV });
  return workshopAt(root, dir);
}

function workshopAt(root: string, dir: string): Workshop {
  const gitWith = async (input: string | Uint8Array, ...args: readonly string[]) => {
    const child = run("git", ["-C", dir, ...args], { env: PERSON_ENV, maxBuffer: 1 << 28 });
    // A command that reads no input may have ended before it is closed.
    child.child.stdin?.on("error", () => {}).end(input);
    return (await child).stdout.trim();
  };
  const git = (...args: readonly string[]) => gitWith("", ...args);
  return {
    root,
    dir,
    git,
    gitWith,
    async commit(branch, files) {
      const ref = `refs/heads/${branch}`;
      const parent = await git("rev-parse", "--verify", "--quiet", ref).catch(() => "");
      const lines = [`commit ${ref}\ncommitter ${PERSON.name} <${PERSON.email}> 1700000000 +0000\ndata 7\nby hand\n`];
      if (parent !== "") lines.push(`from ${parent}\n`);
      for (const [path, text] of Object.entries(files)) {
        const name = `"${path.replace(/["\\]/g, (char) => `\\${char}`).replaceAll("\n", "\\n")}"`;
        if (text === undefined) lines.push(`D ${name}\n`);
        else lines.push(`M 100644 inline ${name}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
      }
      await gitWith(lines.join(""), "fast-import", "--quiet", "--force", "--date-format=raw");
      return git("rev-parse", ref);
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
