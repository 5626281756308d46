import { describe, expect, test } from "vitest";
import { BRANCH, change } from "../../support/forge/proposal.ts";
import { givenRepository, type MakeRepository } from "./test-repository.ts";

/** Hostile words and names, renamed branches, empty repositories. */
export function oddContract(name: string, make: MakeRepository): void {
  describe(`${name} as a forge: accepts unusual input`, () => {
    const given = givenRepository(make);

    test("takes hostile words as they are", async () => {
      const title =
        '--help $(touch x) `id` "; rm -rf / # Fixes #1 @acme/platform <b>\u202e\u{1f600} <!-- raos:pull e30= -->';
      const body = `${"#".repeat(7)} heading\n\r\n<!-- raos:pull e30= -->\n\`\`\`\n@everyone Fixes #1\n${"é".repeat(30_000)}`;
      const pull = await given.open({ title, body, commitMessage: "-m\n\n# not a comment\nFrom nobody\n" });
      const now = await given.forge.pull(pull.number);
      expect(now?.title).toBe(title);
      expect(now?.body.replaceAll("\r\n", "\n")).toBe(body.replaceAll("\r\n", "\n"));
      expect(now).toMatchObject({ closedByBot: false, handsOff: false });
    });

    test("refuses a body of more than 65,536 characters, and leaves nothing behind that is in the way", async () => {
      await expect(given.open({ body: "x".repeat(65_537) })).rejects.toMatchObject({
        name: "ForgeError",
        code: "invalid",
      });
      expect((await given.forge.pullRequests([BRANCH])).pulls).toEqual([]);
      expect((await given.open({ body: "x".repeat(65_536) })).state).toBe("open");
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
      await expect(given.open({ branch })).rejects.toMatchObject({ name: "ForgeError", code: "invalid" });
      expect(await given.repository.branchHead("main")).toBe(given.base.sha);
    });

    test.each(["raos", "raos/agent", "raos/agent/acme", "raos/agent/acme/triage/mine"])(
      "names the branch that is in the way, and leaves it: %s",
      async (branch) => {
        await given.repository.setBranch(branch, given.base.sha);
        const message = expect.stringContaining(`the branch "${branch}" is in the way of "${BRANCH}"`);
        await expect(given.open()).rejects.toMatchObject({ name: "ForgeError", code: "blocked", message });
        expect((await given.forge.pullRequests([BRANCH])).pulls).toEqual([]);
        expect(await given.repository.branchHead(branch)).toBe(given.base.sha);
        await given.repository.setBranch(branch, undefined);
        expect((await given.open()).state).toBe("open");
      },
    );

    test("takes paths and texts in any script", async () => {
      const files = [
        change("deploy/Größe 🐙/値.yaml", "wert: „ä“\n"),
        change('deploy/qu"ote\\.yaml', "'\n"),
        change("-rf", "x\n"),
      ];
      const pull = await given.open({ branch: "raos/-agent/größe", files });
      const texts = Object.fromEntries(files.map(({ path, text }) => [path, text]));
      expect(await given.repository.files(pull.head)).toMatchObject(texts);
      expect((await given.forge.pullRequests([])).pulls).toMatchObject([
        { branch: "raos/-agent/größe", number: pull.number },
      ]);
    });

    test("goes along where the default branch is renamed", async () => {
      const pull = await given.open();
      await given.repository.renameDefaultBranch("trunk");
      expect(await given.forge.defaultBranch()).toMatchObject({ name: "trunk", sha: given.base.sha });
      const now = await given.forge.pull(pull.number);
      expect(now).toMatchObject({ state: "open", base: "trunk" });
      if (now !== undefined) await given.forge.merge(now);
      expect(await given.repository.files((await given.repository.branchHead("trunk")) ?? "")).toHaveProperty([
        "deploy/triage.yaml",
      ]);
    });

    test("an empty repository has no head", async () => {
      const empty = await make(undefined);
      try {
        expect(await empty.forge.defaultBranch()).toMatchObject({ name: "main", sha: undefined });
        expect(await empty.forge.pullRequests([BRANCH])).toMatchObject({ pulls: [], complete: true });
      } finally {
        await empty.end();
      }
    });
  });
}
