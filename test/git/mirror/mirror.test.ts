import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { withinDeadline } from "../../../src/deadline/deadline.ts";
import type { GitPlace } from "../../../src/git/git-place.ts";
import { diffTree } from "../../../src/git/objects/tree.ts";
import { openRepository, type Repository, type RepositoryOptions } from "../../../src/git/repository.ts";
import { readSlice } from "../../../src/survey/source/slice-snapshot.ts";
import { type HttpRemote, serveGit } from "../../servers/git-http.ts";
import { openWorkshop, type Workshop } from "../../support/git/repository.ts";

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
    expect(await diffTree(repository.place, first, second)).toMatchObject([{ path: "raos.yaml" }]);
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

  test("keeps what is gone there, until it prunes", async () => {
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

test("a mirror that is broken is cloned again", async () => {
  const sha = await workshop.commit("main", { a: "1" });
  const { place } = await mirror();
  await writeFile(join(place.gitDir, "config"), "[core\n");
  await writeFile(join(place.gitDir, "HEAD"), "");
  const again = await mirror();
  await again.fetch();
  expect(await again.head()).toEqual({ branch: "main", sha });
});

describe("a mirror that was damaged", () => {
  let sha = "";
  let place: GitPlace;
  const files = { "raos.yaml": "kind: Config\n", "deploy/a/b.yaml": "b\n", "agents/x.yaml": "x\n".repeat(400) };

  beforeEach(async () => {
    sha = await workshop.commit("main", files);
    const repository = await mirror();
    await repository.fetch();
    place = repository.place;
    for (const one of opened.splice(0)) await one.close();
  });

  const below = async (pattern: RegExp): Promise<readonly string[]> =>
    (await readdir(place.gitDir, { recursive: true }))
      .filter((name) => pattern.test(name))
      .map((name) => join(place.gitDir, name));

  async function spoil(file: string, at: number): Promise<void> {
    await chmod(file, 0o644);
    const bytes = await readFile(file);
    bytes[Math.floor(at * bytes.length)] = (bytes[Math.floor(at * bytes.length)] ?? 0) ^ 0x55;
    await writeFile(file, bytes);
  }

  async function expectWhole(): Promise<void> {
    const repository = await mirror();
    await repository.fetch(sha);
    const objects = repository.objects();
    for (const [path, text] of Object.entries(files)) {
      const read = await objects.at(sha, path);
      expect(read.kind === "object" ? read.bytes.toString() : read.kind).toBe(text);
    }
    await objects.close();
    await repository.fetch();
    expect(await repository.readRef("refs/heads/main")).toBe(sha);
  }

  test.each<[string, () => Promise<unknown>]>([
    ["in its pack", async () => spoil((await below(/\.pack$/))[0] ?? "", 0.4)],
    ["in its index", async () => spoil((await below(/\.idx$/))[0] ?? "", 0.9)],
    ["in the fan-out of its index", async () => spoil((await below(/\.idx$/))[0] ?? "", 0.2)],
    ["by an index that is gone", async () => rm((await below(/\.idx$/))[0] ?? "")],
    ["by a pack that is gone", async () => rm((await below(/\.pack$/))[0] ?? "")],
    ["by a pack that is cut off", async () => truncate((await below(/\.pack$/))[0] ?? "", 40)],
    ["by refs that are gone", async () => rm(join(place.gitDir, "refs", "heads", "main"))],
    ["by a ref that holds anything", async () => writeFile(join(place.gitDir, "refs", "heads", "main"), "garbage")],
    ["by a list of refs that holds anything", async () => writeFile(join(place.gitDir, "packed-refs"), "garbage")],
    ["by objects that are gone", async () => rm(join(place.gitDir, "objects"), { recursive: true })],
    [
      "by being a file",
      async () => {
        await rm(place.gitDir, { recursive: true });
        await writeFile(place.gitDir, "a file");
      },
    ],
    [
      "by being empty",
      async () => {
        await rm(place.gitDir, { recursive: true });
        await mkdir(place.gitDir);
      },
    ],
  ])("%s is thrown away and fetched again", async (_, damage) => {
    await damage();
    await expectWhole();
  });

  test("while it is open, is found by the next look", async () => {
    const repository = await mirror();
    await repository.fetch(sha);
    await spoil((await below(/\.pack$/))[0] ?? "", 0.4);
    await repository.fetch(sha);
    expect((await readSlice(repository.objects(), sha, ["agents/"])).read("agents/x.yaml")).toBeDefined();
    await workshop.git("fsck");
  });

  test.each([
    "HEAD.lock",
    "packed-refs.lock",
    "config.lock",
    "shallow.lock",
    "refs/heads/main.lock",
    "packed-refs.new",
    "objects/pack/tmp_pack_x",
  ])("the %s of a killed fetch is out of the way", async (name) => {
    const file = join(place.gitDir, name);
    await mkdir(join(file, ".."), { recursive: true });
    await writeFile(file, "");
    await utimes(file, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000));
    sha = await workshop.commit("main", { "agents/y.yaml": "y\n" });
    const repository = await mirror();
    await repository.fetch();
    expect((await repository.head()).sha).toBe(sha);
    expect(await below(/\.lock$|tmp_|\.new$/)).toEqual([]);
  });

  test("is not thrown away where the remote is at fault", async () => {
    const repository = await mirror();
    await writeFile(join(place.gitDir, "mine"), "");
    const next = await workshop.commit("main", { "agents/y.yaml": "y\n" });
    for (const status of [500, 502, 404, 401]) {
      remote.before = async (_, response) => {
        response.writeHead(status, { "content-type": "text/plain" }).end("no\n");
        return true;
      };
      await failureOf(repository.fetch(next));
    }
    expect(await below(/mine$/)).toHaveLength(1);
  });
});

describe("a remote that does not come to an end", () => {
  const gitAtWork = async () => (await commandLines()).filter((line) => line.includes(remote.url));

  test.each<[string, (response: ServerResponse) => void]>([
    ["is silent", () => {}],
    [
      "drips for ever",
      (response) => {
        response.writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement" });
        response.write("001e# service=git-upload-pack\n0000");
        const drip = setInterval(() => response.write("0032want nothing".repeat(100)), 20);
        response.on("close", () => clearInterval(drip));
      },
    ],
  ])("and %s ends with the pass, and all that was started for it", async (_, behave) => {
    const sha = await workshop.commit("main", { a: "1" });
    const repository = await mirror();
    let asked = 0;
    const stop = new AbortController();
    remote.before = async (_request, response) => {
      asked += 1;
      behave(response);
      if (asked === 2) setTimeout(() => stop.abort(), 200);
      return true;
    };
    const failed = await failureOf(withinDeadline(stop.signal, () => repository.fetch()));
    expect(failed).toMatchObject({ name: "DeadlineError" });
    while ((await gitAtWork()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    remote.before = async () => false;
    await repository.fetch(sha);
    expect(await repository.readRef("refs/heads/main")).toBe(sha);
  });
});

test("a cache that cannot be written is named, with what to set", async () => {
  await workshop.commit("main", { a: "1" });
  await writeFile(join(workshop.root, "cache"), "a file, no folder");
  expect((await failureOf(mirror())).message).toMatch(/cache folder .* cannot be written: .*; .*RAOS_CACHE/);
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
      import { openRepository } from ${JSON.stringify(join(import.meta.dirname, "../../../src/git/repository.ts"))};
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
