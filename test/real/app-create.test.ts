import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { toolPath } from "../../tools/find.ts";
import { openBrowser } from "../../tools/github-page.ts";
import { addAccount } from "../servers/github/model/world.ts";
import { startGitHub } from "../servers/github/server.ts";
import { startProcess } from "../support/cli/raos-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitFor } from "../support/wait.ts";
import { describeReal } from "./component.ts";

describeReal(["chromium"], "raos app create in a real browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(toolPath("chromium"));
  }, 60_000);
  afterAll(() => browser?.close());

  test("two clicks from the printed address to an App", { timeout: 120_000 }, async () => {
    const github = await startGitHub({ checkAnswers: true });
    addAccount(github.world, "acme", "Organization");
    const folder = temporaryFolder();
    const argv = [
      "--org",
      "acme",
      "--url",
      "https://bot.acme.example",
      "--github-server",
      github.url,
      "--output-dir",
      folder,
    ];
    const bot = startProcess(["app", "create", ...argv]);
    let out = "";
    bot.child.stdout?.on("data", (chunk: Buffer) => {
      out += chunk.toString();
    });
    const page = await browser.newPage();
    const wrong: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") wrong.push(message.text());
    });
    const origins = new Set<string>();
    page.on("request", (request) => origins.add(new URL(request.url()).origin));
    try {
      const address = await waitFor(() => /^ {2}(http:\/\/127\.0\.0\.1:\S+)$/m.exec(out)?.[1]);
      await page.goto(address);
      expect(await page.textContent("h1")).toBe("Register the GitHub App raos-acme");
      expect(await page.textContent("ul")).toContain("pull requests: write");
      await page.click("button");
      expect(await page.textContent("h1")).toBe("Create GitHub App for acme");
      await page.click("button");
      await page.waitForURL(/\/callback\?/);
      expect(await page.textContent("h1")).toBe("Registered");
      expect(await page.getAttribute("a", "href")).toBe(`${github.url}/apps/raos-acme/installations/new`);
      expect(await bot.ended).toEqual({ code: 0, signal: null });
      expect(existsSync(join(folder, "raos-app.env"))).toBe(true);
      expect([...origins].toSorted()).toEqual([new URL(address).origin, github.url].toSorted());
      // The browser asks for an icon, which there is not; nothing else is amiss, the Content-Security-Policy included.
      expect(wrong.filter((text) => !text.includes("404"))).toEqual([]);
    } finally {
      await page.close();
      await github.close();
    }
  });
});
