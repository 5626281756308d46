import { describe, expect, onTestFinished, test } from "vitest";
import { identityOf } from "../../../src/app/service/identity.ts";
import { UsageError } from "../../../src/app/shell.ts";
import { giteaServer, isOnGitea } from "../../../src/app/world/forges/gitea-forge.ts";
import { assertRepository } from "../../../src/app/world/open-world.ts";
import { json, startLoopback } from "../../servers/loopback.ts";
import { raos, shellFor } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const TOKEN = "0123456789abcdef0123456789abcdef01234567";
const LOG = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describe("which addresses are on the Gitea of the environment", () => {
  test.each([
    ["https://git.example", "https://git.example/acme/fleet", true],
    ["https://git.example/", "https://GIT.example:443/acme/fleet", true],
    ["https://example.com/gitea/", "https://example.com/gitea/acme/fleet", true],
    ["http://127.0.0.1:3000", "http://127.0.0.1:3000/acme/fleet", true],
    ["https://git.example", "http://git.example/acme/fleet", false],
    ["https://git.example", "https://git.example:8443/acme/fleet", false],
    ["https://git.example", "https://git.example.evil.example/acme/fleet", false],
    ["https://git.example", "https://evil.example/git.example/acme/fleet", false],
    ["https://example.com/gitea", "https://example.com/acme/fleet", false],
    ["https://example.com/gitea", "https://example.com/gitea-evil/acme/fleet", false],
    ["https://example.com/gitea", "https://example.com/gitea/../acme/fleet", false],
    [undefined, "https://git.example/acme/fleet", false],
  ])("GITEA_URL=%s, %s: %s", (GITEA_URL, address, expected) => {
    expect(isOnGitea({ GITEA_URL }, new URL(address))).toBe(expected);
  });

  test.each([
    "http://git.example",
    "https://bot:hunter2@git.example",
    "git.example",
    "https://git.example?token=hunter2",
  ])("GITEA_URL=%s is no address", (GITEA_URL) => {
    const read = () => giteaServer({ GITEA_URL, GITEA_TOKEN: TOKEN });
    expect(read).toThrow(UsageError);
    expect(read).not.toThrow("hunter2");
  });
});

describe("its credential", () => {
  const GITEA_URL = "https://git.example";
  test("is one token, and those before it", () => {
    const env = { GITEA_URL, GITEA_TOKEN: ` ${TOKEN}\n`, GITEA_FORMER_TOKENS: "an-older-token-01, an-older-token-02" };
    expect(giteaServer(env)).toEqual({
      url: GITEA_URL,
      token: TOKEN,
      formerTokens: ["an-older-token-01", "an-older-token-02"],
    });
  });

  test.each([
    [{ GITEA_URL }, "set GITEA_TOKEN"],
    [{ GITEA_URL, GITEA_TOKEN: "" }, "set GITEA_TOKEN"],
    [{ GITEA_URL, GITEA_TOKEN: `${TOKEN},${TOKEN}` }, "set GITEA_TOKEN"],
    [{ GITEA_URL, GITEA_TOKEN: "two words of it" }, "GITEA_TOKEN holds no token"],
    [{ GITEA_URL, GITEA_TOKEN: TOKEN, GITEA_FORMER_TOKENS: "short" }, "GITEA_FORMER_TOKENS holds no token"],
    [{ GITEA_TOKEN: TOKEN }, "GITEA_URL is not set"],
  ])("%j: %s", (env, words) => {
    expect(() => giteaServer(env)).toThrow(words);
  });

  test.each(["https://git.example/acme", "https://git.example/acme/fleet/src", "https://git.example/"])(
    "%s names no repository",
    (address) => {
      const shell = shellFor("/tmp", Date.now, { GITEA_URL, GITEA_TOKEN: TOKEN });
      expect(() => assertRepository(shell, address)).toThrow("write https://git.example/owner/name");
    },
  );
});

describe("an unknown server is asked what it is, without a credential", () => {
  const run = async (answer: Parameters<typeof startLoopback>[0], argv: readonly string[] = []) => {
    const server = await startLoopback(answer);
    onTestFinished(() => server.stop());
    const env = { GITEA_TOKEN: TOKEN, GITHUB_TOKEN: TOKEN };
    const ran = await raos(temporaryFolder(), ["plan", "--repo", `${server.url}/acme/fleet`, ...argv], env);
    return { ...ran, server };
  };

  test("a Gitea: the message says what to set", async () => {
    const { code, err, server } = await run((response) => json(response, { version: "1.26.0" }));
    expect([code, err]).toEqual([
      2,
      expect.stringContaining(`a Gitea or a Forgejo (version 1.26.0), and gets a credential only where`),
    ]);
    expect(err).toContain(`set GITEA_URL=${server.url} and GITEA_TOKEN`);
    expect(JSON.stringify(server.asked)).not.toContain(TOKEN);
  });

  test("something else: both are named", async () => {
    const { code, err } = await run((response) => void response.writeHead(404).end());
    expect([code, err]).toEqual([2, expect.stringMatching(/GITHUB_SERVER_URL=.*GITEA_URL=/)]);
  });

  test("--forge gitea without GITEA_URL is refused, and asks nothing", async () => {
    const { code, err, server } = await run((response) => json(response, { version: "1.26.0" }), ["--forge", "gitea"]);
    expect([code, err]).toEqual([2, expect.stringContaining("GITEA_URL is not set")]);
    expect(server.asked).toEqual([]);
  });
});

describe("raos serve", () => {
  const identity = (env: Readonly<Record<string, string>>, options: Parameters<typeof identityOf>[1]) =>
    identityOf(shellFor("/tmp", Date.now, { WEBHOOK_SECRET: "known", ...env }), options, LOG);
  const GITEA = { GITEA_URL: "https://git.example", GITEA_TOKEN: TOKEN };

  test("serves what the token's account may push to, page by page", async () => {
    const repository = (name: string, more: object = {}) => ({
      ...{ full_name: name, archived: false, mirror: false, empty: false, has_pull_requests: true },
      permissions: { push: true },
      ...more,
    });
    const server = await startLoopback((response, { url = "" }) => {
      const isFirst = url.includes("page=1");
      response.setHeader("link", isFirst ? '<next>; rel="next"' : "");
      const first = [repository("acme/one"), repository("acme/archived", { archived: true })];
      const second = [repository("acme/read", { permissions: { push: false } }), repository("b.c/two")];
      json(response, isFirst ? first : second);
    });
    onTestFinished(() => server.stop());
    const served = identity({ ...GITEA, GITEA_URL: server.url }, { repos: undefined });
    expect(await served.repositories()).toEqual([
      { repo: `${server.url}/acme/one`, installation: undefined },
      { repo: `${server.url}/b.c/two`, installation: undefined },
    ]);
    expect(served.failing()).toBe(0);
  });

  test("a list with a hostile name in it is not complete, and the rest is served", async () => {
    const server = await startLoopback((response) =>
      json(response, [
        {
          full_name: "../../etc",
          archived: false,
          mirror: false,
          empty: false,
          has_pull_requests: true,
          permissions: { push: true },
        },
      ]),
    );
    onTestFinished(() => server.stop());
    const served = identity({ ...GITEA, GITEA_URL: server.url }, { repos: undefined });
    expect(await served.repositories()).toEqual([]);
    expect(served.failing()).toBe(1);
  });

  test("repositories on a Gitea need no credential of a GitHub", () => {
    expect(identity(GITEA, { repos: ["https://git.example/acme/fleet"] })).toMatchObject({ app: undefined });
    expect(() => identity(GITEA, { repos: ["https://github.com/acme/fleet"] })).toThrow("set GITHUB_TOKEN");
    expect(() => identity({}, { repos: undefined, server: "gitea" })).toThrow("GITEA_URL is not set");
    expect(() => identity({ ...GITEA, WEBHOOK_SECRET: "" }, { repos: undefined })).toThrow("WEBHOOK_SECRET is not set");
  });
});
