import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openRepository, type Repository, type RepositoryOptions } from "../../src/git/repository.ts";
import { type HttpRemote, serveGit } from "./http-remote.ts";
import { openWorkshop, type Workshop } from "./workshop.ts";

const TOKEN = "ghs_thisIsTheSecretOfThisTest0123456789";
const BASE64 = Buffer.from(`x-access-token:${TOKEN}`).toString("base64");

let workshop: Workshop;
let remote: HttpRemote;
const opened: Repository[] = [];

beforeEach(async () => {
  workshop = await openWorkshop("bare");
  remote = await serveGit(workshop.root, TOKEN);
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
  return repository;
}

describe("a mirror", () => {
  test("brings every branch and the forge's refs, and is read like any repository", async () => {
    const first = await workshop.commit("main", { "raos.yaml": "kind: Config\n" });
    await workshop.git("update-ref", "refs/raos/pulls/1/meta", first);
    await workshop.git("tag", "v1");
    const repository = await mirror();
    expect(await repository.head()).toEqual({ branch: "main", sha: undefined });
    await repository.fetch();
    expect(await repository.head()).toEqual({ branch: "main", sha: first });
    expect([...(await repository.refsBelow("refs/")).keys()]).toEqual(["refs/heads/main", "refs/raos/pulls/1/meta"]);
    const second = await workshop.commit("main", { "raos.yaml": "kind: Config # 2\n" });
    await repository.fetch(second);
    expect(await repository.diffTree(first, second)).toMatchObject([{ path: "raos.yaml" }]);
  });

  test("asks nobody for a commit that is here", async () => {
    const first = await workshop.commit("main", { a: "1" });
    const repository = await mirror();
    await repository.fetch(first);
    const asked = remote.authorizations.length;
    await repository.fetch(first);
    expect(remote.authorizations).toHaveLength(asked);
    await expect(repository.fetch("1".repeat(40))).rejects.toMatchObject({ name: "GitError", code: "not-found" });
    await (await mirror()).fetch(first);
    expect((await readdir(join(workshop.root, "cache", "mirrors"))).length).toBe(1);
  });

  test("follows a default branch that is renamed or forced back", async () => {
    const first = await workshop.commit("main", { a: "1" });
    const second = await workshop.commit("main", { a: "2" });
    const repository = await mirror();
    await repository.fetch();
    expect((await repository.head()).sha).toBe(second);
    await workshop.git("update-ref", "refs/heads/main", first);
    await repository.fetch();
    expect(await repository.head()).toEqual({ branch: "main", sha: first });
    await workshop.git("branch", "-m", "main", "trunk");
    await repository.fetch();
    expect(await repository.head()).toEqual({ branch: "trunk", sha: first });
  });

  test("keeps what is gone there, until it is told to prune", async () => {
    await workshop.commit("main", { a: "1" });
    await workshop.commit("side", { a: "1" });
    const repository = await mirror();
    await repository.fetch();
    await workshop.git("branch", "-D", "side");
    await repository.fetch();
    expect(await repository.readRef("refs/heads/side")).toBeDefined();
    await repository.fetch(undefined, { prune: true });
    expect(await repository.readRef("refs/heads/side")).toBeUndefined();
  });

  test("a branch that became a folder of branches is no obstacle", async () => {
    await workshop.commit("main", { a: "1" });
    await workshop.commit("raos/x", { a: "1" });
    const repository = await mirror();
    await repository.fetch();
    await workshop.git("branch", "-D", "raos/x");
    const below = await workshop.commit("raos/x/y", { b: "1" });
    await repository.fetch();
    expect(await repository.readRef("refs/heads/raos/x/y")).toBe(below);
  });

  test("an empty repository is empty", async () => {
    const repository = await mirror();
    await repository.fetch();
    expect(await repository.head()).toEqual({ branch: "main", sha: undefined });
  });

  test("many processes may open and fetch the same one at once", async () => {
    const sha = await workshop.commit("main", { a: "1" });
    await Promise.all(
      Array.from({ length: 5 }, async () => {
        const repository = await mirror();
        await Promise.all([repository.fetch(), repository.fetch(sha)]);
        expect((await repository.head()).sha).toBe(sha);
      }),
    );
  });
});

test("a mirror that is broken is made anew", async () => {
  const sha = await workshop.commit("main", { a: "1" });
  const { place } = await mirror();
  await writeFile(join(place.gitDir, "config"), "[core\n");
  await writeFile(join(place.gitDir, "HEAD"), "");
  const again = await mirror();
  await again.fetch();
  expect(await again.head()).toEqual({ branch: "main", sha });
});

describe("the credential", () => {
  test("is in no command line of any process, and in no file of the mirror", async () => {
    const sha = await workshop.commit("main", { a: "1" });
    const record = join(workshop.root, "record");
    const bin = join(workshop.root, "bin");
    const git = (await promisify(execFile)("sh", ["-c", "command -v git"])).stdout.trim();
    await mkdir(bin);
    await writeFile(join(bin, "git"), `#!/bin/sh\nprintf '%s\\n' "$*" >> '${record}'\nexec '${git}' "$@"\n`);
    await chmod(join(bin, "git"), 0o755);
    const lines = new Set<string>();
    remote.before = async () => {
      for (const line of await commandLines()) lines.add(line);
      return false;
    };
    const repository = await mirror({ env: { ...process.env, PATH: `${bin}:${process.env.PATH}` } });
    await repository.fetch(sha);
    expect(remote.authorizations).toContain(`Basic ${BASE64}`);
    const recorded = await readFile(record, "utf8");
    expect(recorded).toContain("fetch");
    expectNoSecret(recorded);
    if (process.platform === "linux") expect([...lines].some((line) => line.includes("remote-http"))).toBe(true);
    expectNoSecret([...lines].join("\n"));
    const files = await readdir(repository.place.gitDir, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      expectNoSecret(await readFile(join(file.parentPath, file.name), "latin1"));
    }
  });

  test("is in no error", async () => {
    await workshop.commit("main", { a: "1" });
    remote.before = async (request, response) => {
      response.writeHead(401, { "www-authenticate": "Basic" }).end(String(request.headers.authorization));
      return true;
    };
    const refused = await failureOf(mirror().then((repository) => repository.fetch()));
    expect(refused).toMatchObject({ name: "GitError", code: "unauthorized" });
    expectNoSecret(String(refused.stack) + JSON.stringify(refused) + String(refused.cause));
    remote.before = async (request, response) => {
      response.writeHead(500, { "content-type": "text/plain" }).end(`you sent ${request.headers.authorization}\n`);
      return true;
    };
    const broken = await failureOf(mirror().then((repository) => repository.fetch()));
    expect(broken).toMatchObject({ name: "GitError", code: "unavailable" });
    expectNoSecret(String(broken.stack) + String(broken.cause));
  });

  test("goes to no other host, not even where the remote says so", async () => {
    await workshop.commit("main", { a: "1" });
    const other = await serveGit(workshop.root);
    try {
      remote.before = async (request, response) => {
        response.writeHead(302, { location: `${other.url.replace("127.0.0.1", "localhost")}${request.url}` }).end();
        return true;
      };
      const refused = await failureOf(mirror().then((repository) => repository.fetch()));
      expect(refused).toMatchObject({ name: "GitError" });
      expect(other.authorizations).toEqual([]);
    } finally {
      await other.close();
    }
  });

  test("is asked for at each fetch, since it expires", async () => {
    const sha = await workshop.commit("main", { a: "1" });
    const tokens = ["old", TOKEN];
    const repository = await mirror({ credential: async () => tokens.shift() });
    expect(await failureOf(repository.fetch(sha))).toMatchObject({ code: "unauthorized" });
    await repository.fetch();
    expect((await repository.head()).sha).toBe(sha);
  });

  test("nobody is asked where there is none", async () => {
    const repository = await mirror({ credential: async () => undefined });
    expect(await failureOf(repository.fetch())).toMatchObject({ code: "unauthorized" });
  });

  test("is not what a debug log shows", async () => {
    const sha = await workshop.commit("main", { a: "1" });
    const script = `
      import { openRepository } from ${JSON.stringify(join(import.meta.dirname, "../../src/git/repository.ts"))};
      const options = { env: process.env, cache: ${JSON.stringify(join(workshop.root, "cache"))}, credential: async () => process.env.SECRET };
      const repository = await openRepository(${JSON.stringify(`${remote.url}/repository`)}, options);
      await repository.fetch(${JSON.stringify(sha)});
      await repository.close();`;
    const env = {
      PATH: process.env.PATH ?? "",
      SECRET: TOKEN,
      DEBUG: "*",
      GIT_TRACE: "1",
      GIT_TRACE_CURL: "1",
      GIT_CURL_VERBOSE: "1",
    };
    const args = ["--input-type=module", "--eval", script];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 1 << 26 });
    expectNoSecret(stdout + stderr);
  });
});

test("a mirror's address with a folder that is none is an error of its own", async () => {
  await workshop.commit("main", { a: "1" });
  const repository = await openRepository(`${remote.url}/nope`, {
    env: process.env,
    cache: join(workshop.root, "cache"),
    credential: async () => TOKEN,
  });
  opened.push(repository);
  expect(await failureOf(repository.fetch())).toMatchObject({ name: "GitError", code: "not-found" });
  const url = remote.url;
  await remote.close();
  const gone = await openRepository(`${url}/repository`, { env: process.env, cache: join(workshop.root, "cache") });
  opened.push(gone);
  expect(await failureOf(gone.fetch())).toMatchObject({ name: "GitError", code: "unavailable" });
});

function expectNoSecret(text: string): void {
  expect(text.includes(TOKEN)).toBe(false);
  expect(text.includes(BASE64)).toBe(false);
}

async function failureOf(work: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  return work.then(
    () => new Error("it went through"),
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
}

/** Command lines of every process of this machine; none where there is no /proc. */
async function commandLines(): Promise<readonly string[]> {
  const processes = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(processes.map((name) => readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "")));
  return lines.map((line) => line.replaceAll("\0", " "));
}
