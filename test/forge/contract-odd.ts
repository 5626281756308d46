import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Proposal } from "../../src/domain/change.ts";
import type { Base, Forge } from "../../src/forge/forge.ts";
import { BRANCH, baseNow, change, FLEET, type ForgeGround, type MakeGround, proposal } from "./ground.ts";

/** Hostile words and names, renamed branches, empty repositories. */
export function oddContract(name: string, make: MakeGround): void {
  describe(`${name} as a forge: takes what comes`, () => {
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

    test.each(["raos", "raos/agent", "raos/agent/acme", "raos/agent/acme/triage/mine"])(
      "names the branch that is in the way, and leaves it: %s",
      async (branch) => {
        await ground.setBranch(branch, base.sha);
        const message = expect.stringContaining(`the branch "${branch}" is in the way of "${BRANCH}"`);
        await expect(opened()).rejects.toMatchObject({ name: "ForgeError", code: "blocked", message });
        expect((await forge.standing([BRANCH])).pulls).toEqual([]);
        expect(await ground.branchHead(branch)).toBe(base.sha);
        await ground.setBranch(branch, undefined);
        expect((await opened()).state).toBe("open");
      },
    );

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
