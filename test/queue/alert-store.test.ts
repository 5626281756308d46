import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import type { BoardEntry } from "../../src/queue/alert-board.ts";
import type { StoredAlert } from "../../src/queue/alert-rows.ts";
import { type AlertStore, createAlertStore } from "../../src/queue/alert-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const REPO = "acme/fleet";

function entry(fingerprint: string, changed: Partial<BoardEntry> = {}): BoardEntry {
  return {
    alert: {
      name: "AgentDown",
      labels: { alertname: "AgentDown" },
      annotations: {},
      status: "firing",
      startsAt: 100,
      endsAt: undefined,
      generatorURL: undefined,
      fingerprint,
      sender: "alertmanager",
    },
    receivedAt: 1,
    origin: undefined,
    isListed: false,
    isHandled: false,
    tries: 0,
    triedAt: 0,
    ...changed,
  };
}

/** Whether a disk of its own can be given to a process, without being root. */
function canMount(): boolean {
  return spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;
}

interface Opened {
  readonly store: AlertStore;
  readonly warned: readonly string[];
  /** What the boards hold. */
  readonly held: Map<string, StoredAlert>;
  put(...fingerprints: readonly string[]): void;
  read(): readonly string[];
}

/** A store, with a map in the place of boards. */
function open(folder: string): Opened {
  const warned: string[] = [];
  const held = new Map<string, StoredAlert>();
  const store = createAlertStore({ folder, all: () => held.values(), warn: (_, message) => warned.push(message) });
  onTestFinished(() => store.close());
  const journal = store.journal(REPO, "alertmanager");
  return {
    store,
    warned,
    held,
    put(...fingerprints) {
      for (const fingerprint of fingerprints) {
        const one = entry(fingerprint);
        held.set(fingerprint, { repo: REPO, sender: "alertmanager", entry: one });
        journal.set(one);
      }
    },
    read: () => store.readNew().map((kept) => kept.entry.alert.fingerprint),
  };
}

/** Another process with the folder, up to the moment its alerts are on disk. */
async function another(folder: string, count: number): Promise<ChildProcess> {
  const script = join(import.meta.dirname, "store-process.ts");
  const child = spawn(process.execPath, [script, folder, String(count)], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  await new Promise<void>((done, fail) => {
    child.once("exit", () => fail(new Error(said)));
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("saved")) done();
    });
  });
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGKILL");
  await ended;
}

describe("what was acknowledged", () => {
  it("is there after kill -9, in the order it came, with how far the work had come", async () => {
    const folder = temporaryFolder();
    await killed(await another(folder, 200));
    const kept = open(folder).store.readNew();
    expect(kept.map(({ entry: one }) => one.alert.fingerprint)).toEqual(
      Array.from({ length: 200 }, (_, index) => `f${index}`),
    );
    expect(kept[0]).toMatchObject({ repo: REPO, sender: "alertmanager", entry: { tries: 3, triedAt: 9 } });
  });

  it("is there again and again, whenever the process is killed", async () => {
    const folder = temporaryFolder();
    for (const count of [10, 20, 30]) await killed(await another(folder, count));
    expect(open(folder).read()).toHaveLength(30);
  });

  it("comes back as it was, and what was removed does not", async () => {
    const folder = temporaryFolder();
    const { store } = open(folder);
    const full = entry("a", { origin: "http://a", isListed: true, isHandled: true });
    const over = { ...entry("b").alert, status: "resolved", endsAt: 7, generatorURL: "http://p" } as const;
    store.journal(REPO, "alertmanager").set(full);
    store.journal(REPO, "grafana").set(entry("b", { alert: over }));
    store.journal("acme/other", "alertmanager").set(entry("a"));
    store.journal(REPO, "alertmanager").set(entry("gone"));
    await store.save();
    store.journal(REPO, "alertmanager").remove("gone");
    await store.save();
    store.close();
    expect(open(folder).store.readNew()).toEqual([
      { repo: REPO, sender: "alertmanager", entry: full },
      { repo: REPO, sender: "grafana", entry: entry("b", { alert: over }) },
      { repo: "acme/other", sender: "alertmanager", entry: entry("a") },
    ]);
  });

  it("keeps why nothing was measured; a row of an older version has no such field", async () => {
    const folder = temporaryFolder();
    const { store } = open(folder);
    const journal = store.journal(REPO, "grafana");
    const { alert } = entry("a");
    journal.set(entry("a", { alert: { ...alert, noData: "MissingSeries" } }));
    journal.set(entry("b"));
    journal.set(entry("c"));
    await store.save();
    store.close();
    const [file = ""] = readdirSync(folder).filter((name) => name.endsWith(".sqlite"));
    const database = new DatabaseSync(join(folder, file));
    const { noData: _, ...older } = { ...alert, fingerprint: "b", noData: undefined };
    const set = database.prepare("update alerts set entry = ? where fingerprint = ?");
    set.run(JSON.stringify({ ...entry("b"), alert: older }), "b");
    set.run(JSON.stringify({ ...entry("c"), alert: { ...older, fingerprint: "c", noData: "Later" } }), "c");
    database.close();
    const read = open(folder).store.readNew();
    expect(read.map(({ entry: one }) => [one.alert.fingerprint, one.alert.noData])).toEqual([
      ["a", "MissingSeries"],
      ["b", undefined],
      ["c", "Unknown"],
    ]);
  });

  it("shares a sync of the disk with what comes in the same turn", async () => {
    const { store, put } = open(temporaryFolder());
    put("a");
    const first = store.save();
    put("b");
    expect(store.save()).toBe(first);
    await first;
  });

  it("is synced also where it was only noted before", async () => {
    const folder = temporaryFolder();
    const { store, put } = open(folder);
    put("a");
    store.writeSoon();
    await store.save();
    store.close();
    expect(open(folder).read()).toEqual(["a"]);
  });
});

describe("two processes with one folder", () => {
  it("do not see each other's, until one has ended: then the other takes over, once", async () => {
    const folder = temporaryFolder();
    const child = await another(folder, 5);
    const { store, put, read } = open(folder);
    expect(read()).toEqual([]);
    put("mine");
    await store.save();
    expect(read()).toEqual([]);
    await killed(child);
    expect(read()).toEqual(["f0", "f1", "f2", "f3", "f4"]);
    expect(read()).toEqual([]);
    store.close();
    expect([...open(folder).read()].sort()).toEqual(["f0", "f1", "f2", "f3", "f4", "mine"]);
  });

  it("also in one process", async () => {
    const folder = temporaryFolder();
    const [one, two] = [open(folder), open(folder)];
    one.put("one");
    two.put("two");
    await Promise.all([one.store.save(), two.store.save()]);
    expect(readdirSync(folder).filter((name) => name.endsWith(".sqlite"))).toHaveLength(2);
    one.store.close();
    expect(two.read()).toEqual(["one"]);
  });
});

describe("a store heals", () => {
  const FILE = "alerts-v1-0.sqlite";

  it.each([
    ["no database", "this is no database, whatever it is called, and it is long enough to look like one ".repeat(20)],
    ["an empty file", ""],
    ["half a header", "SQLite format 3\0"],
  ])("%s is put aside", async (_, bytes) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, FILE), bytes);
    const { store, put, read } = open(folder);
    expect(read()).toEqual([]);
    put("a");
    await store.save();
    store.close();
    expect(open(folder).read()).toEqual(["a"]);
  });

  it("damaged anywhere, it starts, takes alerts, and says what it did", async () => {
    const folder = temporaryFolder();
    await killed(await another(folder, 300));
    const { store } = open(folder);
    store.close();
    const whole = readFileSync(join(folder, FILE));
    const places = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 512 })), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(places, fc.nat(whole.length), async (holes, cut) => {
        const place = mkdtempSync(join(folder, "damaged-"));
        const bytes = Buffer.from(whole.subarray(0, Math.max(cut, whole.length / 2)));
        for (const [at, length] of holes)
          bytes.fill(0xa5, Math.min(at, bytes.length), Math.min(at + length, bytes.length));
        writeFileSync(join(place, FILE), bytes);
        const damaged = open(place);
        damaged.read();
        damaged.put("new");
        await damaged.store.save();
        damaged.store.close();
        expect(open(place).read()).toContain("new");
      }),
      // The second: the version of the schema in the header.
      {
        numRuns: 60,
        examples: [
          [[[0, 16]], 0],
          [[[24, 24]], 0],
        ],
      },
    );
  });

  it("a row of another shape is passed over", async () => {
    const folder = temporaryFolder();
    const { store, put } = open(folder);
    put("a");
    await store.save();
    store.close();
    const database = new DatabaseSync(join(folder, FILE));
    const insert = database.prepare("insert into alerts (repo, sender, fingerprint, entry) values ('r', ?, ?, ?)");
    for (const [index, bad] of ["{", "null", "{}", '{"alert":{}}'].entries()) insert.run("grafana", `x${index}`, bad);
    insert.run("nobody", "y", JSON.stringify(entry("y")));
    database.close();
    expect(open(folder).read()).toEqual(["a"]);
  });

  it("deleted while the process runs, it is written again, with every alert", async () => {
    const folder = temporaryFolder();
    const { store, put } = open(folder);
    put("before");
    await store.save();
    rmSync(folder, { recursive: true });
    put("after");
    await store.save();
    store.close();
    expect([...open(folder).read()].sort()).toEqual(["after", "before"]);
  });

  it("without a place to write it acknowledges nothing, says so once, and goes on when there is one", async () => {
    const parent = temporaryFolder();
    const folder = join(parent, "cache", "alerts");
    writeFileSync(join(parent, "cache"), "in the way");
    const { store, put, warned, read } = open(folder);
    expect(read()).toEqual([]);
    for (const name of ["a", "b"]) {
      put(name);
      await expect(store.save()).rejects.toThrow();
    }
    store.writeSoon();
    expect([store.isUp(), warned]).toEqual([
      false,
      ["alerts cannot be written to disk; they are not acknowledged until they can"],
    ]);
    rmSync(join(parent, "cache"));
    await store.save();
    expect([store.isUp(), warned.length]).toEqual([true, 2]);
    store.close();
    expect(open(folder).read()).toEqual(["a", "b"]);
  });

  it.skipIf(!canMount()).each([
    ["full", "true", 3000],
    ["read-only", "mount -o remount,ro $1", 1],
  ])("on a disk that is %s nothing is acknowledged, and the process lives", async (_, prepare, count) => {
    const folder = temporaryFolder();
    const script = join(import.meta.dirname, "store-process.ts");
    const shell = `mount -t tmpfs -o size=256k tmpfs $1 && ${prepare} && exec $2 $3 $1 ${count}`;
    const child = spawn("unshare", ["-rm", "sh", "-c", shell, "sh", folder, process.execPath, script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    let said = "";
    await new Promise<void>((done) => {
      child.once("exit", () => done());
      child.stdout.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (/^saved$/m.test(said)) done();
      });
    });
    expect(said).toMatch(/^unsaved: /m);
    expect(said).toMatch(/^saved$/m);
  });

  it("a folder in the place of the file is no reason to fall", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, FILE));
    const { store, put } = open(folder);
    put("a");
    await expect(store.save()).rejects.toThrow();
    expect([store.isUp(), existsSync(join(folder, FILE))]).toEqual([false, true]);
  });
});
