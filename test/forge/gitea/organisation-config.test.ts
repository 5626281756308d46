import { expect, test, vi } from "vitest";
import { describeReal } from "../../real/component.ts";
import { askGitea } from "../../real/gitea/account.ts";
import { startGitea } from "../../real/gitea/gitea.ts";
import { createGiteaRepository } from "../../real/gitea/repository.ts";

vi.setConfig({ testTimeout: 120_000 });

describeReal("gitea", "the organisation's configuration on a real Gitea", () => {
  test("is the raos.yaml of the owner's .github repository, where there is one that the bot may see", async () => {
    const gitea = await startGitea();
    try {
      const [owner, bot] = [await gitea.user("robin"), await gitea.user("raos-bot")];
      const forge = await (await createGiteaRepository(owner, bot, { "README.md": "A fleet\n" })).forge();
      expect(await forge.organisationConfig?.()).toBeUndefined();
      await askGitea(owner, "POST", "/user/repos", { name: ".github", auto_init: true, default_branch: "main" });
      expect(await forge.organisationConfig?.()).toBeUndefined();
      const text = "apiVersion: raos.dev/v1alpha1\nkind: Config\n";
      const content = Buffer.from(text).toString("base64");
      await askGitea(owner, "POST", "/repos/robin/.github/contents/raos.yaml", {
        content,
        branch: "main",
        message: "x",
      });
      expect(await forge.organisationConfig?.()).toEqual({ owner: "robin", text });
      await askGitea(owner, "PATCH", "/repos/robin/.github", { private: true });
      expect(await forge.organisationConfig?.()).toBeUndefined();
    } finally {
      await gitea.stop();
    }
  });
});
