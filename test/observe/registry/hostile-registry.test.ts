import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { createRegistryReader } from "../../../src/observe/registry/create-registry-reader.ts";
import { readDockerConfig } from "../../../src/observe/registry/docker-config.ts";
import type { RegistryReader } from "../../../src/observe/registry/registry-answers.ts";

interface Served {
  readonly host: string;
  readonly seen: readonly { readonly url: string; readonly authorization: string | undefined }[];
}

/** A server on loopback, by the name that the test gives it. */
async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  name = "127.0.0.1",
): Promise<Served> {
  const seen: { url: string; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url ?? "", authorization: request.headers.authorization });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has an address");
  return { host: `${name}:${address.port}`, seen };
}

const SECRET = Buffer.from("robin:staple").toString("base64");

/** A reader that has a credential for one registry alone. */
function reader(host: string, send: typeof fetch = fetch, now: () => number = Date.now): RegistryReader {
  const config = readDockerConfig(JSON.stringify({ auths: { [host]: { auth: SECRET } } }));
  return createRegistryReader({ fetch: send, now, dockerConfig: async () => config });
}

function json(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(value));
}

function unauthorized(response: ServerResponse, challenge: string): void {
  response.writeHead(401, { "www-authenticate": challenge });
  response.end("{}");
}

/** A `fetch` for names that do not exist: what it is asked is kept, and answered by the test. */
function pretend(answers: Readonly<Record<string, () => Response>>) {
  const asked: { url: string; authorization: string | null }[] = [];
  const send: typeof fetch = async (target, init) => {
    const url = String(target);
    asked.push({ url, authorization: new Headers(init?.headers).get("authorization") });
    const found = Object.entries(answers).find(([start]) => url.startsWith(start));
    return found === undefined ? new Response("", { status: 404 }) : found[1]();
  };
  return { asked, send };
}

const bearer = (realm: string) => () =>
  new Response("{}", { status: 401, headers: { "www-authenticate": `Bearer realm="${realm}",service="s"` } });

test.each([
  "http://auth.example/token",
  "https://10.0.0.1/token",
  "https://[fd00::1]/token",
  "https://169.254.169.254/latest",
  "https://2852039166/latest",
  "https://localhost/token",
  "https://robin:x@auth.example/token",
  "file:///etc/passwd",
  "not an address",
])("a realm that nobody may be sent to gets nothing: %s", async (realm) => {
  const { asked, send } = pretend({ "https://ghcr.io/v2/": bearer(realm) });
  const read = await reader("ghcr.io", send).tags("ghcr.io/acme/a:1.0.0");
  expect(read).toMatchObject({ kind: "failed", reason: "refused", message: expect.stringContaining("realm") });
  expect(asked.map(({ url }) => new URL(url).host)).toEqual(["ghcr.io"]);
  expect(asked[0]?.authorization).toBeNull();
});

test("the credential goes to the realm of its own registry, the token to the registry, and nothing to another one", async () => {
  const list = () => Response.json({ tags: ["1.0.0"] });
  const answers = {
    "https://auth.ghcr.example/": () => Response.json({ token: "t0ken" }),
    "https://ghcr.io/v2/": () => (asked.length < 3 ? bearer("https://auth.ghcr.example/token")() : list()),
    "https://quay.io/v2/": bearer("https://auth.ghcr.example/token"),
  };
  const { asked, send } = pretend(answers);
  const one = reader("ghcr.io", send);
  expect(await one.tags("ghcr.io/acme/a:1.0.0")).toMatchObject({ tags: ["1.0.0"] });
  await one.tags("quay.io/acme/a:1.0.0");
  expect(asked.map(({ url, authorization }) => `${new URL(url).host} ${authorization ?? "-"}`)).toEqual([
    "ghcr.io -",
    `auth.ghcr.example Basic ${SECRET}`,
    "ghcr.io Bearer t0ken",
    "quay.io -",
    "auth.ghcr.example -",
    "quay.io Bearer t0ken",
  ]);
});

test("Docker Hub answers at another host than it is named, with the credential of its old name", async () => {
  const { asked, send } = pretend({
    "https://registry-1.docker.io/v2/library/redis/": () =>
      new Response("", { status: 401, headers: { "www-authenticate": "Basic" } }),
  });
  await reader("https://index.docker.io/v1/", send).tags("redis:7.0.0");
  expect(asked.map(({ authorization }) => authorization)).toEqual([null, `Basic ${SECRET}`]);
});

test("a redirect is followed without the credential, and not into the network", async () => {
  const bytes = JSON.stringify({ manifests: [] });
  const redirect = (location: string) => () => new Response("", { status: 307, headers: { location } });
  const good = pretend({
    "https://ghcr.io/v2/": redirect("https://storage.example/x"),
    "https://storage.example/": () => new Response(bytes),
  });
  expect(await reader("ghcr.io", good.send).image("ghcr.io/acme/a", "1.0.0")).toMatchObject({ reason: "unreadable" });
  expect(good.asked.map(({ authorization }) => authorization)).toEqual([null, null]);
  for (const location of ["http://storage.example/x", "https://10.0.0.1/", "https://127.0.0.1/"]) {
    const bad = pretend({ "https://ghcr.io/v2/": redirect(location) });
    expect(await reader("ghcr.io", bad.send).tags("ghcr.io/acme/a")).toMatchObject({ reason: "refused" });
    expect(bad.asked).toHaveLength(1);
  }
  const loop = pretend({ "https://ghcr.io/v2/": redirect("https://ghcr.io/v2/again") });
  expect(await reader("ghcr.io", loop.send).tags("ghcr.io/acme/a")).toMatchObject({ reason: "refused" });
});

test("a list of tags is whole, of one host, and holds nothing but tags", async () => {
  const pages = (link: string) => serve((_, response) => json(response, { tags: ["1.0.0"] }, { link }));
  const elsewhere = await pages('<https://evil.example/v2/acme/a/tags/list>; rel="next"');
  expect(await reader("").tags(`${elsewhere.host}/acme/a`)).toMatchObject({ reason: "unreadable" });
  const other = await pages('</v2/acme/other/tags/list>; rel="next"');
  expect(await reader("").tags(`${other.host}/acme/a`)).toMatchObject({ reason: "unreadable" });
  const endless = await pages('</v2/acme/a/tags/list?last=1.0.0>; rel="next"');
  expect(await reader("").tags(`${endless.host}/acme/a`)).toMatchObject({ reason: "too-large" });
  const mixed = await serve((_, response) =>
    json(response, { name: "x", tags: ["1.0.0", "-x", "a b", "<img>", 7, null, "x".repeat(129), "ok", "1.0.0\n"] }),
  );
  expect(await reader("").tags(`${mixed.host}/acme/a`)).toEqual({ kind: "tags", tags: ["1.0.0", "ok"] });
  for (const value of [[], "tags", { tags: {} }, null]) {
    const wrong = await serve((_, response) => json(response, value));
    expect(await reader("").tags(`${wrong.host}/acme/a`)).toMatchObject({ reason: "unreadable" });
  }
});

test("an answer without end is cut off, and one that is late is not waited for", async () => {
  const endless = await serve((_, response) => {
    const more = () => {
      while (!response.destroyed && response.write("x".repeat(65_536)));
      if (!response.destroyed) response.once("drain", more);
    };
    response.on("error", () => {});
    more();
  });
  expect(await reader("").tags(`${endless.host}/acme/a`)).toMatchObject({ reason: "too-large" });
  const never: typeof fetch = (_, init) =>
    new Promise((_resolve, reject) => init?.signal?.addEventListener("abort", () => reject(init.signal?.reason)));
  expect(await reader("", never).tags("ghcr.io/acme/a")).toMatchObject({
    ...{ reason: "unreachable", message: expect.stringContaining("did not answer in time") },
  });
}, 30_000);

test("bytes are what their digest says", async () => {
  const manifest = {
    config: { digest: `sha256:${"a".repeat(64)}`, mediaType: "application/vnd.oci.image.config.v1+json" },
  };
  const digest = `sha256:${createHash("sha256").update(JSON.stringify(manifest)).digest("hex")}`;
  const lies = await serve((_, response) =>
    json(response, manifest, { "docker-content-digest": `sha256:${"b".repeat(64)}` }),
  );
  expect(await reader("").image(`${lies.host}/acme/a`, "1.0.0")).toMatchObject({ reason: "unreadable" });
  // The configuration has other bytes than the manifest says.
  const config = await serve((_, response) => json(response, manifest, { "docker-content-digest": digest }));
  expect(await reader("").image(`${config.host}/acme/a`, "1.0.0")).toMatchObject({ reason: "unreadable" });
  expect(config.seen.map(({ url }) => url)).toEqual([
    "/v2/acme/a/manifests/1.0.0",
    `/v2/acme/a/blobs/sha256:${"a".repeat(64)}`,
  ]);
});

test("a chart, a signature and an empty index are no images", async () => {
  for (const value of [
    { config: { digest: `sha256:${"a".repeat(64)}`, mediaType: "application/vnd.cncf.helm.config.v1+json" } },
    { manifests: [] },
    { manifests: [{ digest: `sha256:${"a".repeat(64)}`, platform: { os: "unknown", architecture: "unknown" } }] },
    { schemaVersion: 1 },
  ]) {
    const place = await serve((_, response) => json(response, value));
    expect(await reader("").image(`${place.host}/acme/a`, "1.0.0")).toMatchObject({ reason: "unreadable" });
  }
});

test("a registry that is asked too often is left alone for as long as it says", async () => {
  const clock = { now: 1_000_000 };
  const place = await serve((_, response) => {
    response.writeHead(429, { "retry-after": "120" });
    response.end();
  });
  const one = reader("", fetch, () => clock.now);
  for (const name of ["a", "b", "c"])
    expect(await one.tags(`${place.host}/acme/${name}`)).toMatchObject({ reason: "rate-limited" });
  expect(place.seen).toHaveLength(1);
  clock.now += 119_000;
  await one.tags(`${place.host}/acme/d`);
  expect(place.seen).toHaveLength(1);
  clock.now += 2000;
  await one.tags(`${place.host}/acme/a`);
  expect(place.seen).toHaveLength(2);
});

test("a registry that does not answer keeps nobody waiting for its other repositories", async () => {
  const clock = { now: 1_000_000 };
  const place = await serve((_, response) => response.writeHead(503).end());
  const one = reader("", fetch, () => clock.now);
  for (const name of ["a", "b", "c"])
    expect(await one.tags(`${place.host}/acme/${name}`)).toMatchObject({ reason: "unreachable" });
  expect(place.seen).toHaveLength(1);
  clock.now += 301_000;
  await one.tags(`${place.host}/acme/c`);
  expect(place.seen).toHaveLength(2);
});

test("no message holds what a registry sent, nor a credential", async () => {
  const place = await serve((_, response) => {
    response.writeHead(403, { "content-type": "text/plain" });
    response.end(`@everyone <script> ${SECRET}`);
  });
  const read = await reader(place.host).tags(`${place.host}/acme/a`);
  expect(read).toMatchObject({ reason: "refused" });
  expect(JSON.stringify(read)).not.toMatch(/everyone|script|staple|cm9iaW4/);
});

test("a challenge that RAOS does not know is not answered", async () => {
  for (const challenge of ["", "Negotiate", "Bearer service=x", `Bearer realm="${"x".repeat(5000)}"`]) {
    const place = await serve((_, response) => unauthorized(response, challenge));
    expect(await reader(place.host).tags(`${place.host}/acme/a`)).toMatchObject({ reason: "refused" });
    expect(place.seen.every(({ authorization }) => authorization === undefined)).toBe(true);
  }
});

test.each([
  ["Docker's own", { auths: { "ghcr.io": { auth: SECRET } } }, "basic"],
  ["with a scheme and a path", { auths: { "https://ghcr.io/v1/": { auth: SECRET } } }, "basic"],
  ["of a part of it", { auths: { "ghcr.io/acme": { auth: SECRET }, "ghcr.io": { auth: "eDp5" } } }, "basic"],
  ["of another one", { auths: { "ghcr.io/acm": { auth: SECRET }, io: { auth: SECRET } } }, "none"],
  ["of a helper", { credHelpers: { "ghcr.io": "gh" }, auths: { "ghcr.io": {} } }, "not-used"],
  ["a token", { auths: { "ghcr.io": { identitytoken: "x", auth: SECRET } } }, "not-used"],
  ["without a password", { auths: { "ghcr.io": { auth: Buffer.from("robin").toString("base64") } } }, "not-used"],
  ["with a line end", { auths: { "ghcr.io": { username: "a", password: "b\r\nx: y" } } }, "not-used"],
  ["none", {}, "none"],
])("the credential in Docker's configuration: %s", (_name, file, kind) => {
  expect(readDockerConfig(JSON.stringify(file))?.credentialFor("ghcr.io/acme/a").kind).toBe(kind);
});

test("a file that is no configuration of Docker's", () => {
  for (const text of ["", "[]", "{", '{"auths": 7}', '{"auths": {"x": "y"}}'])
    expect(readDockerConfig(text)).toBeUndefined();
});
