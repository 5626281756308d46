import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createGitHubForge, type GitHubForge } from "../../src/forge/github/forge.ts";
import { createInstallations } from "../../src/forge/github/installations.ts";
import { sameOriginFetch } from "../../src/forge/same-origin-fetch.ts";
import { json, type Loopback, startLoopback } from "../servers/loopback.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
let elsewhere: Loopback;
let github: Loopback;
let status = 302;

beforeEach(async () => {
  elsewhere = await startLoopback((response) => json(response, { token: "t", id: 1 }));
  github = await startLoopback((response, request) =>
    response.writeHead(status, { location: `${elsewhere.url}${request.url}` }).end(),
  );
});

afterEach(async () => {
  await github.stop();
  await elsewhere.stop();
});

function forge(auth: "token" | "app"): GitHubForge {
  return createGitHubForge({
    owner: "acme",
    name: "agents",
    auth:
      auth === "token"
        ? { kind: "token", token: "ghp_0123456789abcdefghijklmnopqrstuvwxyz" }
        : { kind: "app", appId: 1, privateKey, installationId: undefined },
    baseUrl: github.url,
    retryBase: 0,
    patience: 0,
  });
}

describe("a GitHub that leads to another host", () => {
  test.each([301, 302, 303, 307, 308])("%i: no read follows with a token, a JWT or a query", async (code) => {
    status = code;
    await expect(forge("token").defaultBranch()).rejects.toThrow();
    await expect(forge("app").defaultBranch()).rejects.toThrow();
    await expect(forge("token").pullRequests(["raos/agent/a/b"])).rejects.toThrow();
    const listed = createInstallations({ appId: 1, privateKey, baseUrl: github.url }).repositories();
    await expect(Array.fromAsync(listed)).rejects.toThrow();
    expect(github.asked.length).toBeGreaterThan(3);
    expect(elsewhere.asked).toEqual([]);
  });
});

test("a repository that was renamed is found where GitHub says, on the same host", async () => {
  const renamed = await startLoopback((response, request) =>
    request.url === "/new"
      ? json(response, { found: true })
      : response.writeHead(301, { location: "/new" }).end("moved"),
  );
  const answer = await sameOriginFetch(`${renamed.url}/old`, { headers: { authorization: "Bearer t" } });
  expect(await answer.json()).toEqual({ found: true });
  expect(renamed.asked.map(({ url, headers }) => [url, headers.authorization])).toEqual([
    ["/old", "Bearer t"],
    ["/new", "Bearer t"],
  ]);
  await expect(sameOriginFetch(`${renamed.url}/old`, { method: "POST", body: "x" })).rejects.toThrow("written");
  await renamed.stop();
});

test("redirects without end are given up", async () => {
  const loop = await startLoopback((response) => response.writeHead(307, { location: "/again" }).end());
  await expect(sameOriginFetch(loop.url)).rejects.toThrow("redirects");
  await loop.stop();
});
