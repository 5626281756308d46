import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { parseAddress } from "../../src/git/address.ts";
import { readLastChanges } from "../../src/git/history/last-changes.ts";
import { diffTree } from "../../src/git/objects/tree.ts";
import { openRepository, type Repository } from "../../src/git/repository.ts";
import { openWorkshop, type Workshop } from "../support/git/repository.ts";

const open: { workshop?: Workshop; repositories: Repository[] } = { repositories: [] };
afterEach(async () => {
  for (const repository of open.repositories.splice(0)) await repository.close();
  await open.workshop?.remove();
});

async function workshopOf(kind: "bare" | "working", ...args: readonly string[]): Promise<Workshop> {
  open.workshop = await openWorkshop(kind, ...args);
  return open.workshop;
}

async function repositoryAt(
  where: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Repository> {
  const repository = await openRepository(where, { env, cache: join(open.workshop?.root ?? "", "cache") });
  open.repositories.push(repository);
  return repository;
}

describe("addresses", () => {
  test.each([
    ["ext::sh -c 'touch owned'", "remote helpers"],
    ["EXT::sh", "remote helpers"],
    ["fd::17", "remote helpers"],
    ["-x", 'does not start with "-"'],
    ["--upload-pack=touch owned", 'does not start with "-"'],
    ["git@github.com:acme/fleet.git", "SSH"],
    ["ssh://git@github.com/acme/fleet", "not accepted"],
    ["git://github.com/acme/fleet", "not accepted"],
    ["ftp://x/y", "not accepted"],
    ["http://github.com/acme/fleet", "https://"],
    ["http://127.0.0.1.evil.example/x", "https://"],
    ["https://user:secret@github.com/acme/fleet", "credential"],
    ["https://token@github.com/acme/fleet", "credential"],
    ["https://github.com/acme/fleet?x=1", "query"],
    ["https://", "cannot be read"],
    ["", "a folder"],
    ["a\0b", "a folder"],
  ])("%j is refused", (where, why) => {
    expect(() => parseAddress(where)).toThrow(why);
    expect(() => parseAddress(where)).not.toThrow("secret");
  });

  test.each([
    ["https://github.com/acme/fleet.git", "remote"],
    ["http://127.0.0.1:3000/acme/fleet", "remote"],
    ["http://[::1]:3000/x", "remote"],
    ["http://localhost/x", "remote"],
    [".", "folder"],
    ["./-x", "folder"],
    ["/srv/git/fleet.git", "folder"],
    ["file:///srv/git/fleet.git", "folder"],
    ["C:\\fleet", "folder"],
  ])("%j is taken", (where, kind) => {
    expect(parseAddress(where).kind).toBe(kind);
  });
});

describe("opening", () => {
  test("an empty repository has a branch and no commit", async () => {
    const { dir } = await workshopOf("bare");
    expect(await (await repositoryAt(dir)).head()).toEqual({ branch: "main", sha: undefined });
  });

  test("the default branch is read again each time: renamed, forced back", async () => {
    const workshop = await workshopOf("bare");
    const first = await workshop.commit("main", { a: "1" });
    const repository = await repositoryAt(workshop.dir);
    expect(await repository.head()).toEqual({ branch: "main", sha: first });
    const second = await workshop.commit("main", { a: "2" });
    expect((await repository.head()).sha).toBe(second);
    await workshop.git("branch", "-f", "main", first).catch(() => workshop.git("update-ref", "refs/heads/main", first));
    expect((await repository.head()).sha).toBe(first);
    await workshop.git("branch", "-m", "main", "feature/trunk");
    expect(await repository.head()).toEqual({ branch: "feature/trunk", sha: first });
  });

  test("a HEAD on no branch is an error in a bare repository", async () => {
    const workshop = await workshopOf("bare");
    const sha = await workshop.commit("main", { a: "1" });
    await workshop.git("update-ref", "--no-deref", "HEAD", sha);
    await expect((await repositoryAt(workshop.dir)).head()).rejects.toMatchObject({ code: "refused" });
  });

  test("a repository is opened at its top, never from further down", async () => {
    const workshop = await workshopOf("working");
    await workshop.commit("main", { "sub/a": "1" });
    await workshop.git("reset", "--quiet", "--hard");
    expect((await repositoryAt(workshop.dir)).place.workTree).toBe(workshop.dir);
    expect((await repositoryAt(join(workshop.dir, ".git"))).place.workTree).toBeUndefined();
    await expect(repositoryAt(join(workshop.dir, "sub"))).rejects.toMatchObject({ code: "not-a-repository" });
    await expect(repositoryAt(workshop.root)).rejects.toMatchObject({ code: "not-a-repository" });
    await expect(repositoryAt(join(workshop.dir, "nope"))).rejects.toMatchObject({ code: "not-found" });
    await expect(repositoryAt(join(workshop.dir, "sub", "a"))).rejects.toMatchObject({ name: "GitError" });
  });

  test("SHA-256 is an error, and not misread", async () => {
    const { dir } = await workshopOf("bare", "--object-format=sha256");
    await expect(repositoryAt(dir)).rejects.toThrow("SHA256");
  });

  test("the environment of the process leads nowhere else", async () => {
    const workshop = await workshopOf("bare");
    const sha = await workshop.commit("main", { a: "1" });
    const env = {
      PATH: process.env.PATH,
      GIT_DIR: "/nowhere",
      GIT_OBJECT_DIRECTORY: "/nowhere",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "core.bare",
      GIT_CONFIG_VALUE_0: "nonsense",
      GIT_TRACE: join(workshop.root, "trace"),
    };
    expect((await (await repositoryAt(workshop.dir, env)).head()).sha).toBe(sha);
  });

  test("without Git the sentence says so", async () => {
    const { dir } = await workshopOf("bare");
    await expect(repositoryAt(dir, { PATH: "/nowhere" })).rejects.toMatchObject({ code: "unavailable" });
    await expect(repositoryAt(dir, { PATH: "/nowhere" })).rejects.toThrow("needs Git");
  });

  test("hooks of the repository do not run", async () => {
    const workshop = await workshopOf("bare");
    const sha = await workshop.commit("main", { a: "1" });
    const hooks = join(workshop.dir, "hooks");
    await mkdir(hooks, { recursive: true });
    await writeFile(join(hooks, "reference-transaction"), "#!/bin/sh\nexit 1\n");
    await chmod(join(hooks, "reference-transaction"), 0o755);
    const repository = await repositoryAt(workshop.dir);
    await repository.updateRefs([{ ref: "refs/heads/x", old: undefined, new: sha }]);
    expect(await repository.readRef("refs/heads/x")).toBe(sha);
  });

  test("a shallow clone returns what it has, and says that the rest is unknown", async () => {
    const workshop = await workshopOf("bare");
    const first = await workshop.commit("main", { a: "1" });
    const second = await workshop.commit("main", { b: "1" });
    const shallow = join(workshop.root, "shallow");
    await workshop.git("clone", "--quiet", "--bare", "--depth=1", `file://${workshop.dir}`, shallow);
    const repository = await repositoryAt(shallow);
    expect((await repository.head()).sha).toBe(second);
    expect(await diffTree(repository.place, first, second)).toBeUndefined();
    const { isAfter } = await readLastChanges(repository.place, second, ["a", "b"]);
    expect(isAfter(["b"], ["a"])).toBe(false);
    await expect(repository.fetch(first)).rejects.toMatchObject({ code: "not-found" });
  });

  test("nothing keeps a process from ending, and a closed repository opens its reader again", async () => {
    const workshop = await workshopOf("bare");
    const sha = await workshop.commit("main", { a: "1" });
    const repository = await repositoryAt(workshop.dir);
    expect(await repository.readRef("refs/heads/main")).toBe(sha);
    await repository.close();
    expect(await repository.readRef("refs/heads/main")).toBe(sha);
  });
});
