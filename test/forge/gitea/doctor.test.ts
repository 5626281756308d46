import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Finding } from "../../../src/app/doctor/finding.ts";
import { describeReal } from "../../real/component.ts";
import type { GiteaAccount } from "../../real/gitea/account.ts";
import { botEnvironment, SMALL_FLEET } from "../../real/gitea/fleet.ts";
import { type Gitea, startGitea } from "../../real/gitea/gitea.ts";
import { createGiteaRepository } from "../../real/gitea/repository.ts";
import { raos } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

vi.setConfig({ testTimeout: 120_000 });

describeReal("gitea", "raos doctor on a real Gitea", () => {
  let gitea: Gitea;
  let bot: GiteaAccount;
  beforeAll(async () => {
    gitea = await startGitea();
    bot = await gitea.user("raos-bot");
  }, 120_000);
  afterAll(() => gitea?.stop());

  const found = async (env: Readonly<Record<string, string>>): Promise<Finding | undefined> => {
    const { out } = await raos(temporaryFolder(), ["doctor", "--output", "json"], env);
    const findings: readonly Finding[] = JSON.parse(out);
    expect(findings.map(({ check }) => check)).not.toContain("github");
    return findings.find(({ check }) => check === "gitea");
  };

  test("up, without a repository, and with one", async () => {
    expect(await found(botEnvironment(bot))).toMatchObject({
      status: "warning",
      fix: expect.stringContaining("collaborator"),
    });
    await createGiteaRepository(await gitea.user("robin"), bot, SMALL_FLEET);
    expect(await found(botEnvironment(bot))).toMatchObject({
      status: "ok",
      message: expect.stringMatching(/^1\.26.* 1 repository$/),
    });
  });

  test("a wrong token, an address where there is none, and no token at all", async () => {
    const environment = botEnvironment(bot);
    expect(await found({ ...environment, GITEA_TOKEN: "0".repeat(40) })).toMatchObject({
      status: "failed",
      fix: expect.stringContaining("GITEA_TOKEN"),
    });
    expect(await found({ ...environment, GITEA_URL: `${gitea.url}/elsewhere` })).toMatchObject({
      status: "failed",
      fix: expect.stringContaining("GITEA_URL"),
    });
    const { GITEA_TOKEN: _, ...without } = environment;
    expect(await found(without)).toMatchObject({ status: "failed", message: expect.stringContaining("GITEA_TOKEN") });
  });
});
