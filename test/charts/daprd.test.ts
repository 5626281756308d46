import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { describeReal } from "../real/component.ts";
import { loadIntoDaprd } from "../real/daprd.ts";
import { temporaryFolder } from "../real/loopback.ts";
import { type Redis, startRedis } from "../real/redis.ts";
import { fixtureReleases, type Manifest, manifests, type Release, renderRelease } from "./fixture-renders.ts";

const PASSWORD = "only-for-this-test";

const onRedis = fixtureReleases().filter(({ agent, environment }) => {
  const { state, pubsub } = agent.environments.get(environment)?.spec.dapr ?? {};
  const types = [state?.type, pubsub?.type].filter((type) => type !== undefined);
  return types.every((type) => type.endsWith(".redis")) && state?.metadata?.redisType !== "cluster";
});

describeReal(["daprd", "redis-server", "helm"], "daprd with Redis", () => {
  let redis: Redis;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let secrets: string;
  beforeAll(async () => {
    redis = await startRedis(PASSWORD);
    folder = await temporaryFolder();
    secrets = join(folder.path, "secrets.json");
    await writeFile(
      secrets,
      JSON.stringify({ redis: { redisPassword: PASSWORD }, anthropic: { "api-key": "unused" } }),
    );
  });
  afterAll(async () => {
    await redis?.stop();
    await folder?.remove();
  });

  test("the fleet has agents that it can load", () => {
    expect(new Set(onRedis.map(({ agent }) => agent.key)).size).toBeGreaterThanOrEqual(6);
  });

  test.each(
    onRedis.filter(({ environment }) => environment === "production").map((release) => [release.id, release] as const),
  )("loads every Dapr object of %s and refuses none", async (_id, release) => {
    const objects = await daprObjects(release);
    const resources = objects.filter(({ kind }) => kind !== "Configuration").map((object) => stringify(here(object)));
    const loaded = await loadIntoDaprd({
      appId: release.agent.name,
      resources: [...resources, stringify(secretStore(secrets))],
      configuration: stringify(objects.find(({ kind }) => kind === "Configuration")),
    });
    expect(loaded.complaints.filter((complaint) => !expected.test(complaint))).toEqual([]);
    expect(loaded.kind).toBe("loaded");
    if (loaded.kind !== "loaded") return;
    const components = objects
      .filter(({ kind }) => kind === "Component")
      .map(({ metadata, spec }) => `${metadata.name} (${spec.type}/${spec.version})`);
    expect(loaded.components).toEqual(expect.arrayContaining(components));
  });

  test("a component that Dapr does not know would be refused", async () => {
    const broken = {
      apiVersion: "dapr.io/v1alpha1",
      kind: "Component",
      metadata: { name: "x" },
      spec: { type: "state.nothing", version: "v1", metadata: [] },
    };
    expect((await loadIntoDaprd({ appId: "x", resources: [stringify(broken)] })).kind).toBe("refused");
  });

  /** The object as it is, with the test's Redis for the cluster's. */
  function here(object: Manifest): Manifest {
    if (object.kind !== "Component") return object;
    const metadata = object.spec.metadata.map((item: { name: string }) =>
      item.name === "redisHost" ? { name: item.name, value: redis.host } : item,
    );
    return { ...object, spec: { ...object.spec, metadata } };
  }
});

/** What daprd warns of on a machine without a control plane, without the agent itself and without its MCP servers. */
const expected =
  /^(Actor runtime disabled: .*placement service is not configured|App channel is not initialized|No scheduler host addresses|mTLS is disabled|Ignoring error processing MCPServer: .*failed to connect)/;

async function daprObjects(release: Release): Promise<readonly Manifest[]> {
  const objects = manifests(await renderRelease(release)).filter(({ apiVersion }) => apiVersion.startsWith("dapr.io/"));
  // The daprd of the tests is built with Dapr's stable components; those of conversations are not among them yet.
  return objects.filter(({ kind, spec }) => kind !== "Component" || !spec.type.startsWith("conversation."));
}

/** In a cluster Dapr's operator reads the Secrets; here a file stands in under the same name. */
function secretStore(secretsFile: string): object {
  return {
    apiVersion: "dapr.io/v1alpha1",
    kind: "Component",
    metadata: { name: "kubernetes" },
    spec: {
      type: "secretstores.local.file",
      version: "v1",
      metadata: [
        { name: "secretsFile", value: secretsFile },
        { name: "multiValued", value: "true" },
      ],
    },
  };
}
