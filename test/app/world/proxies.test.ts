import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { githubForgeOf } from "../../../src/app/world/forges/github-forge.ts";
import { outboundFetch } from "../../../src/app/world/outbound-fetch.ts";
import { createRemoteServices } from "../../../src/app/world/remote-services.ts";
import { Config } from "../../../src/domain/kinds/config.ts";
import { createGitHubForge } from "../../../src/forge/github/forge.ts";
import { openRepository } from "../../../src/git/repository.ts";
import { createDayBudget } from "../../../src/model/day-budget.ts";
import { createSupervisor } from "../../../src/model/supervisor.ts";
import { FIRST, QUESTION, recording } from "../../model/question.ts";
import { createAuthority } from "../../servers/certificates.ts";
import { serveGit } from "../../servers/git-http.ts";
import { json, listen } from "../../servers/loopback.ts";
import { KEY, startOpenAI } from "../../servers/openai/server.ts";
import { startProxy, startTlsFront } from "../../servers/proxy.ts";
import { shellFor } from "../../support/cli/raos.ts";
import { openWorkshop } from "../../support/git/repository.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const USER = { user: "raos", password: "s3cret-of-the-proxy" };
const LOG = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A host that only a proxy can reach, with TLS; its authority is trusted until the test ends. */
async function behindProxy(host: string, to: string) {
  const authority = createAuthority("corporate");
  const before = getCACertificates("default");
  setDefaultCACertificates([...before, authority.ca]);
  onTestFinished(() => setDefaultCACertificates(before));
  const proxy = await startProxy({ [host]: await startTlsFront(authority, host, to) }, USER);
  return { authority, proxy };
}

const TOKEN = "ghp_0123456789012345678901234567890123456789";
const API = "https://git.acme.example/api/v3";

/** What reading the repository fails with, where the environment names these proxies. */
function errorOf(env: Readonly<Record<string, string>>): Promise<string> {
  const auth = { kind: "token", token: TOKEN } as const;
  const forge = createGitHubForge({
    ...{ owner: "acme", name: "agents", auth, baseUrl: API, retryBase: 1 },
    fetch: outboundFetch(env),
  });
  return forge.defaultBranch().then(() => "", String);
}

test("GitHub is reached through the proxy", async () => {
  const { proxy } = await behindProxy(
    "git.acme.example",
    await listen((request, response) => {
      if (request.url === "/api/v3/repos/acme/agents")
        json(response, {
          ...{ node_id: "R_1", full_name: "acme/agents", default_branch: "main" },
          clone_url: "https://git.acme.example/acme/agents",
        });
      else json(response, { object: { sha: "a".repeat(40) } });
    }),
  );
  const env = { GITHUB_SERVER_URL: "https://git.acme.example", GITHUB_TOKEN: TOKEN, HTTPS_PROXY: proxy.url };
  const forge = githubForgeOf(shellFor("/", Date.now, env), new URL("https://git.acme.example/acme/agents"), LOG);
  expect(await forge.defaultBranch()).toMatchObject({ name: "main", sha: "a".repeat(40) });
  expect(new Set(proxy.asked)).toEqual(new Set(["git.acme.example:443"]));
});

test.each([
  [
    "https_proxy names nobody",
    { https_proxy: "http://user:hunter22@127.0.0.1:9" },
    /127\.0\.0\.1 refuses the connection to port 9 \(ECONNREFUSED\)/,
  ],
  [
    "there is no proxy",
    {},
    /the name git\.acme\.example cannot be resolved \(ENOTFOUND\)|its name cannot be resolved: .*\(EAI_AGAIN\)/,
  ],
])("where %s, the error says what happened", async (_, env, words) => {
  const error = await errorOf(env);
  expect(error).toMatch(/read the repository: git\.acme\.example cannot be reached: /);
  expect(error).toMatch(words);
  expect(error).not.toMatch(/hunter22|500/);
});

test("a proxy that wants a password says so, and no message holds one", async () => {
  const proxy = await startProxy({}, USER);
  const url = new URL(proxy.url);
  const error = await errorOf({ HTTPS_PROXY: `http://raos:hunter22@${url.host}` });
  expect(error).toContain("git.acme.example cannot be reached: the proxy answered 407");
  expect(error).not.toContain("hunter22");
});

test("a certificate that is not accepted is named", async () => {
  const front = await startTlsFront(createAuthority("unknown"), "git.acme.example", "http://127.0.0.1:9");
  const proxy = await startProxy({ "git.acme.example": front });
  const error = await errorOf({ HTTPS_PROXY: proxy.url });
  expect(error).toMatch(
    /git\.acme\.example cannot be reached: its TLS certificate is not accepted; .* \([A-Z_]*SIGNATURE[A-Z_]*\)/,
  );
});

test("Git fetches through the same proxy, and NO_PROXY and loopback go past it", async () => {
  const workshop = await openWorkshop("bare");
  onTestFinished(() => workshop.remove());
  const commit = await workshop.commit("main", { "raos.yaml": "kind: Config\n" });
  const remote = await serveGit(workshop.root);
  onTestFinished(() => remote.close());
  const { authority, proxy } = await behindProxy("git.acme.example", remote.url);
  const certificates = join(temporaryFolder(), "ca.pem");
  writeFileSync(certificates, authority.ca);
  const open = async (url: string, env: Readonly<Record<string, string>>) => {
    const cache = temporaryFolder();
    const opened = await openRepository(url, { env: { PATH: process.env.PATH, ...env }, cache, certificates });
    onTestFinished(() => opened.close());
    return opened;
  };
  const far = await open("https://git.acme.example/repository", { HTTPS_PROXY: proxy.url });
  await far.fetch();
  expect(await far.head()).toEqual({ branch: "main", sha: commit });
  expect(new Set(proxy.asked)).toEqual(new Set(["git.acme.example:443"]));

  const near = await open(`${remote.url}/repository`, { HTTP_PROXY: proxy.url, http_proxy: proxy.url });
  await near.fetch();
  expect(await near.head()).toEqual({ branch: "main", sha: commit });
  const direct = await open("https://git.acme.example/repository", {
    HTTPS_PROXY: proxy.url,
    NO_PROXY: "*.acme.example",
  });
  await expect(direct.fetch()).rejects.toThrow(/resolve host/);
  const refused = await open("https://git.acme.example/repository", {
    HTTPS_PROXY: proxy.url.replace(USER.password, "hunter22"),
  });
  const error = await refused.fetch().catch(String);
  expect(error).toMatch(/407/);
  expect(error).not.toContain("hunter22");
});

test("the API server that a kubeconfig names is reached through the proxy", async () => {
  const { authority, proxy } = await behindProxy(
    "kube.acme.example",
    await listen((_, response) =>
      json(response, {
        ...{ kind: "PodList", apiVersion: "v1", metadata: {} },
        items: [{ metadata: { name: "triage-1" }, status: { phase: "Running" } }],
      }),
    ),
  );
  const file = join(temporaryFolder(), "config");
  const cluster = {
    server: "https://kube.acme.example",
    "certificate-authority-data": Buffer.from(authority.ca).toString("base64"),
  };
  writeFileSync(
    file,
    stringify({
      ...{ apiVersion: "v1", kind: "Config", "current-context": "c", users: [{ name: "u", user: {} }] },
      clusters: [{ name: "c", cluster }],
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    }),
  );
  const env = { KUBECONFIG: file, HTTPS_PROXY: proxy.url };
  const services = createRemoteServices(shellFor("/", Date.now, env), { wait: true });
  const config = Config.parse({
    apiVersion: "raos.dev/v1alpha1",
    kind: "Config",
    spec: { environments: [{ name: "p" }] },
  });
  const ask = { kind: "kubernetes", name: "pods", what: "pods", namespace: "acme", agent: "triage" } as const;
  expect(await services.evidenceReader(config, "p").read(ask, "e1")).toMatchObject({ kind: "objects" });
  expect(proxy.asked).toContain("kube.acme.example:443");
});

test("a registry of images is read through the proxy, with Docker's credential", async () => {
  const seen: string[] = [];
  const { proxy } = await behindProxy(
    "registry.acme.example",
    await listen((request, response) => {
      seen.push(`${request.url} ${request.headers.authorization ?? "-"}`);
      if (request.headers.authorization !== undefined) return json(response, { tags: ["1.2.3"] });
      response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end();
    }),
  );
  const folder = temporaryFolder();
  writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { "registry.acme.example": { auth: "YTpi" } } }));
  const env = { DOCKER_CONFIG: folder, HTTPS_PROXY: proxy.url };
  const { registry } = createRemoteServices(shellFor("/", Date.now, env), { wait: true });
  expect(await registry?.tags("registry.acme.example/agents/triage:1.2.0")).toEqual({ kind: "tags", tags: ["1.2.3"] });
  expect(seen).toEqual(["-", "Basic YTpi"].map((who) => `/v2/agents/triage/tags/list?n=1000 ${who}`));
  expect(proxy.asked).toContain("registry.acme.example:443");
});

test.each(["chat", "responses"] as const)("the model is asked through the proxy, by the %s API", async (api) => {
  const found = { summary: "All are busy.", cause: "Many tickets.", confidence: "low", evidence: [FIRST.id] };
  const json = { ...found, unresolved: true, edits: [] };
  const server = await startOpenAI(() => ({ kind: "answer", json }));
  onTestFinished(() => server.stop());
  const { proxy } = await behindProxy("models.acme.example", server.url);
  const supervisor = createSupervisor({
    ...{ apiKey: KEY, name: "gpt-5-mini", endpoint: "https://models.acme.example/v1", api },
    budget: { turns: 2, tokens: 100_000, seconds: 20, dollarsPerDay: 10 },
    ...{ now: Date.now, spent: createDayBudget(), fetch: outboundFetch({ HTTPS_PROXY: proxy.url }) },
  });
  const answer = await supervisor.investigate(QUESTION, recording());
  expect(answer).toMatchObject({ kind: "unresolved", reason: "answered", summary: "All are busy." });
  expect(proxy.asked).toContain("models.acme.example:443");
});
