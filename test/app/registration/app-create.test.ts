import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import type { Finding } from "../../../src/app/doctor/finding.ts";
import { run } from "../../../src/cli/index.ts";
import { WANTED_PERMISSIONS } from "../../../src/domain/github/app-permissions.ts";
import { addAccount, install } from "../../servers/github/model/world.ts";
import { startGitHub, type TestGitHub } from "../../servers/github/server.ts";
import { listen } from "../../servers/loopback.ts";
import { raos } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { waitFor } from "../../support/wait.ts";
import { confirmOnGitHub, formIn, submit } from "./browser.ts";

async function github(now?: () => number): Promise<TestGitHub> {
  const started = await startGitHub({ checkAnswers: true, ...(now === undefined ? {} : { now }) });
  onTestFinished(() => started.close());
  addAccount(started.world, "acme", "Organization");
  addAccount(started.world, "robin", "User");
  return started;
}

/** `raos app create` up to the moment it waits. */
async function create(server: string, argv: readonly string[] = [], folder = temporaryFolder()) {
  const stop = new AbortController();
  let [out, err] = ["", ""];
  const ended = run(["app", "create", "--github-server", server, ...argv], {
    env: { PATH: process.env.PATH },
    cwd: folder,
    terminal: false,
    input: () => Readable.from([]),
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    now: Date.now,
    signal: stop.signal,
    hold: () => {},
  });
  onTestFinished(async () => {
    stop.abort("SIGTERM");
    await ended;
  });
  const address = await waitFor(() => /^ {2}(http:\/\/127\.0\.0\.1:\d+\/\S+)$/m.exec(`${out}${err}`)?.[1]);
  return { address, folder, ended, stop: () => stop.abort("SIGINT"), out: () => out, err: () => err };
}

const files = (folder: string) => readdirSync(folder).toSorted();
const PEM = /-----BEGIN RSA PRIVATE KEY-----\n[\s\S]+-----END RSA PRIVATE KEY-----\n/;

describe("registering a GitHub App", () => {
  test("from nothing to credentials that GitHub takes", async () => {
    const server = await github();
    const bot = await create(server.url, ["--org", "acme", "--url", "https://bot.acme.example"]);
    const back = await confirmOnGitHub(bot.address);
    const page = await fetch(back);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("/apps/raos-acme/installations/new");
    expect(await bot.ended).toBe(0);
    const { app } = server.world;
    expect(app).toMatchObject({ slug: "raos-acme", owner: { login: "acme" } });
    expect(app.permissions).toEqual(Object.fromEntries(WANTED_PERMISSIONS.map(({ name, level }) => [name, level])));
    expect(server.webhooks.hookUrl).toBe("https://bot.acme.example/api/github/webhooks");
    expect(files(bot.folder)).toEqual(["raos-app.env", "raos-app.private-key.pem"]);
    for (const name of files(bot.folder)) expect(statSync(join(bot.folder, name)).mode & 0o777).toBe(0o600);
    const key = join(bot.folder, "raos-app.private-key.pem");
    expect(readFileSync(key, "utf8")).toBe(app.privateKey);
    expect(readFileSync(join(bot.folder, "raos-app.env"), "utf8")).toBe(
      `APP_ID=${app.id}\nPRIVATE_KEY_PATH=${key}\nWEBHOOK_SECRET=${app.webhookSecret}\nGITHUB_SERVER_URL=${server.url}\n`,
    );
    const said = bot.out() + bot.err();
    for (const secret of [app.privateKey.slice(40, 80), app.webhookSecret]) expect(said).not.toContain(secret);
    expect(said).toContain(`1. install it on repositories: ${server.url}/apps/raos-acme/installations/new`);
    const sent = server.requests.map(
      ({ method, path }) => `${method} ${path.replace(back.searchParams.get("code") ?? "", "CODE")}`,
    );
    expect(sent).toEqual(["POST /app-manifests/CODE/conversions"]);
    // With them the App signs in, and has all that RAOS wants, once it is installed.
    install(server.world, addAccount(server.world, "acme", "Organization"), app.permissions);
    const lines = readFileSync(join(bot.folder, "raos-app.env"), "utf8").trim().split("\n");
    const env = Object.fromEntries(lines.map((line) => line.split("=", 2)));
    const { out } = await raos(temporaryFolder(), ["doctor", "--output", "json"], env);
    const statuses = new Map(JSON.parse(out).map((one: Finding) => [one.check, one.status]));
    expect(Object.fromEntries(statuses)).toMatchObject({ github: "ok", "installation acme": "ok", webhook: "warning" });
  });

  test("as a Kubernetes Secret on standard output, the rest on standard error", async () => {
    const server = await github();
    const bot = await create(server.url, ["--org", "acme", "--secret", "raos", "--namespace", "bots", "--print"]);
    await fetch(await confirmOnGitHub(bot.address));
    expect(await bot.ended).toBe(0);
    const { app } = server.world;
    const secret = parse(bot.out());
    expect(secret).toMatchObject({ kind: "Secret", metadata: { name: "raos", namespace: "bots" }, type: "Opaque" });
    expect(secret.stringData.PRIVATE_KEY).toMatch(PEM);
    expect(secret.stringData).toMatchObject({ APP_ID: String(app.id), GITHUB_SERVER_URL: server.url });
    // Without a webhook GitHub has no secret, and `raos serve` wants one.
    expect(secret.stringData.WEBHOOK_SECRET).toMatch(/^[0-9a-f]{64}$/);
    expect(bot.err()).toContain("It has no webhook");
    expect(files(bot.folder)).toEqual([]);
  });

  test("as a Secret in a file, and files beside it where they are asked for", async () => {
    const server = await github();
    const bot = await create(server.url, ["--name", "Our bot", "--secret", "raos", "--output-dir", "new/keys"]);
    await fetch(await confirmOnGitHub(bot.address));
    expect(await bot.ended).toBe(0);
    const folder = join(bot.folder, "new/keys");
    expect(files(folder)).toEqual(["raos-app.env", "raos-app.private-key.pem", "raos.secret.yaml"]);
    const secret = parse(readFileSync(join(folder, "raos.secret.yaml"), "utf8"));
    expect(secret.metadata).toEqual({ name: "raos" });
    // All say the same.
    expect(readFileSync(join(folder, "raos-app.env"), "utf8")).toContain(secret.stringData.WEBHOOK_SECRET);
    expect(server.world.app).toMatchObject({ slug: "our-bot", owner: { login: "robin" } });
  });

  test("the owner may change the name on GitHub", async () => {
    const server = await github();
    const bot = await create(server.url, ["--org", "acme"]);
    await fetch(await confirmOnGitHub(bot.address, { name: "acme-agents" }));
    expect(await bot.ended).toBe(0);
    expect(bot.out()).toContain(`Registered ${server.url}/apps/acme-agents`);
  });

  test("a GitHub Enterprise Server is asked below /api/v3", async () => {
    const server = await github();
    const asked: string[] = [];
    const ghes = await listen((from, response) => {
      asked.push(`${from.method} ${from.url}`);
      from.pipe(
        request(`${server.url}${from.url}`, { method: from.method, headers: { ...from.headers } }, (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(response);
        }),
      );
    });
    const bot = await create(ghes, ["--org", "acme"]);
    await fetch(await confirmOnGitHub(bot.address));
    expect(await bot.ended).toBe(0);
    expect(asked.at(-1)).toMatch(/^POST \/api\/v3\/app-manifests\/[0-9a-f]+\/conversions$/);
  });
});

describe("what goes wrong", () => {
  test("no file is overwritten, and GitHub is not asked", async () => {
    const server = await github();
    const folder = temporaryFolder();
    writeFileSync(join(folder, "raos-app.private-key.pem"), "precious");
    const result = await raos(folder, ["app", "create", "--org", "acme", "--github-server", server.url]);
    expect(result).toMatchObject({ code: 2 });
    expect(result.err).toMatch(/raos-app\.private-key\.pem is there already, and nothing is overwritten/);
    expect(files(folder)).toEqual(["raos-app.private-key.pem"]);
    expect(readFileSync(join(folder, "raos-app.private-key.pem"), "utf8")).toBe("precious");
  });

  test("stopped by Ctrl-C", async () => {
    const bot = await create((await github()).url, ["--org", "acme"]);
    bot.stop();
    expect(await bot.ended).toBe(3);
    expect(bot.err()).toBe("raos: stopped; no App was registered here, and no file is left\n");
    expect(files(bot.folder)).toEqual([]);
    await expect(fetch(bot.address)).rejects.toThrow();
  });

  test("the code is old: an hour went by on GitHub's page", async () => {
    let later = 0;
    const server = await github(() => Date.now() + later);
    const bot = await create(server.url, ["--org", "acme"]);
    const back = await confirmOnGitHub(bot.address);
    later = 3_700_000;
    const page = await fetch(back);
    expect(page.status).toBe(502);
    expect(await bot.ended).toBe(3);
    expect(bot.err()).toContain("get the credentials of the App: GitHub answered 404");
    expect(bot.err()).not.toContain(back.searchParams.get("code") ?? "none");
    expect(files(bot.folder)).toEqual([]);
  });

  test("an organisation that is not there, and a manifest that GitHub refuses, are said by GitHub's page", async () => {
    const server = await github();
    const nobody = await create(server.url, ["--org", "nobody"]);
    const page = formIn(await (await fetch(nobody.address)).text());
    expect((await submit(nobody.address, page)).status).toBe(404);
    const local = await create(server.url, ["--org", "acme", "--url", "http://127.0.0.1:3000"]);
    await expect(confirmOnGitHub(local.address)).rejects.toThrow(/isn.{1,6}t reachable over the public Internet/);
  });

  test.each([
    [["--org", "acme/../evil"], /--org: "acme\/\.\.\/evil" is no organisation's name/],
    [["--name", "x".repeat(35)], /1 to 34 printable/],
    [["--name", "GitHub bot"], /cannot begin with GitHub/],
    [["--url", "http://bot.acme.example"], /--url is no https:\/\/ address/],
    [["--url", "https://user:secret@bot.acme.example"], /--url is no https:\/\/ address without credentials/],
    [["--github-server", "ftp://ghes.example"], /--github-server is no https:\/\/ address/],
    [["--secret", "Raos"], /--secret: a Secret's name/],
    [["--namespace", "bots"], /--namespace and --print are for --secret/],
    [["--output-dir", "file/below"], /cannot write .*file\/below\/raos-app\.env/],
  ])("%j", async (argv, message) => {
    const folder = temporaryFolder();
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "file"), "");
    const { code, err } = await raos(folder, ["app", "create", ...argv]);
    expect([2, 3]).toContain(code);
    expect(err).toMatch(message);
    expect(err).not.toContain("secret@");
  });
});

/** A request by hand, with any Host header. */
function ask(address: string, path: string, headers: Readonly<Record<string, string>> = {}, method = "GET") {
  const { port } = new URL(address);
  return new Promise<{ readonly status: number; readonly text: string; readonly headers: object }>((done, fail) => {
    request({ host: "127.0.0.1", port, path, method, headers, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      answer.on("end", () => done({ status: answer.statusCode ?? 0, text, headers: answer.headers }));
    })
      .on("error", fail)
      .end();
  });
}

describe("what a hostile page or user may try", () => {
  test("the answer of another registration is ignored, and the right one still counts", async () => {
    const server = await github();
    const [bot, evil] = [await create(server.url, ["--org", "acme"]), await create(server.url, ["--name", "evil"])];
    const [back, theirs] = [await confirmOnGitHub(bot.address), await confirmOnGitHub(evil.address)];
    const code = theirs.searchParams.get("code") ?? "";
    const state = back.searchParams.get("state") ?? "";
    const wrong = [
      `code=${code}`,
      `code=${code}&state=${theirs.searchParams.get("state")}`,
      `code=${code}&state=${state.slice(0, -1)}`,
      `code=${code}&state=${state}&state=${state}`,
      `code=${code}&code=${back.searchParams.get("code")}&state=${state}`,
      `code=..%2F..%2Fuser&state=${state}`,
      `code=&state=${state}`,
      `state=${state}`,
      `code=${"x".repeat(201)}&state=${state}`,
      `code=<script>alert(1)</script>&state=%00`,
      "",
    ];
    for (const query of wrong) {
      const answer = await ask(bot.address, `/callback?${query}`, { host: back.host });
      expect([query, answer.status]).toEqual([query, 400]);
      expect(answer.text).not.toContain("alert");
    }
    expect(server.requests).toEqual([]);
    expect((await fetch(back)).status).toBe(200);
    expect(await bot.ended).toBe(0);
    expect(server.world.app.slug).toBe("raos-acme");
  });

  test("a code is taken once", async () => {
    const server = await github();
    const bot = await create(server.url, ["--org", "acme"]);
    const back = await confirmOnGitHub(bot.address);
    const answers = await Promise.all([fetch(back), fetch(back).catch(() => undefined)]);
    expect(answers.map((one) => one?.status ?? 0).toSorted((a, b) => a - b)[0]).not.toBe(502);
    expect(answers.filter((one) => one?.status === 200)).toHaveLength(1);
    expect(await bot.ended).toBe(0);
    expect(server.requests).toHaveLength(1);
  });

  test("a name that leads to loopback now (DNS rebinding) sees nothing", async () => {
    const bot = await create((await github()).url, ["--org", "acme"]);
    const { pathname, host } = new URL(bot.address);
    for (const other of ["evil.example", `localhost:${host.split(":")[1]}`, "127.0.0.1", `${host}.evil.example`]) {
      const answer = await ask(bot.address, pathname, { host: other });
      expect([other, answer.status]).toEqual([other, 421]);
      expect(answer.text).not.toContain("state=");
    }
  });

  test("who does not know the printed address does not see the state", async () => {
    const bot = await create((await github()).url, ["--org", "acme"]);
    const { host, pathname } = new URL(bot.address);
    for (const path of ["/", "/index.html", "/callback", "//", pathname.slice(0, -1), "/\\evil.example/"]) {
      const answer = await ask(bot.address, path, { host });
      expect([400, 404]).toContain(answer.status);
      expect(answer.text).not.toContain("state=");
    }
    expect((await ask(bot.address, pathname, { host }, "POST")).status).toBe(405);
  });

  test("the page loads nothing, runs nothing, and goes to GitHub alone", async () => {
    const server = await github();
    const bot = await create(server.url, ["--org", "acme", "--name", `"><script>alert('1')</script>`.slice(0, 34)]);
    const answer = await fetch(bot.address);
    const html = await answer.text();
    expect(html).not.toMatch(/<script|<img|<link|src=|@import|url\(/);
    expect(answer.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'nonce-[^']+'; form-action http:\/\/127\.0\.0\.1:\d+; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(new URL(formIn(html).action).origin).toBe(server.url);
  });
});

test("nobody comes within the time", async () => {
  const { registerApp } = await import("../../../src/app/registration/register-app.ts");
  const { shellFor } = await import("../../support/cli/raos.ts");
  const folder = temporaryFolder();
  const registered = registerApp(shellFor(folder), {
    host: { origin: "https://github.com", api: "https://api.github.com" },
    ...{ org: "acme", name: "raos", url: undefined, fetch, waiting: () => {}, timeoutMs: 20 },
    targets: [{ kind: "files", folder }],
  });
  await expect(registered).rejects.toThrow(
    "nobody registered the App within 20 ms; no App was registered here, and no file is left",
  );
  expect(files(folder)).toEqual([]);
});
