import { execFile, execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ObjectReader } from "../../../src/git/objects/object-reader.ts";
import { openRepository, type Repository } from "../../../src/git/repository.ts";
import { MemoError } from "../../../src/survey/memo/memo-error.ts";
import { SurveyStore } from "../../../src/survey/memo/store.ts";
import { gitView } from "../../../src/survey/source/commit-view.ts";
import { survey } from "../../../src/survey/survey.ts";
import { FIXTURE_FLEET } from "../../support/specs/fixture-fleet.ts";

/** A memo is a cache: whatever happens to its file, a survey sees what one from nothing sees. */

let folder = "";
let repository: Repository;
let objects: ObjectReader;
let first = "";
let second = "";
let expected: unknown;
let sealed = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "raos-memo-"));
  const git = join(folder, "repository");
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", git]);
  repository = await openRepository(git, { env: process.env, cache: folder });
  objects = repository.objects();
  const names = readdirSync(FIXTURE_FLEET, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(FIXTURE_FLEET, name)).isFile(),
  );
  first = await commit(
    [],
    names.sort().map((path) => ({ path, text: readFileSync(join(FIXTURE_FLEET, path), "utf8") })),
  );
  second = await commit([first], [{ path: "prompts/triage.md", text: "You sort tickets.\n" }]);
  expected = await look(second, new SurveyStore(":memory:"));
  sealed = join(folder, "sealed");
  mkdirSync(sealed);
  const store = new SurveyStore(join(sealed, "memo.sqlite"));
  await look(first, store);
  store.close();
});
afterAll(async () => {
  await objects.close();
  await repository.close();
  rmSync(folder, { recursive: true, force: true });
});

async function commit(parents: readonly string[], files: readonly { path: string; text: string }[]): Promise<string> {
  const author = { name: "Somebody", email: "somebody@example.com" };
  const draft = { parents, files, message: "A change", author, at: 1_700_000_000_000 };
  const [sha = ""] = await repository.writeCommits([draft]);
  return sha;
}

async function look(sha: string, store: SurveyStore): Promise<unknown> {
  const seen = await survey(gitView(repository.place, objects, sha).source, store);
  if ("kind" in seen) throw new Error("raos.yaml cannot be read");
  return { drifts: seen.drifts(), problems: seen.problems, tenantDrifts: seen.driftedTenants };
}

let cache = "";
let file = "";
let warnings: string[] = [];
beforeEach(() => {
  cache = mkdtempSync(join(folder, "cache-"));
  cpSync(sealed, cache, { recursive: true });
  file = join(cache, "memo.sqlite");
  warnings = [];
});
const open = () => new SurveyStore(file, (_, message) => warnings.push(message));
const anew = "the memo was damaged, or left by a run that was killed; a new one is made";

async function seenWith(store: SurveyStore): Promise<unknown> {
  const seen = await look(second, store);
  store.close();
  return seen;
}

describe("a memo on disk", () => {
  test("is gone on with where it is whole, and leaves nothing beside it but its seal and its owner", async () => {
    const store = open();
    expect(store.mark()?.sha).toBe(first);
    expect(await seenWith(store)).toEqual(expected);
    expect(readdirSync(cache).sort()).toEqual(["memo.sqlite", "memo.sqlite.owner", "memo.sqlite.seal"]);
    expect(warnings).toEqual([]);
    const again = open();
    expect(again.mark()?.sha).toBe(second);
    again.close();
  });

  test("with random bytes anywhere is built again", async () => {
    const size = statSync(file).size;
    const flips = fc.array(fc.tuple(fc.nat(size - 1), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(flips, async (changes) => {
        cpSync(sealed, cache, { recursive: true, force: true });
        warnings = [];
        const bytes = readFileSync(file);
        const before = Buffer.from(bytes);
        for (const [at, by] of changes) bytes[at] = (bytes[at] ?? 0) ^ by;
        writeFileSync(file, bytes);
        expect(await seenWith(open())).toEqual(expected);
        expect(warnings).toEqual(bytes.equals(before) ? [] : [anew]);
      }),
      { numRuns: 20 },
    );
  }, 120_000);

  test("cut off anywhere is built again", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(statSync(file).size - 1), async (size) => {
        cpSync(sealed, cache, { recursive: true, force: true });
        truncateSync(file, size);
        expect(await seenWith(open())).toEqual(expected);
      }),
      { numRuns: 8 },
    );
  }, 120_000);

  test.each<[string, () => void]>([
    ["without its seal", () => rmSync(`${file}.seal`)],
    ["whose seal is of another", () => writeFileSync(`${file}.seal`, "1 2\n")],
    ["with a journal of nobody", () => writeFileSync(`${file}-journal`, Buffer.alloc(5000, 7))],
    [
      "with a write-ahead log of nobody",
      () => {
        writeFileSync(`${file}-wal`, Buffer.alloc(5000, 7));
        writeFileSync(`${file}-shm`, Buffer.alloc(32768, 7));
      },
    ],
    ["with a damaged owner file", () => writeFileSync(`${file}.owner`, Buffer.alloc(5000, 7))],
    [
      "with a folder for its owner file",
      () => {
        rmSync(`${file}.owner`);
        mkdirSync(`${file}.owner/x`, { recursive: true });
      },
    ],
    [
      "that is a folder",
      () => {
        rmSync(file);
        mkdirSync(join(file, "x"), { recursive: true });
      },
    ],
    ["that is text", () => writeFileSync(file, "SQLite format 3\0 but not really")],
    ["that is gone", () => rmSync(file)],
    ["in a folder that is gone", () => rmSync(cache, { recursive: true })],
  ])("%s does no harm, and is on disk again", async (_, spoil) => {
    spoil();
    const store = open();
    expect(store.inMemory).toBe(false);
    expect(await seenWith(store)).toEqual(expected);
    const again = open();
    expect(again.mark()?.sha).toBe(second);
    again.close();
  });

  test("that cannot lie where it should is in memory, and the log says why", async () => {
    rmSync(cache, { recursive: true });
    writeFileSync(cache, "a file, no folder");
    const store = open();
    expect(store.inMemory).toBe(true);
    expect(await seenWith(store)).toEqual(expected);
    expect(warnings).toEqual(["the memo cannot be kept on disk; it is kept in memory"]);
  });

  test("is one process's at a time; another keeps its own in memory", async () => {
    const one = open();
    const other = open();
    expect([one.inMemory, other.inMemory]).toEqual([false, true]);
    expect(await Promise.all([look(second, one), look(second, other)])).toEqual([expected, expected]);
    other.close();
    one.close();
    const again = open();
    expect(again.mark()?.sha).toBe(second);
    again.close();
    expect(warnings).toEqual([]);
  });
});

describe("a memo that is damaged while it is open", () => {
  test.each<[string, () => void]>([
    [
      "by random bytes",
      () =>
        writeFileSync(
          file,
          readFileSync(file).map((byte, at) => (at % 97 === 0 ? byte ^ 255 : byte)),
        ),
    ],
    ["by being cut off", () => truncateSync(file, 5000)],
    ["by being removed", () => rmSync(file)],
  ])("%s is built again, and never sealed as it is", async (_, spoil) => {
    const store = open();
    expect(await look(first, store)).toBeDefined();
    spoil();
    expect(await look(second, store)).toEqual(expected);
    spoil();
    store.close();
    expect(await seenWith(open())).toEqual(expected);
  });

  test("in the middle of a survey: it starts over, once", async () => {
    const store = open();
    const put = store.put.bind(store);
    let count = 0;
    store.put = (row) => {
      count += 1;
      if (count === 5) throw new MemoError(new Error("database disk image is malformed"));
      put(row);
    };
    store.clear();
    expect(await look(second, store)).toEqual(expected);
    expect(warnings).toEqual(["the memo is replaced by a new one"]);
    expect(store.inMemory).toBe(false);
    store.close();
  });

  test("that fails again and again ends up in memory", () => {
    const store = open();
    const damage = new MemoError(new Error("malformed"));
    store.renew(damage);
    store.renew(damage);
    expect(store.inMemory).toBe(false);
    store.renew(damage);
    expect(store.inMemory).toBe(true);
    store.close();
  });
});

describe("a disk that is full", () => {
  const script = join(import.meta.dirname, "survey-with-memo.ts");
  const withLimit = async (kilobytes: number) => {
    // A file that grows beyond the limit fails as on a full disk, where the signal that comes with it is ignored.
    const command = `ulimit -f ${kilobytes}; trap '' XFSZ; exec "$0" "$@"`;
    const args = ["-c", command, process.execPath, script, repository.name, second, file];
    const { stdout } = await promisify(execFile)("bash", args, { env: { PATH: process.env.PATH } });
    return JSON.parse(stdout);
  };

  test.each([0, 4, 16, 32])("at %i KB: the survey goes on in memory", async (kilobytes) => {
    rmSync(cache, { recursive: true });
    const { seen, inMemory, warnings: said } = await withLimit(kilobytes);
    expect(seen).toEqual(expected);
    expect(inMemory).toBe(true);
    expect(said.at(-1)).toMatch(/in memory|a new one/);
  });

  test("that has room again is used again", async () => {
    rmSync(cache, { recursive: true });
    await withLimit(32);
    expect(await seenWith(open())).toEqual(expected);
    expect(existsSync(`${file}.seal`)).toBe(true);
  });
});
