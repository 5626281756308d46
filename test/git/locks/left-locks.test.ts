import { mkdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GitPlace } from "../../../src/git/git-place.ts";
import { openEntry, readEntries } from "../../../src/git/locks/journal.ts";
import { repairAfterKilledRuns } from "../../../src/git/locks/repair-checkout.ts";
import { moveCheckout } from "../../../src/git/locks/worktrees.ts";
import { updateRefs } from "../../../src/git/write/refs.ts";
import { placeOf } from "../../support/git/place.ts";
import { openWorkshop, type Workshop } from "../../support/git/repository.ts";

/** What a killed run leaves in a repository, and what is somebody else's. */

let workshop: Workshop;
let place: GitPlace;
let first: string;
let second: string;
beforeEach(async () => {
  workshop = await openWorkshop("working");
  first = await workshop.commit("main", { "a.txt": "a1\n", "b.txt": "b1\n", "gone.txt": "gone\n", "notes.txt": "n\n" });
  await workshop.git("reset", "--quiet", "--hard");
  await workshop.git("branch", "next", "main");
  second = await workshop.commit("next", {
    "a.txt": "a2\n",
    "b.txt": "b2 is longer\n",
    "gone.txt": undefined,
    "new.txt": "new\n",
  });
  place = placeOf(workshop, "working");
});
afterEach(() => workshop.remove());

const inGit = (name: string) => join(workshop.dir, ".git", name);
const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );
const status = () => workshop.git("status", "--porcelain");

async function put(name: string, content: string, ageMs = 0): Promise<string> {
  const file = inGit(name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  const at = (Date.now() - ageMs) / 1000;
  await utimes(file, at, at);
  return file;
}

/** An entry of a run that was killed so long ago. */
async function killed(about: Parameters<typeof openEntry>[1], ageMs: number): Promise<string> {
  const noted = openEntry(place, about);
  noted.abandon();
  const entry = JSON.parse(await readFile(noted.file, "utf8"));
  await writeFile(noted.file, JSON.stringify({ ...entry, at: Date.now() - ageMs }));
  return noted.id;
}

const move = () => ({ ref: "refs/heads/main", old: first, new: second });

describe("the lock of a ref", () => {
  test.each([
    ["with the id it was to write", "refs/heads/main.lock", () => `${second}\n`],
    ["still empty", "refs/heads/main.lock", () => ""],
    ["of HEAD", "HEAD.lock", () => ""],
    ["of the packed refs", "packed-refs.lock", () => ""],
  ])("%s, of a killed run, is out of the way", async (_, name, content) => {
    await workshop.git("checkout", "--quiet", "-b", "other");
    await workshop.git("checkout", "--quiet", "main");
    await killed({ refs: [{ ref: "refs/heads/main", new: second }, { ref: "refs/heads/gone" }] }, 20_000);
    const lock = await put(name, content(), 19_000);
    await put("packed-refs.new", "half", 19_000);
    await repairAfterKilledRuns(place);
    expect(await exists(lock)).toBe(false);
    expect(readEntries(place)).toEqual([]);
    await workshop.git("commit", "--quiet", "--allow-empty", "--message=by hand");
  });

  test("of a run that was killed a moment ago is waited for until it is known whose it is", async () => {
    await killed({ refs: [{ ref: "refs/heads/main", new: second }] }, 500);
    await put("refs/heads/main.lock", "", 400);
    await updateRefs(place, [move()]);
    expect(await workshop.git("rev-parse", "main")).toBe(second);
  });

  test.each([
    ["nobody wrote down", "", 60_000, undefined],
    ["was made long after the killed run began", "", 5_000, 600_000],
    ["holds another id", `${"1".repeat(40)}\n`, 19_000, 20_000],
  ])("that %s stays, and is named with its age and what to do", async (_, content, age, entryAge) => {
    if (entryAge !== undefined) await killed({ refs: [{ ref: "refs/heads/main", new: second }] }, entryAge);
    const lock = await put("refs/heads/main.lock", content, age);
    const failing = updateRefs(place, [move()]);
    await expect(failing).rejects.toMatchObject({ name: "GitError", code: "unavailable" });
    await expect(failing).rejects.toThrow(
      new RegExp(`${lock} is in the way.* it is \\d+ (seconds|minutes) old.* remove that file`),
    );
    expect(await exists(lock)).toBe(true);
    expect(await workshop.git("rev-parse", "main")).toBe(first);
  });

  test("of a run that is alive stays", async () => {
    const noted = openEntry(place, { refs: [{ ref: "refs/heads/main", new: second }] });
    const lock = await put("refs/heads/main.lock", `${second}\n`);
    await repairAfterKilledRuns(place);
    expect(await exists(lock)).toBe(true);
    noted.remove();
  });
});

describe("a folder whose branch had moved when the run was killed", () => {
  const checkout = () => ({ folder: workshop.dir, gitDir: place.gitDir, from: first, to: second });

  beforeEach(() => workshop.git("update-ref", "refs/heads/main", second));

  test("is brought along", async () => {
    await killed({ refs: [], checkout: checkout() }, 1000);
    expect(await status()).not.toBe("");
    await repairAfterKilledRuns(place);
    expect(await status()).toBe("");
    expect(await readFile(join(workshop.dir, "a.txt"), "utf8")).toBe("a2\n");
    expect(readEntries(place)).toEqual([]);
  });

  test("is brought along from the middle: some files written, one torn, one removed, the lock still there", async () => {
    const id = await killed({ refs: [], checkout: checkout() }, 1000);
    await writeFile(join(workshop.dir, "a.txt"), "a2\n");
    await writeFile(join(workshop.dir, "b.txt"), "b2 is");
    await rm(join(workshop.dir, "gone.txt"));
    await put("index.lock", `raos ${id}\n`);
    await put(`raos/${id}.index`, "half");
    await repairAfterKilledRuns(place);
    expect(await status()).toBe("");
    expect(await exists(inGit("index.lock"))).toBe(false);
    expect(await readFile(join(workshop.dir, "b.txt"), "utf8")).toBe("b2 is longer\n");
  });

  test("keeps what a person changed or staged since", async () => {
    await killed({ refs: [], checkout: checkout() }, 1000);
    await writeFile(join(workshop.dir, "b.txt"), "mine\n");
    await writeFile(join(workshop.dir, "notes.txt"), "mine\n");
    await writeFile(join(workshop.dir, "staged.txt"), "mine\n");
    await workshop.git("add", "staged.txt");
    await repairAfterKilledRuns(place);
    expect(await readFile(join(workshop.dir, "b.txt"), "utf8")).toBe("mine\n");
    expect(
      (await status())
        .split("\n")
        .map((line) => line.trim())
        .sort(),
    ).toEqual(["A  staged.txt", "M b.txt", "M notes.txt"]);
    expect(await readFile(join(workshop.dir, "a.txt"), "utf8")).toBe("a2\n");
    expect(await exists(join(workshop.dir, "gone.txt"))).toBe(false);
  });

  test("is left alone where a person has dealt with it", async () => {
    await killed({ refs: [], checkout: checkout() }, 1000);
    await workshop.git("commit", "--quiet", "--all", "--message=back");
    const before = await workshop.git("rev-parse", "main");
    await repairAfterKilledRuns(place);
    expect([await status(), await workshop.git("rev-parse", "main")]).toEqual(["", before]);
    expect(await readFile(join(workshop.dir, "a.txt"), "utf8")).toBe("a1\n");
  });

  test("where the branch had not moved yet, only the lock goes", async () => {
    await workshop.git("update-ref", "refs/heads/main", first);
    const id = await killed({ refs: [], checkout: checkout() }, 1000);
    await put("index.lock", `raos ${id}\n`);
    await repairAfterKilledRuns(place);
    expect([await status(), await exists(inGit("index.lock")), readEntries(place)]).toEqual(["", false, []]);
  });
});

describe("the lock of an index", () => {
  const merge = () => moveCheckout(place, workshop.dir, { from: first, to: second, refs: [move()] });

  test("of somebody else stays, is named, and nothing is merged", async () => {
    const lock = await put("index.lock", "DIRC", 600_000);
    await expect(merge()).rejects.toThrow(`${lock} is in the way, a lock that RAOS did not make; it is 10 minutes old`);
    expect([await exists(lock), await workshop.git("rev-parse", "main"), readEntries(place)]).toEqual([
      true,
      first,
      [],
    ]);
  });

  test("of a run of which nothing is known any more is out of the way", async () => {
    await put("index.lock", "raos 6a3cf2b7-0f5c-4d8e-9a86-0d4f4dcb1f4e\n");
    await merge();
    expect([await status(), await workshop.git("rev-parse", "main")]).toEqual(["", second]);
  });

  test("is gone after every merge, and so is all that was noted", async () => {
    await merge();
    expect([await exists(inGit("index.lock")), readEntries(place)]).toEqual([false, []]);
    expect(await status()).toBe("");
  });
});

describe("an empty lock of a moment ago, beside a folder that was brought along", () => {
  test("keeps its entry, so that it is known once it is old enough", async () => {
    const checkout = { folder: workshop.dir, gitDir: place.gitDir, from: first, to: second };
    await killed({ refs: [{ ref: "refs/heads/main", new: second }], checkout }, 500);
    const lock = await put("HEAD.lock", "");
    await repairAfterKilledRuns(place);
    expect([await exists(lock), readEntries(place).length]).toEqual([true, 1]);
    // Whoever needs the lock meanwhile waits for it, and then goes on.
    await updateRefs(place, [move()]);
    expect([await exists(lock), await workshop.git("rev-parse", "main")]).toEqual([false, second]);
    await repairAfterKilledRuns(place);
    expect(readEntries(place)).toEqual([]);
  });
});
