import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRegistryReader } from "../../../src/observe/registry/create-registry-reader.ts";
import { readDockerConfig } from "../../../src/observe/registry/docker-config.ts";
import type { RegistryReader } from "../../../src/observe/registry/registry-answers.ts";
import { describeReal } from "../component.ts";
import { freePorts } from "../process/loopback.ts";
import { pushImage, pushIndex, type Target, tagImage } from "./push.ts";
import { type Registry, ROBIN, startRegistry } from "./registry.ts";
import { createTokenIssuer } from "./token-issuer.ts";

/** A reader with these credentials, as `config.json` has them. */
function reader(auths: Readonly<Record<string, unknown>> = {}, now: () => number = Date.now): RegistryReader {
  const config = readDockerConfig(JSON.stringify({ auths }));
  return createRegistryReader({ fetch, now, dockerConfig: async () => config });
}

const BASIC = Buffer.from(`${ROBIN.username}:${ROBIN.password}`).toString("base64");

describeReal("registry", "a registry that is read", () => {
  let registry: Registry;
  const target = (repository: string): Target => ({ host: registry.host, repository });
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  test("lists every tag, over several pages", { timeout: 120_000 }, async () => {
    const to = target("acme/many");
    await pushImage(to, "1.0.0");
    const tags = Array.from({ length: 2100 }, (_, index) => `1.0.${index}`);
    const parts = Array.from({ length: 8 }, (_, part) => tags.filter((_tag, index) => index % 8 === part));
    await Promise.all(parts.map((part) => tagImage(to, "1.0.0", part)));
    const read = await reader().tags(`${registry.host}/acme/many:1.0.0`);
    expect(read.kind === "tags" ? read.tags.toSorted() : read).toEqual(tags.toSorted());
  });

  test("pins an index by its own digest, and tells its platforms", async () => {
    const digest = await pushIndex(target("acme/multi"), "1.0.0", ["arm64", "amd64"], "2026-03-04T05:06:07Z");
    expect(await reader().image(`${registry.host}/acme/multi`, "1.0.0")).toEqual({
      ...{ kind: "image", digest, created: "2026-03-04T05:06:07Z" },
      platforms: ["linux/amd64", "linux/arm64"],
    });
  });

  test("has no image for a tag or a repository that is not there", async () => {
    await pushImage(target("acme/one"), "1.0.0", { created: "yesterday; <b>" });
    expect(await reader().image(`${registry.host}/acme/one`, "1.0.0")).toMatchObject({ created: undefined });
    expect(await reader().image(`${registry.host}/acme/one`, "2.0.0")).toMatchObject({ reason: "not-found" });
    expect(await reader().tags(`${registry.host}/acme/none`)).toMatchObject({ reason: "not-found" });
  });

  test("is asked once in an hour, and again after it", async () => {
    const clock = { now: 1_000_000 };
    const one = reader({}, () => clock.now);
    const image = `${registry.host}/acme/hourly`;
    await pushImage(target("acme/hourly"), "1.0.0");
    const tags = async () => {
      const read = await one.tags(image);
      return read.kind === "tags" ? read.tags : read;
    };
    expect(await tags()).toEqual(["1.0.0"]);
    await tagImage(target("acme/hourly"), "1.0.0", ["1.0.1"]);
    clock.now += 3_500_000;
    expect(await tags()).toEqual(["1.0.0"]);
    clock.now += 200_000;
    expect(await tags()).toEqual(["1.0.0", "1.0.1"]);
  });

  test("is signed in to with a user and a password", async () => {
    const own = await startRegistry({ kind: "htpasswd" });
    try {
      await pushImage({ host: own.host, repository: "acme/a", authorization: `Basic ${BASIC}` }, "1.0.0");
      const image = `${own.host}/acme/a`;
      expect(await reader().tags(image)).toMatchObject({ reason: "refused" });
      expect(await reader({ "ghcr.io": { auth: BASIC } }).tags(image)).toMatchObject({ reason: "refused" });
      expect(await reader({ [own.host]: { auth: BASIC } }).tags(image)).toMatchObject({ tags: ["1.0.0"] });
      expect(await reader({ [`http://${own.host}/v2/`]: ROBIN }).tags(image)).toMatchObject({ tags: ["1.0.0"] });
      expect(await reader({ [`${own.host}/acme`]: { auth: BASIC } }).tags(image)).toMatchObject({ tags: ["1.0.0"] });
    } finally {
      await own.stop();
    }
  });

  test("is signed in to with a token of its realm", async () => {
    const [port = 0] = await freePorts(1);
    const issuer = createTokenIssuer("registry.test");
    const asked: string[] = [];
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? "", "http://realm");
      asked.push(
        `${url.searchParams.get("service")} ${url.searchParams.get("scope")} ${request.headers.authorization ?? "nobody"}`,
      );
      const isKnown = request.headers.authorization === `Basic ${BASIC}`;
      response.writeHead(isKnown ? 200 : 401, { "content-type": "application/json" });
      response.end(
        JSON.stringify(isKnown ? { token: issuer.tokenFor(url.searchParams.get("scope") ?? ""), expires_in: 300 } : {}),
      );
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    const realm = `http://127.0.0.1:${port}/token`;
    const own = await startRegistry({ kind: "token", realm, ...issuer });
    try {
      const push = {
        host: own.host,
        repository: "acme/a",
        authorization: `Bearer ${issuer.tokenFor("repository:acme/a:pull,push")}`,
      };
      await pushImage(push, "1.0.0");
      expect(await reader().tags(`${own.host}/acme/a`)).toMatchObject({ reason: "refused" });
      const read = await reader({ [own.host]: { auth: BASIC } }).tags(`${own.host}/acme/a`);
      expect(read).toMatchObject({ tags: ["1.0.0"] });
      expect(asked).toEqual([
        "registry.test repository:acme/a:pull nobody",
        `registry.test repository:acme/a:pull Basic ${BASIC}`,
      ]);
    } finally {
      await own.stop();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
