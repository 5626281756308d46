import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PullRequest } from "../../../src/domain/pull-request.ts";
import { createLocalForge, type LocalForge } from "../../../src/forge/local/forge.ts";
import { openRepository, type Repository } from "../../../src/git/repository.ts";
import { BRANCH, change, proposal } from "../../support/forge/proposal.ts";
import { openWorkshop, PERSON, type Workshop } from "../../support/git/repository.ts";

/** A folder in which a person works while pull requests are merged into the branch they have checked out. */

let workshop: Workshop;
let repository: Repository;
let forge: LocalForge;
beforeEach(async () => {
  workshop = await openWorkshop("working");
  await workshop.commit("main", { "raos.yaml": "1\n", "deploy/old.yaml": "old\n", "notes.txt": "notes\n" });
  await workshop.git("reset", "--quiet", "--hard");
  repository = await openRepository(workshop.dir, { env: process.env, cache: join(workshop.root, "cache") });
  forge = createLocalForge(repository, { clock: () => 1_700_000_000_000, person: PERSON });
});
afterEach(async () => {
  await forge.dispose();
  await repository.close();
  await workshop.remove();
});

async function open(
  files = [change("deploy/new.yaml", "new\n"), change("deploy/old.yaml", undefined)],
): Promise<PullRequest> {
  const { name, sha = "" } = await forge.defaultBranch();
  return forge.open(proposal({ files }), { branch: name, sha });
}

const file = (path: string) => readFile(join(workshop.dir, path), "utf8").catch(() => undefined);
const put = (path: string, text: string) => writeFile(join(workshop.dir, path), text);
const status = () => workshop.git("status", "--porcelain");

describe("merging into a branch that is checked out", () => {
  test("brings files and index along", async () => {
    await forge.merge(await open());
    expect(await file("deploy/new.yaml")).toBe("new\n");
    expect(await file("deploy/old.yaml")).toBeUndefined();
    expect(await status()).toBe("");
    expect(await workshop.git("log", "-1", "--format=%an %s")).toBe(
      `${PERSON.name} Merge pull request #1 from ${BRANCH}`,
    );
  });

  test("keeps local changes that are not in the way", async () => {
    await put("notes.txt", "mine\n");
    await put("untracked.txt", "mine\n");
    await put("staged.txt", "mine\n");
    await workshop.git("add", "staged.txt");
    await forge.merge(await open());
    expect(await file("notes.txt")).toBe("mine\n");
    expect(
      (await status())
        .split("\n")
        .map((line) => line.trim())
        .sort(),
    ).toEqual(["?? untracked.txt", "A  staged.txt", "M notes.txt"]);
  });

  test.each([
    ["changed", () => put("deploy/old.yaml", "mine\n"), "deploy/old.yaml"],
    ["staged", () => put("deploy/old.yaml", "mine\n").then(() => workshop.git("add", ".")), "deploy/old.yaml"],
    ["untracked", () => put("deploy/new.yaml", "mine\n"), "deploy/new.yaml"],
  ])("refuses where a %s file would be overwritten, and changes nothing", async (_, spoil, path) => {
    const pull = await open();
    await spoil();
    const [before, head] = [await status(), await workshop.git("rev-parse", "main")];
    const merging = forge.merge(pull);
    await expect(merging).rejects.toMatchObject({ name: "ForgeError", code: "conflict" });
    await expect(merging).rejects.toThrow(path);
    expect(await status()).toBe(before);
    expect(await workshop.git("rev-parse", "main")).toBe(head);
    expect(await file(path)).toBe("mine\n");
    expect(await forge.pull(pull.number)).toMatchObject({ state: "open" });
    await workshop.git("reset", "--quiet", "--hard");
    await rm(join(workshop.dir, "deploy/new.yaml"), { force: true });
    await forge.merge(pull);
    expect(await file("deploy/new.yaml")).toBe("new\n");
  });

  test("touches no folder that has another branch checked out", async () => {
    const pull = await open();
    await workshop.git("checkout", "--quiet", "-b", "elsewhere");
    await forge.merge({ ...pull, base: "elsewhere" });
    expect(await file("deploy/new.yaml")).toBe("new\n");
  });

  test("brings a linked working tree along", async () => {
    const linked = join(workshop.root, "linked tree");
    await workshop.git("checkout", "--quiet", "-b", "elsewhere");
    await workshop.git("worktree", "add", "--quiet", linked, "main");
    await workshop.git("symbolic-ref", "HEAD", "refs/heads/elsewhere");
    const { sha = "" } = await forge.defaultBranch();
    await forge.merge(
      await forge.open(proposal({ files: [change("deploy/new.yaml", "new\n")] }), { branch: "main", sha }),
    );
    expect(await readFile(join(linked, "deploy/new.yaml"), "utf8")).toBe("new\n");
    expect(await workshop.git("-C", linked, "status", "--porcelain")).toBe("");
    expect(await file("deploy/new.yaml")).toBeUndefined();
  });

  test("runs no hook and no file-system monitor of the repository", async () => {
    const owned = join(workshop.root, "owned");
    await workshop.git("config", "core.fsmonitor", `touch ${owned}; false`);
    await mkdir(join(workshop.dir, ".git", "hooks"), { recursive: true });
    for (const hook of ["reference-transaction", "post-merge", "post-checkout", "post-index-change"]) {
      await writeFile(join(workshop.dir, ".git", "hooks", hook), `#!/bin/sh\ntouch '${owned}'\n`, { mode: 0o755 });
    }
    await forge.merge(await open());
    await expect(readFile(owned)).rejects.toThrow("ENOENT");
  });
});

describe("a pull request's branch that is checked out", () => {
  test("is not moved under the person's hands", async () => {
    const pull = await open();
    await workshop.git("checkout", "--quiet", BRANCH);
    const { sha = "" } = pull.state === "open" ? { sha: await workshop.git("rev-parse", "main") } : {};
    const update = forge.update(
      pull,
      proposal({ files: [change("deploy/new.yaml", "newer\n")] }),
      { branch: "main", sha },
      false,
    );
    await expect(update).rejects.toMatchObject({ name: "ForgeError", code: "conflict" });
    expect(await file("deploy/new.yaml")).toBe("new\n");
    expect(await status()).toBe("");
  });

  test("stays when the pull request ends", async () => {
    const pull = await open();
    await workshop.git("checkout", "--quiet", BRANCH);
    await forge.close(pull, "No longer needed.");
    expect(await workshop.git("rev-parse", "HEAD")).toBe(pull.head);
    expect(await forge.pull(pull.number)).toMatchObject({ state: "closed", closedByBot: true });
  });
});
