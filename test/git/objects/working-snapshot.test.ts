import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Snapshot } from "../../../src/domain/fleet.ts";
import { blobOid } from "../../../src/domain/values/object-id.ts";
import { workingSnapshot } from "../../../src/git/objects/working-snapshot.ts";
import { openWorkshop, type Workshop } from "../../support/git/repository.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop("working");
});
afterEach(() => workshop.remove());

async function put(path: string, text: string): Promise<void> {
  const file = join(workshop.dir, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

function look(load: (path: string) => boolean = () => true, folder = workshop.dir): Promise<Snapshot> {
  return workingSnapshot(folder, process.env, load);
}

function text(snapshot: Snapshot, path: string): string {
  return Buffer.from(snapshot.read(path)).toString();
}

describe("a working folder", () => {
  test("is what lies there, committed or not, without what is ignored", async () => {
    await workshop.commit("main", { "kept.yaml": "1\n", "gone.yaml": "1\n", ".gitignore": "*.tmp\nbuild/\n" });
    await workshop.git("reset", "--quiet", "--hard");
    await rm(join(workshop.dir, "gone.yaml"));
    await put("kept.yaml", "changed\n");
    await put("new/untracked.yaml", "new\n");
    await put("x.tmp", "no");
    await put("build/out", "no");
    const seen = await look();
    expect([...seen.list("")]).toEqual([".gitignore", "kept.yaml", "new/untracked.yaml"]);
    expect(text(seen, "kept.yaml")).toBe("changed\n");
    expect(seen.oid("kept.yaml")).toBe(blobOid("changed\n"));
    expect(seen.oid("gone.yaml")).toBeUndefined();
    expect(seen.sha).toBe("0".repeat(40));
  });

  test("reads nothing through a link", async () => {
    await put("agents/real.yaml", "real\n");
    await workshop.git("add", ".");
    await rm(join(workshop.dir, "agents"), { recursive: true });
    await mkdir(join(workshop.root, "outside"));
    await writeFile(join(workshop.root, "outside", "real.yaml"), "secret\n");
    await symlink(join(workshop.root, "outside"), join(workshop.dir, "agents"));
    await symlink("/etc/passwd", join(workshop.dir, "prompt.md"));
    const seen = await look();
    expect([...seen.list("")]).toEqual([]);
    expect(seen.oid("prompt.md")).toBeUndefined();
    expect(() => seen.read("agents/real.yaml")).toThrow(RangeError);
  });

  test("a repository inside is none of it", async () => {
    await put("a.yaml", "a\n");
    await put("inner/b.yaml", "b\n");
    await workshop.git("init", "--quiet", join(workshop.dir, "inner"));
    expect([...(await look()).list("")]).toEqual(["a.yaml"]);
  });

  test("a folder further down is seen from there", async () => {
    await put("fleet/agents/a.yaml", "a\n");
    await put("other.yaml", "o\n");
    expect([...(await look(undefined, join(workshop.dir, "fleet"))).list("")]).toEqual(["agents/a.yaml"]);
  });

  test("ids of what was not loaded are found when asked for", async () => {
    await put("a.yaml", "a\n");
    const seen = await look(() => false);
    expect(seen.oid("a.yaml")).toBe(blobOid("a\n"));
    expect(() => seen.read("a.yaml")).toThrow(RangeError);
  });

  test("names of any kind are names", async () => {
    for (const path of ["-x", 'qu"ote', "line\nend", "é/値", ":(glob)"]) await put(path, path);
    const seen = await look();
    expect([...seen.list("")]).toEqual(["-x", 'qu"ote', "line\nend", "é/値", ":(glob)"].sort());
    expect(text(seen, "line\nend")).toBe("line\nend");
  });

  test("a huge file reads as too large, one that may not be read as none", async () => {
    await put("huge", "x".repeat(11 * 1024 * 1024));
    await put("closed", "x");
    await chmod(join(workshop.dir, "closed"), 0);
    const seen = await look();
    expect(seen.read("huge").length).toBe(10 * 1024 * 1024 + 1);
    if (process.getuid?.() !== 0) expect(seen.oid("closed")).toBeUndefined();
  });

  test("configuration of the repository runs nothing", async () => {
    await put("a.yaml", "a\n");
    const owned = join(workshop.root, "owned");
    await workshop.git("config", "core.fsmonitor", `touch ${owned}; false`);
    await workshop.git("config", "core.excludesFile", join(workshop.root, "excludes"));
    await writeFile(join(workshop.root, "excludes"), "*\n");
    expect([...(await look()).list("")]).toEqual(["a.yaml"]);
    expect([...(await workingSnapshot(workshop.root, process.env, () => true)).list("")]).not.toContain("owned");
  });
});

describe("a folder that is no repository", () => {
  test("is walked, without .git and node_modules", async () => {
    const folder = temporaryFolder();
    for (const path of ["raos.yaml", "agents/acme/a.yaml", "node_modules/x/index.js", "agents/.git/config"]) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), path);
    }
    await symlink("/etc", join(folder, "etc"));
    const seen = await look(undefined, folder);
    expect([...seen.list("")]).toEqual(["agents/acme/a.yaml", "raos.yaml"]);
    expect([...seen.list("agents/acme")]).toEqual(["agents/acme/a.yaml"]);
  });

  test("one that is not there is an error", async () => {
    await expect(look(undefined, "/nowhere/at/all")).rejects.toMatchObject({ name: "GitError", code: "not-found" });
  });
});
