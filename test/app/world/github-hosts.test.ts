import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UsageError } from "../../../src/app/shell.ts";
import { githubHostOf, githubHosts } from "../../../src/app/world/forges/github-hosts.ts";
import { type Loopback, startLoopback } from "../../servers/loopback.ts";
import { raos } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const ENTERPRISE = { GITHUB_SERVER_URL: "https://github.acme.example", GITHUB_API_URL: undefined };

describe("where an API lies", () => {
  test.each<[string, Readonly<Record<string, string | undefined>>, string]>([
    ["https://github.com/o/r", {}, "https://api.github.com"],
    ["https://GitHub.com:443/o/r", {}, "https://api.github.com"],
    [
      "https://github.com/o/r",
      { GITHUB_SERVER_URL: "https://github.com", GITHUB_API_URL: "http://127.0.0.1:8080" },
      "http://127.0.0.1:8080",
    ],
    ["https://github.com/o/r", ENTERPRISE, "https://api.github.com"],
    ["https://github.com/o/r", { GITHUB_API_URL: "https://github.acme.example/api/v3" }, "https://api.github.com"],
    ["https://github.acme.example/o/r", ENTERPRISE, "https://github.acme.example/api/v3"],
    [
      "https://github.acme.example/o/r",
      { GITHUB_API_URL: "https://github.acme.example/api/v3/" },
      "https://github.acme.example/api/v3",
    ],
    [
      "https://github.acme.example:8443/o/r",
      { GITHUB_SERVER_URL: "https://github.acme.example:8443/" },
      "https://github.acme.example:8443/api/v3",
    ],
    ["https://acme.ghe.com/o/r", { GITHUB_SERVER_URL: "https://acme.ghe.com" }, "https://api.acme.ghe.com"],
    ["http://127.0.0.1:3001/o/r", { GITHUB_API_URL: "http://127.0.0.1:3001" }, "http://127.0.0.1:3001"],
  ])("%s with %j: %s", (url, env, api) => {
    expect(githubHostOf(env, new URL(url)).api).toBe(api);
  });
});

describe("hosts that are sent no credential", () => {
  test.each([
    "https://gitlab.com/o/r",
    "https://github.co/o/r",
    "https://githab.com/o/r",
    "https://www.github.com/o/r",
    "https://api.github.com/o/r",
    "https://github.com./o/r",
    "https://github.com.evil.example/o/r",
    "https://evil.example/github.com/o/r",
    "https://evil.example\\@github.com/o/r",
    "https://github.com:8443/o/r",
    "http://github.com/o/r",
    "https://gıthub.com/o/r",
    "https://github.com%2eevil.example/o/r",
    "https://github.acme.example:8443/o/r",
    "http://github.acme.example/o/r",
    "https://sub.github.acme.example/o/r",
    "http://127.0.0.1:3001/o/r",
    "http://localhost/o/r",
  ])("%s", (url) => {
    expect(() => githubHostOf(ENTERPRISE, new URL(url))).toThrow(UsageError);
  });

  test("the message says what to write, and never advises a host that is most likely misspelt", () => {
    expect(() => githubHostOf({}, new URL("https://githbu.com/acme/agents"))).toThrow(
      "did you mean https://github.com/acme/agents?",
    );
    expect(() => githubHostOf({}, new URL("https://github.com./acme/agents"))).toThrow(
      "did you mean https://github.com/acme/agents?",
    );
    expect(() => githubHostOf({}, new URL("https://github.acme.example/o/r"))).toThrow(
      "set GITHUB_SERVER_URL=https://github.acme.example",
    );
  });

  test.each([
    ["GITHUB_SERVER_URL", "http://github.acme.example"],
    ["GITHUB_SERVER_URL", "https://user:hunter2@github.acme.example"],
    ["GITHUB_API_URL", "ftp://github.acme.example"],
    ["GITHUB_API_URL", "github.acme.example/api/v3"],
    ["GITHUB_API_URL", "https://github.acme.example/api/v3?token=hunter2"],
  ])("%s=%s is no address", (name, value) => {
    expect(() => githubHosts({ [name]: value })).toThrow(UsageError);
    expect(() => githubHosts({ [name]: value })).not.toThrow("hunter2");
  });
});

describe("commands", () => {
  const TOKEN = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";
  const open: { folder: string; server?: Loopback } = { folder: "" };
  beforeEach(async () => {
    open.folder = temporaryFolder();
    open.server = await startLoopback((response) => void response.writeHead(404).end());
  });
  afterEach(async () => {
    await open.server?.stop();
  });

  test.each([
    ["reconcile", "--repo"],
    ["plan", "--repo"],
    ["issue", "list", "--repo"],
    ["serve", "--port", "0", "--repo"],
  ])("%s refuses another host with exit code 2, and sends it no credential", async (...argv) => {
    const env = { GITHUB_TOKEN: TOKEN, WEBHOOK_SECRET: "long-enough-to-be-one" };
    const ran = await raos(open.folder, [...argv, `${open.server?.url}/acme/agents`], env);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining("GITHUB_SERVER_URL")]);
    expect(ran.err).not.toContain(TOKEN);
    // All it may be asked is what it is.
    const asked = open.server?.asked ?? [];
    expect(asked.filter(({ url }) => url !== "/api/v1/version")).toEqual([]);
    expect(JSON.stringify(asked)).not.toMatch(/authorization|ghp_/i);
  });

  test.each([
    "git@github.com:acme/agents.git",
    "github.com:acme/agents.git",
    "ssh://git@github.com/acme/agents",
    "git://github.com/acme/agents",
    "ext::sh -c true",
    "https://user:hunter2@github.com/acme/agents",
    "https://github.com/acme/agents?token=hunter2",
    "https://github.com/acme",
  ])("--repo %s is refused with exit code 2", async (repo) => {
    const ran = await raos(open.folder, ["reconcile", "--repo", repo], { GITHUB_TOKEN: TOKEN });
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(/^raos: /);
    expect(ran.err).not.toContain("hunter2");
  });

  test("pr, which works on disk, says so", async () => {
    const ran = await raos(open.folder, ["pr", "list", "--repo", "https://github.com/acme/agents"]);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining("on disk")]);
  });

  test("file:// names a folder", async () => {
    const ran = await raos(open.folder, ["pr", "list", "--repo", `file://${open.folder}`]);
    expect([ran.code, ran.err]).toEqual([3, expect.stringContaining(open.folder)]);
  });
});
