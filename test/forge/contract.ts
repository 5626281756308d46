import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FileChange, Marker, Proposal } from "../../src/domain/change.ts";
import { blobOid } from "../../src/domain/object-id.ts";
import type { Path, Sha } from "../../src/domain/scalars.ts";
import type { Base, Forge } from "../../src/forge/forge.ts";

export type Files = Readonly<Record<Path, string>>;

/** A forge over one repository, and what people do to that repository behind its back. */
export interface ForgeGround {
  readonly forge: Forge;
  /** Another forge over the same repository, as another process would have one. */
  another(): Forge;
  /** A person's commit on a branch that is there; `undefined` deletes a file. */
  commit(branch: string, files: Readonly<Record<Path, string | undefined>>): Promise<Sha>;
  /** A person puts a branch where they want it, or deletes it. */
  setBranch(branch: string, to: Sha | undefined): Promise<void>;
  renameDefaultBranch(to: string): Promise<void>;
  closeAsPerson(number: number): Promise<void>;
  /** Where a branch stands; undefined where there is none. */
  branchHead(branch: string): Promise<Sha | undefined>;
  /** Every file of a commit. */
  files(commit: Sha): Promise<Files>;
  parents(commit: Sha): Promise<readonly Sha[]>;
  /** What was said about a pull request, oldest first. */
  comments(number: number): Promise<readonly string[]>;
  end(): Promise<void>;
}

/** What every forge does. `make` gives a repository whose `main` holds the files, or an empty one. */
export function forgeContract(name: string, make: (files: Files | undefined) => Promise<ForgeGround>): void {
  const FLEET: Files = { "raos.yaml": "kind: Config\n", "deploy/old.yaml": "old: 1\n", "README.md": "A fleet\n" };

  describe(`${name} as a forge`, () => {
    let ground: ForgeGround;
    let forge: Forge;
    let base: Base;

    beforeEach(async () => {
      ground = await make(FLEET);
      forge = ground.forge;
      base = await baseNow(forge);
    });
    afterEach(() => ground.end());

    const opened = (changed: Partial<Proposal> = {}) => forge.open(proposal(changed), base);

    test("names the default branch and its head", async () => {
      expect(await forge.defaultBranch()).toEqual({ name: "main", sha: await ground.branchHead("main") });
    });

    test("has no pull requests at first", async () => {
      expect(await forge.standing(["raos/agent/acme/triage"])).toEqual({ pulls: [], complete: true });
      expect(await forge.pull(1)).toBeUndefined();
    });

    test("opens: one commit on the base, holding the files", async () => {
      const pull = await opened({ labels: ["raos"] });
      expect(pull).toMatchObject({ title: "Deploy triage", body: "Why.", branch: BRANCH, base: "main", state: "open" });
      expect(await ground.branchHead(BRANCH)).toBe(pull.head);
      expect(await ground.parents(pull.head)).toEqual([base.sha]);
      expect(await ground.files(pull.head)).toEqual({ ...FLEET, "deploy/triage.yaml": "replicas: 1\n" });
      const { pulls, complete } = await forge.standing([]);
      expect(complete).toBe(true);
      expect(pulls).toEqual([{ ...pull, labels: ["raos"] }]);
      expect(pulls[0]).toMatchObject({ botOnly: true, closedByBot: false, handsOff: false });
      expect(await forge.pull(pull.number)).toEqual(pulls[0]);
    });

    test("deletes files and folders that a proposal takes away", async () => {
      const pull = await opened({ files: [change("deploy/old.yaml", undefined), change("a/b/c/d.yaml", "deep\n")] });
      const { "deploy/old.yaml": _, ...rest } = FLEET;
      expect(await ground.files(pull.head)).toEqual({ ...rest, "a/b/c/d.yaml": "deep\n" });
    });

    test("opened twice it is one pull request", async () => {
      const first = await opened();
      const second = await ground.another().open(proposal({}), base);
      expect(second.number).toBe(first.number);
      expect(second.head).toBe(first.head);
      expect((await forge.standing([BRANCH])).pulls).toHaveLength(1);
    });

    test("opened again with other content, what stands is brought to it", async () => {
      const first = await opened();
      const second = await opened({
        title: "Deploy triage, larger",
        files: [change("deploy/triage.yaml", "replicas: 2\n")],
      });
      expect(second.number).toBe(first.number);
      const now = await forge.pull(first.number);
      expect(now).toMatchObject({ title: "Deploy triage, larger", head: second.head, state: "open" });
      expect(await ground.files(second.head)).toMatchObject({ "deploy/triage.yaml": "replicas: 2\n" });
    });

    test("starts a branch anew that an interrupted run left behind", async () => {
      await ground.setBranch(BRANCH, base.sha);
      const pull = await opened();
      expect(await ground.branchHead(BRANCH)).toBe(pull.head);
      expect(await ground.files(pull.head)).toMatchObject({ "deploy/triage.yaml": "replicas: 1\n" });
      expect((await forge.standing([])).pulls.map(({ number }) => number)).toEqual([pull.number]);
    });

    test("never overwrites a person's branch", async () => {
      await ground.setBranch(BRANCH, base.sha);
      const theirs = await ground.commit(BRANCH, { "mine.txt": "mine\n" });
      await expect(opened()).rejects.toMatchObject({ name: "ForgeError", code: "conflict" });
      expect(await ground.branchHead(BRANCH)).toBe(theirs);
      expect((await forge.standing([BRANCH])).pulls).toEqual([]);
    });

    test("updates with a commit on top", async () => {
      const pull = await opened();
      const files = [change("deploy/triage.yaml", "replicas: 3\n")];
      const now = await forge.update(pull, proposal({ title: "Three", body: "More.", files }), base, false);
      expect(await ground.parents(now.head)).toEqual([pull.head]);
      expect(await ground.files(now.head)).toEqual({ ...FLEET, "deploy/triage.yaml": "replicas: 3\n" });
      expect(await forge.pull(pull.number)).toMatchObject({
        title: "Three",
        body: "More.",
        head: now.head,
        botOnly: true,
      });
    });

    test("an update of the text moves no head", async () => {
      const pull = await opened();
      const now = await forge.update(pull, proposal({ title: "Other", body: "Words." }), base, false);
      expect(now).toMatchObject({ head: pull.head, title: "Other" });
      expect(await ground.branchHead(BRANCH)).toBe(pull.head);
      expect(await forge.pull(pull.number)).toMatchObject({ title: "Other", body: "Words.", head: pull.head });
    });

    test("an update of nothing changes nothing", async () => {
      const pull = await opened();
      expect((await forge.update(pull, proposal({}), base, false)).head).toBe(pull.head);
      expect(await ground.branchHead(BRANCH)).toBe(pull.head);
    });

    test("an update leaves nothing of what is no longer proposed", async () => {
      const pull = await opened({ files: [change("deploy/old.yaml", "old: 2\n"), change("deploy/x.yaml", "x\n")] });
      const now = await forge.update(pull, proposal({}), base, false);
      expect(await ground.files(now.head)).toEqual({ ...FLEET, "deploy/triage.yaml": "replicas: 1\n" });
    });

    test("replays on a base that changed under the same files", async () => {
      const pull = await opened({ files: [change("deploy/old.yaml", "old: 2\n")] });
      await ground.commit("main", { "deploy/old.yaml": "old: 9\n" });
      const fresh = await baseNow(forge);
      const now = await forge.update(pull, proposal({ files: [change("deploy/old.yaml", "old: 3\n")] }), fresh, true);
      expect(now.number).toBe(pull.number);
      expect(await ground.parents(now.head)).toEqual([fresh.sha]);
      expect(await ground.files(now.head)).toMatchObject({ "deploy/old.yaml": "old: 3\n" });
      expect(await forge.pull(pull.number)).toMatchObject({ state: "open", head: now.head, botOnly: true });
      await forge.merge(now);
    });

    test("does not update a branch that moved", async () => {
      const pull = await opened();
      const theirs = await ground.commit(BRANCH, { "mine.txt": "mine\n" });
      const files = [change("deploy/triage.yaml", "replicas: 3\n")];
      for (const replay of [false, true]) {
        const update = forge.update(pull, proposal({ title: "New", files }), base, replay);
        await expect(update).rejects.toMatchObject({ name: "ForgeError", code: "stale" });
      }
      expect(await ground.branchHead(BRANCH)).toBe(theirs);
      expect(await forge.pull(pull.number)).toMatchObject({ title: pull.title, body: pull.body });
    });

    test("sees a person's commit, and opens nothing over it", async () => {
      const pull = await opened();
      const theirs = await ground.commit(BRANCH, { "mine.txt": "mine\n" });
      expect((await forge.standing([])).pulls).toMatchObject([{ number: pull.number, head: theirs, botOnly: false }]);
      await expect(opened()).rejects.toMatchObject({ name: "ForgeError", code: "conflict" });
      expect(await ground.branchHead(BRANCH)).toBe(theirs);
    });

    test("says once that it keeps its hands off", async () => {
      const pull = await opened();
      await forge.handsOff(pull, "A person works on this branch.");
      const now = await forge.pull(pull.number);
      expect(now).toMatchObject({ handsOff: true, state: "open" });
      if (now !== undefined) await forge.handsOff(now, "A person works on this branch.");
      const said = await ground.comments(pull.number);
      expect(said).toHaveLength(1);
      expect(said[0]).toContain("A person works on this branch.");
    });

    test("closes with a sentence, and knows that it did", async () => {
      const pull = await opened();
      await forge.close(pull, "No longer needed.");
      expect(await forge.pull(pull.number)).toMatchObject({ state: "closed", closedByBot: true });
      expect(await ground.branchHead(BRANCH)).toBeUndefined();
      expect((await ground.comments(pull.number)).join("\n")).toContain("No longer needed.");
      expect((await forge.standing([])).pulls).toEqual([]);
      expect((await forge.standing([BRANCH])).pulls).toMatchObject([{ number: pull.number, closedByBot: true }]);
    });

    test("a person's close is theirs, also where the bot closes a moment later", async () => {
      const pull = await opened();
      await ground.closeAsPerson(pull.number);
      expect(await forge.pull(pull.number)).toMatchObject({ state: "closed", closedByBot: false });
      await forge.close(pull, "No longer needed.");
      expect((await forge.standing([BRANCH])).pulls).toMatchObject([{ state: "closed", closedByBot: false }]);
    });

    test("what a person deletes the branch of is closed by them", async () => {
      const pull = await opened();
      await ground.setBranch(BRANCH, undefined);
      expect(await forge.pull(pull.number)).toMatchObject({ state: "closed", closedByBot: false });
    });

    test("opens anew after a close, and tells the newest", async () => {
      const first = await opened();
      await ground.closeAsPerson(first.number);
      const second = await opened({ files: [change("deploy/triage.yaml", "replicas: 4\n")] });
      expect(second.number).toBeGreaterThan(first.number);
      await forge.close(second, "No longer needed.");
      expect((await forge.standing([BRANCH, "raos/agent/acme/other"])).pulls).toMatchObject([
        { number: second.number, closedByBot: true },
      ]);
    });

    test("merges with a merge commit", async () => {
      const pull = await opened();
      const sha = await forge.merge(pull);
      expect(await ground.branchHead("main")).toBe(sha);
      expect(await ground.parents(sha)).toEqual([base.sha, pull.head]);
      expect(await ground.files(sha)).toEqual({ ...FLEET, "deploy/triage.yaml": "replicas: 1\n" });
      expect(await ground.branchHead(BRANCH)).toBeUndefined();
      expect(await forge.pull(pull.number)).toMatchObject({ state: "merged", closedByBot: false });
      expect((await forge.standing([BRANCH])).pulls).toMatchObject([{ number: pull.number, state: "merged" }]);
    });

    test("does not merge what conflicts", async () => {
      const pull = await opened({ files: [change("deploy/old.yaml", "old: 2\n")] });
      const theirs = await ground.commit("main", { "deploy/old.yaml": "old: 9\n" });
      await expect(forge.merge(pull)).rejects.toMatchObject({ name: "ForgeError", code: "conflict" });
      expect(await ground.branchHead("main")).toBe(theirs);
      expect(await forge.pull(pull.number)).toMatchObject({ state: "open", head: pull.head });
    });

    test("does not merge a head that nobody looked at", async () => {
      const pull = await opened();
      await ground.commit(BRANCH, { "mine.txt": "mine\n" });
      await expect(forge.merge(pull)).rejects.toMatchObject({ name: "ForgeError", code: "stale" });
      expect(await ground.branchHead("main")).toBe(base.sha);
    });

    test("opens many at once, each with a number of its own, and merges them in any order", async () => {
      const names = Array.from({ length: 12 }, (_, index) => `agent-${index}`);
      const pulls = await Promise.all(
        names.map((agent, index) => {
          const files = [change(`deploy/${agent}.yaml`, `agent: ${agent}\n`)];
          const by = index % 2 === 0 ? forge : ground.another();
          return by.open(proposal({ branch: `raos/agent/acme/${agent}`, title: `Deploy ${agent}`, files }), base);
        }),
      );
      expect(new Set(pulls.map(({ number }) => number)).size).toBe(12);
      expect((await forge.standing([])).pulls).toHaveLength(12);
      for (const pull of [...pulls].sort((a, b) => (a.branch < b.branch ? 1 : -1))) await forge.merge(pull);
      const files = await ground.files((await ground.branchHead("main")) ?? "");
      expect(Object.keys(files).filter((path) => path.startsWith("deploy/agent-"))).toHaveLength(12);
      expect((await forge.standing([])).pulls).toEqual([]);
    });

    test("takes hostile words as they are", async () => {
      const title =
        '--help $(touch x) `id` "; rm -rf / # Fixes #1 @acme/platform <b>\u202e\u{1f600} <!-- raos:pull e30= -->';
      const body = `${"#".repeat(7)} heading\n\r\n<!-- raos:pull e30= -->\n\`\`\`\n@everyone Fixes #1\n${"é".repeat(30_000)}`;
      const pull = await opened({ title, body, commitMessage: "-m\n\n# not a comment\nFrom nobody\n" });
      const now = await forge.pull(pull.number);
      expect(now?.title).toBe(title);
      expect(now?.body.replaceAll("\r\n", "\n")).toBe(body.replaceAll("\r\n", "\n"));
      expect(now).toMatchObject({ closedByBot: false, handsOff: false });
    });

    test("refuses a body of more than 65,536 characters, and leaves nothing behind that is in the way", async () => {
      await expect(opened({ body: "x".repeat(65_537) })).rejects.toMatchObject({ name: "ForgeError", code: "invalid" });
      expect((await forge.standing([BRANCH])).pulls).toEqual([]);
      expect((await opened({ body: "x".repeat(65_536) })).state).toBe("open");
    });

    test.each([
      "raos/a..b",
      "raos/a b",
      "raos/a~1",
      "raos/a:b",
      "raos/a.lock",
      "raos//a",
      "raos/a\nb",
      "raos/@{u}",
      "raos/",
    ])("refuses the branch %j", async (branch) => {
      await expect(opened({ branch })).rejects.toMatchObject({ name: "ForgeError", code: "invalid" });
      expect(await ground.branchHead("main")).toBe(base.sha);
    });

    test("takes paths and texts in any script", async () => {
      const files = [
        change("deploy/Größe 🐙/値.yaml", "wert: „ä“\n"),
        change('deploy/qu"ote\\.yaml', "'\n"),
        change("-rf", "x\n"),
      ];
      const pull = await opened({ branch: "raos/-agent/größe", files });
      const texts = Object.fromEntries(files.map(({ path, text }) => [path, text]));
      expect(await ground.files(pull.head)).toMatchObject(texts);
      expect((await forge.standing([])).pulls).toMatchObject([{ branch: "raos/-agent/größe", number: pull.number }]);
    });

    test("goes along where the default branch is renamed", async () => {
      const pull = await opened();
      await ground.renameDefaultBranch("trunk");
      expect(await forge.defaultBranch()).toEqual({ name: "trunk", sha: base.sha });
      const now = await forge.pull(pull.number);
      expect(now).toMatchObject({ state: "open", base: "trunk" });
      if (now !== undefined) await forge.merge(now);
      expect(await ground.files((await ground.branchHead("trunk")) ?? "")).toHaveProperty(["deploy/triage.yaml"]);
    });

    test("counts what was opened after a moment, whatever became of it", async () => {
      const first = await opened();
      expect(await forge.openedSince(first.createdAt - 1)).toBe(1);
      await forge.close(first, "No longer needed.");
      const second = await opened();
      await forge.merge(second);
      expect(await forge.openedSince(first.createdAt - 1)).toBe(2);
      expect(await forge.openedSince(second.createdAt)).toBe(0);
    });

    test("an empty repository is told as one", async () => {
      const empty = await make(undefined);
      try {
        expect(await empty.forge.defaultBranch()).toEqual({ name: "main", sha: undefined });
        expect(await empty.forge.standing([BRANCH])).toEqual({ pulls: [], complete: true });
      } finally {
        await empty.end();
      }
    });
  });
}

export const BRANCH = "raos/agent/acme/triage";

const MARKER: Marker = {
  version: 1,
  cause: { kind: "drift", scope: { kind: "agent", agent: "acme/triage" } },
  base: "0".repeat(40),
  content: "0".repeat(64),
  under: "0".repeat(64),
  text: "0".repeat(64),
  edits: [],
};

export function proposal(changed: Partial<Proposal>): Proposal {
  return {
    branch: BRANCH,
    title: "Deploy triage",
    body: "Why.",
    commitMessage: "Deploy triage\n",
    labels: [],
    reviewers: [],
    files: [change("deploy/triage.yaml", "replicas: 1\n")],
    marker: MARKER,
    autoMerge: false,
    ...changed,
  };
}

export function change(path: Path, text: string | undefined): FileChange {
  return { path, before: text === undefined ? { oid: blobOid("old: 1\n"), text: "old: 1\n" } : undefined, text };
}

async function baseNow(forge: Forge): Promise<Base> {
  const { name, sha } = await forge.defaultBranch();
  if (sha === undefined) throw new Error("the repository is empty");
  return { branch: name, sha };
}
