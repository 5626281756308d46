import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { describeReal } from "../real/component.ts";
import { loadIntoDaprd } from "../real/dapr/daprd.ts";
import { type McpServer, startMcpServer } from "../real/dapr/mcp.ts";
import { type Redis, startRedis } from "../real/dapr/redis.ts";
import { type SseMcpServer, startSseMcpServer } from "../servers/sse-mcp.ts";
import {
  deploymentReleases,
  fixtureReleases,
  type Manifest,
  manifests,
  type Release,
  renderRelease,
} from "./fixture-renders.ts";

const DATABASE = "host=127.0.0.1 port=9 user=rag dbname=rag connect_timeout=1";
const secrets = {
  "rag-state": { connectionString: DATABASE },
  redis: { redisPassword: "only-for-this-test" },
  tracker: { authorization: "Bearer of-this-test" },
};

const isOnRedis = ({ agent, environment }: Release) => {
  const { state, pubsub } = agent.environments.get(environment)?.spec.dapr ?? {};
  const types = [state?.type, pubsub?.type].filter((type) => type !== undefined);
  return types.every((type) => type.endsWith(".redis")) && state?.metadata?.redisType !== "cluster";
};
const inProduction = fixtureReleases().filter((release) => isOnRedis(release) && release.environment === "production");
const elsewhere = deploymentReleases().filter(
  (release) => !isOnRedis(release) && release.agent.environments.get("production")?.spec.dapr.enabled,
);
const ofDeployments = deploymentReleases().filter(
  (release) => isOnRedis(release) && release.agent.environments.get("production")?.spec.dapr.enabled,
);

describeReal(["daprd", "redis-server", "helm"], "daprd with Redis", () => {
  let redis: Redis;
  let mcp: McpServer;
  let sse: SseMcpServer;
  beforeAll(async () => {
    redis = await startRedis(secrets.redis.redisPassword);
    mcp = await startMcpServer(["get"]);
    sse = await startSseMcpServer();
  });
  afterAll(async () => {
    await redis?.stop();
    await mcp?.stop();
    await sse?.stop();
  });

  test("the fleet has agents that it can load", () => {
    expect(new Set(inProduction.map(({ agent }) => agent.key)).size).toBe(8);
  });

  const cases = [...inProduction, ...ofDeployments].map((release) => [release.id, release] as const);
  test.each(cases)("loads every Dapr object of %s and refuses none", async (_id, release) => {
    const resources = (await daprObjects(release)).filter(
      ({ kind }) => kind !== "MCPServer" && kind !== "Configuration",
    );
    const loaded = await load(release, resources);
    expect(loaded).toEqual({ kind: "loaded", resources: resources.map(announced).toSorted() });
  });

  const withActors = cases.filter(
    ([, { agent, environment }]) => agent.environments.get(environment)?.spec.dapr.state?.actor,
  );
  test.each(withActors)("connects to every MCP server of %s", async (_id, release) => {
    const resources = (await daprObjects(release)).filter(({ kind }) => kind !== "Configuration");
    expect(resources.filter(({ kind }) => kind === "MCPServer")).not.toEqual([]);
    const sidecar = await load(release, resources);
    // Dapr connects first, then makes workflows of the tools; only the latter waits for a placement service.
    const refusals = sidecar.kind === "loaded" ? [] : sidecar.reasons;
    expect(refusals.filter((reason) => !reason.endsWith("placement service is not configured"))).toEqual([]);
  });

  // No Kafka and no PostgreSQL runs here: daprd has to know the type and read the metadata, and then finds nobody there.
  test.each(elsewhere.map((release) => [release.id, release] as const))(
    "knows every Dapr object of %s, and lacks only the server",
    async (_id, release) => {
      const resources = (await daprObjects(release)).filter(({ kind }) => kind !== "Configuration");
      const loaded = await load(release, resources);
      const reasons = loaded.kind === "loaded" ? [] : loaded.reasons;
      expect(reasons.length).toBeGreaterThan(0);
      expect(
        reasons.filter((reason) => !/connection refused|no such host|run out of available brokers/.test(reason)),
      ).toEqual([]);
    },
  );

  test("what is in no agent's scope is not loaded", async () => {
    const release = inProduction.find(({ id }) => id === "production/support/router");
    if (release === undefined) throw new Error("no router");
    const resources = (await daprObjects(release)).filter(({ kind }) => kind !== "Configuration");
    const loaded = await loadIntoDaprd({
      appId: "somebody-else",
      resources: resources.map((object) => stringify(here(object))),
      secrets,
    });
    expect(loaded).toEqual({ kind: "loaded", resources: [] });
  });

  async function load(release: Release, resources: readonly Manifest[]) {
    const configuration = (await daprObjects(release)).find(({ kind }) => kind === "Configuration");
    return loadIntoDaprd({
      appId: release.agent.name,
      resources: resources.map((object) => stringify(here(object))),
      configuration: stringify(configuration),
      secrets,
    });
  }

  /** The object as it is, with the test's servers for the cluster's. */
  function here(object: Manifest): Manifest {
    const { kind, spec } = object;
    if (kind === "Component") {
      const metadata = spec.metadata.map((item: { name: string }) =>
        item.name === "redisHost" ? { name: item.name, value: redis.host } : item,
      );
      return { ...object, spec: { ...spec, metadata } };
    }
    if (kind !== "MCPServer") return object;
    const [transport = ""] = Object.keys(spec.endpoint);
    const url = transport === "sse" ? sse.url : mcp.url;
    return { ...object, spec: { ...spec, endpoint: { [transport]: { ...spec.endpoint[transport], url } } } };
  }
});

/** How daprd's log names what it has loaded. */
function announced({ kind, metadata, spec }: Manifest): string {
  return kind === "Component"
    ? `Component ${metadata.name} (${spec.type}/${spec.version})`
    : `${kind} ${metadata.name}`;
}

async function daprObjects(release: Release): Promise<readonly Manifest[]> {
  const objects = manifests(await renderRelease(release)).filter(({ apiVersion }) => apiVersion.startsWith("dapr.io/"));
  // The daprd of the tests is built with Dapr's stable components; those of conversations are not among them yet.
  return objects.filter(({ kind, spec }) => kind !== "Component" || !spec.type.startsWith("conversation."));
}
