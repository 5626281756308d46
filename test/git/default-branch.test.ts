import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openRepository } from "../../src/git/repository.ts";
import { git } from "../adversary/fleet.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "raos-branch-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A repository with a commit on each branch; the last one is checked out. */
function makeRepository(...branches: readonly string[]): string {
  const folder = join(root, "fleet");
  git(root, ["init", "--quiet", `--initial-branch=${branches[0]}`, folder]);
  for (const [index, branch] of branches.entries()) {
    if (index > 0) git(folder, ["checkout", "--quiet", "-b", branch]);
    git(folder, ["commit", "--quiet", "--allow-empty", `--message=${branch}`]);
  }
  return folder;
}

async function headOf(folder: string) {
  const repository = await openRepository(folder, { env: process.env, cache: join(root, "cache") });
  try {
    return await repository.head();
  } finally {
    await repository.close();
  }
}

describe("the default branch of a working folder", () => {
  test.each([
    [["main"], "main"],
    [["main", "feature"], "main"],
    [["master", "feature"], "master"],
    [["trunk"], "trunk"],
    [["trunk", "raos/generated/a"], "trunk"],
    [["master", "main", "feature"], "main"],
  ] as const)("of %j, the last one checked out, it is %s", async (branches, expected) => {
    const folder = makeRepository(...branches);
    if (branches.at(-1)?.startsWith("raos/") === true) git(folder, ["checkout", "--quiet", branches[0]]);
    expect((await headOf(folder)).branch).toBe(expected);
  });

  test("its commit is the branch's, whatever is checked out", async () => {
    const folder = makeRepository("main", "feature");
    expect((await headOf(folder)).sha).toBe(git(folder, ["rev-parse", "main"]));
    expect((await headOf(join(folder, ".git"))).branch).toBe("main");
    git(folder, ["checkout", "--quiet", "--detach"]);
    expect((await headOf(folder)).sha).toBe(git(folder, ["rev-parse", "main"]));
  });

  test("is what the remote that it was cloned from says, also in a linked working folder", async () => {
    makeRepository("main", "production");
    const clone = join(root, "clone");
    git(root, ["clone", "--quiet", join(root, "fleet"), clone]);
    git(clone, ["checkout", "--quiet", "-b", "main", "origin/main"]);
    expect((await headOf(clone)).branch).toBe("production");
    git(clone, ["worktree", "add", "--quiet", join(root, "linked"), "-b", "other"]);
    expect((await headOf(join(root, "linked"))).branch).toBe("production");
  });

  test("is what its configuration says before anything else", async () => {
    const folder = makeRepository("main", "staging");
    git(folder, ["config", "raos.defaultBranch", "staging"]);
    git(folder, ["checkout", "--quiet", "main"]);
    expect((await headOf(folder)).branch).toBe("staging");
  });

  test("is that of init.defaultBranch where the repository's configuration has it", async () => {
    const folder = makeRepository("trunk", "main");
    git(folder, ["config", "init.defaultBranch", "trunk"]);
    expect((await headOf(folder)).branch).toBe("trunk");
  });

  test("is not guessed among branches of other names", async () => {
    await expect(headOf(makeRepository("alpha", "beta"))).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("git config raos.defaultBranch <branch>"),
    });
  });

  test("that is not here is an error which says how to get it", async () => {
    makeRepository("main");
    const clone = join(root, "clone");
    git(root, ["clone", "--quiet", join(root, "fleet"), clone]);
    git(clone, ["branch", "--quiet", "--move", "main", "mine"]);
    await expect(headOf(clone)).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("git branch main origin/main makes it"),
    });
  });

  test("before the first commit is the one that is checked out", async () => {
    const folder = join(root, "new");
    git(root, ["init", "--quiet", "--initial-branch=trunk", folder]);
    expect(await headOf(folder)).toEqual({ branch: "trunk", sha: undefined });
  });

  test("of a bare repository is its HEAD", async () => {
    makeRepository("main", "release");
    const bare = join(root, "bare.git");
    git(root, ["clone", "--quiet", "--bare", join(root, "fleet"), bare]);
    expect((await headOf(bare)).branch).toBe("release");
  });
});
