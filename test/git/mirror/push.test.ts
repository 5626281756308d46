import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readPorcelain } from "../../../src/git/mirror/push-mirror.ts";
import { openRepository, type Repository, type RepositoryOptions } from "../../../src/git/repository.ts";
import { type HttpRemote, serveGit } from "../../servers/git-http.ts";
import { openWorkshop, type Workshop } from "../../support/git/repository.ts";

const TOKEN = "ghs_thisIsTheSecretOfThisTest0123456789";
const ZERO = "0".repeat(40);

let workshop: Workshop;
let remote: HttpRemote;
let first: string;
const opened: Repository[] = [];

beforeEach(async () => {
  workshop = await openWorkshop("bare");
  await workshop.git("config", "http.receivepack", "true");
  remote = await serveGit(workshop.root, TOKEN);
  first = await workshop.commit("main", { "a.txt": "1\n" });
});
afterEach(async () => {
  for (const repository of opened.splice(0)) await repository.close();
  await remote.close();
  await workshop.remove();
});

async function mirror(options: Partial<RepositoryOptions> = {}): Promise<Repository> {
  const repository = await openRepository(`${remote.url}/repository`, {
    env: { ...process.env, HOME: "/nowhere" },
    cache: join(workshop.root, "cache"),
    credential: async () => TOKEN,
    ...options,
  });
  opened.push(repository);
  await repository.fetch();
  return repository;
}

const commitOn = async (repository: Repository, parent: string, text: string): Promise<string> => {
  const draft = { parents: [parent], files: [{ path: "a.txt", text }], message: "By the bot\n", at: 0 };
  const [sha = ""] = await repository.writeCommits([draft]);
  return sha;
};

describe("a push to the remote of a mirror", () => {
  test("makes, moves and deletes several branches, each with its own result", async () => {
    const repository = await mirror();
    const [one, two] = [await commitOn(repository, first, "2\n"), await commitOn(repository, first, "3\n")];
    const made = await repository.push([
      { ref: "refs/heads/raos/one", old: undefined, new: one },
      { ref: "refs/heads/raos/two", old: undefined, new: one },
      { ref: "refs/heads/main", old: ZERO.replaceAll("0", "1"), new: one },
    ]);
    expect(made).toEqual([{ kind: "done" }, { kind: "done" }, { kind: "stale" }]);
    expect(await repository.remoteRefs("refs/heads/raos/")).toEqual(
      new Map([
        ["refs/heads/raos/one", one],
        ["refs/heads/raos/two", one],
      ]),
    );
    const changed = await repository.push([
      { ref: "refs/heads/raos/one", old: one, new: two },
      { ref: "refs/heads/raos/two", old: one, new: undefined },
    ]);
    expect(changed).toEqual([{ kind: "done" }, { kind: "done" }]);
    expect(await repository.remoteRefs("refs/heads/")).toEqual(
      new Map([
        ["refs/heads/main", first],
        ["refs/heads/raos/one", two],
      ]),
    );
  });

  test("never moves a branch that somebody else moved or made, also backwards", async () => {
    const repository = await mirror();
    const own = await commitOn(repository, first, "2\n");
    const theirs = await workshop.commit("raos/one", { "mine.txt": "mine\n" });
    for (const old of [undefined, first, own])
      expect(await repository.push([{ ref: "refs/heads/raos/one", old, new: own }])).toEqual([{ kind: "stale" }]);
    expect(await repository.push([{ ref: "refs/heads/raos/one", old: own, new: undefined }])).toEqual([
      { kind: "stale" },
    ]);
    expect(await workshop.git("rev-parse", "refs/heads/raos/one")).toBe(theirs);
  });

  test("says why the remote refused, and for which", async () => {
    const repository = await mirror();
    const own = await commitOn(repository, first, "2\n");
    await workshop.git("update-ref", "refs/heads/raos", first);
    const [blocked, fine] = await repository.push([
      { ref: "refs/heads/raos/one", old: undefined, new: own },
      { ref: "refs/heads/other", old: undefined, new: own },
    ]);
    expect(blocked).toMatchObject({ kind: "refused", words: expect.stringContaining("remote rejected") });
    expect(fine).toEqual({ kind: "done" });
  });

  test("does not let the token be seen: not by arguments, not in an error", async () => {
    const repository = await mirror();
    const own = await commitOn(repository, first, "2\n");
    let seen = "";
    remote.before = async (_, response) => {
      seen += (await promisify(execFile)("ps", ["-eo", "args"])).stdout;
      response.writeHead(401, { "www-authenticate": 'Basic realm="Git"' }).end("no\n");
      return true;
    };
    const pushed = repository.push([{ ref: "refs/heads/x", old: undefined, new: own }]);
    await expect(pushed).rejects.toMatchObject({ name: "GitError", code: "unauthorized" });
    await expect(pushed).rejects.not.toThrow(TOKEN);
    expect(seen).toContain("git push --porcelain");
    expect(seen).not.toContain(TOKEN);
    expect(seen).not.toContain(Buffer.from(`x-access-token:${TOKEN}`).toString("base64"));
  });

  test.each(["refs/heads/a b", "--mirror", "refs/heads/..", ""])(
    "refuses the ref %j before anything is sent",
    async (ref) => {
      const repository = await mirror();
      const before = remote.authorizations.length;
      await expect(repository.push([{ ref, old: undefined, new: first }])).rejects.toMatchObject({ code: "refused" });
      expect(remote.authorizations).toHaveLength(before);
    },
  );

  test("is refused for a repository on disk", async () => {
    const local = await openRepository(workshop.dir, { env: process.env, cache: join(workshop.root, "cache") });
    opened.push(local);
    await expect(local.push([])).rejects.toMatchObject({ code: "refused" });
    expect(await local.remoteRefs("refs/heads/")).toEqual(new Map([["refs/heads/main", first]]));
  });
});

test("what Git prints for machines is read line by line; the rest is left out", () => {
  const text = [
    "To http://127.0.0.1/x",
    "*\tabc:refs/heads/new\t[new branch]",
    " \tabc:refs/heads/ahead\ta..b",
    "+\tabc:refs/heads/forced\ta...b (forced update)",
    "-\t:refs/heads/gone\t[deleted]",
    "=\tabc:refs/heads/same\t[up to date]",
    "!\tabc:refs/heads/moved\t[rejected] (stale info)",
    "!\tabc:refs/heads/hook\t[remote rejected] (pre-receive hook declined)",
    "Done",
    "?\tabc:refs/heads/odd\t",
    "*\tabc:other\t[new]",
  ].join("\n");
  expect(Object.fromEntries(readPorcelain(text))).toEqual({
    "refs/heads/new": { kind: "done" },
    "refs/heads/ahead": { kind: "done" },
    "refs/heads/forced": { kind: "done" },
    "refs/heads/gone": { kind: "done" },
    "refs/heads/same": { kind: "done" },
    "refs/heads/moved": { kind: "stale" },
    "refs/heads/hook": { kind: "refused", words: "[remote rejected] (pre-receive hook declined)" },
  });
});
