import { afterAll, beforeAll, expect, it } from "vitest";
import { describeReal } from "../component.ts";
import { loadIntoDaprd, sidecarTools } from "./daprd.ts";
import { type McpServer, startMcpServer } from "./mcp.ts";
import { type Redis, startRedis } from "./redis.ts";

describeReal([...sidecarTools, "redis-server"], "a Dapr sidecar", () => {
  let redis: Redis;
  let mcp: McpServer;
  beforeAll(async () => {
    redis = await startRedis("a-password");
    mcp = await startMcpServer(["get"]);
  });
  afterAll(async () => {
    await redis?.stop();
    await mcp?.stop();
  });

  it("loads a state store, a language model, a subscription, an MCP server and a resiliency", async () => {
    const resources = [stateStore(redis.host, `value: ${redis.password}`), others, mcpServer(mcp.url)];
    expect(await loadIntoDaprd({ appId: "a", resources })).toEqual({
      kind: "loaded",
      resources: [
        "Component agent-memory (state.redis/v1)",
        "Component llm (conversation.openai/v1)",
        "MCPServer m",
        "Resiliency r",
        "Subscription s",
      ],
    });
  });

  it("resolves a reference to a Secret", async () => {
    const secrets = { redis: { password: redis.password } };
    const resources = [stateStore(redis.host, "secretKeyRef: {name: redis, key: password}")];
    expect(await loadIntoDaprd({ appId: "a", resources, secrets })).toMatchObject({ kind: "loaded" });
    expect(await loadIntoDaprd({ appId: "a", resources })).toMatchObject({ kind: "refused" });
  });

  it.each([
    ["a password that is wrong", (host: string) => ({ resources: [stateStore(host, "value: wrong")] }), "WRONGPASS"],
    ["an MCP server that is not there", () => ({ resources: [mcpServer("http://127.0.0.1:9")] }), "connection refused"],
    ["a retry of no known policy", () => ({ resources: [others.replace("constant", "wat")] }), "invalid PolicyType"],
    ["an access policy without a namespace", () => ({ resources: [], configuration }), "missing namespace"],
  ])("refuses %s", async (_, given, reason) => {
    const sidecar = await loadIntoDaprd({ appId: "a", ...given(redis.host) });
    expect(sidecar).toMatchObject({
      kind: "refused",
      reasons: expect.arrayContaining([expect.stringContaining(reason)]),
    });
  });
});

function stateStore(host: string, password: string): string {
  return `
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: agent-memory}
spec:
  type: state.redis
  version: v1
  metadata: [{name: redisHost, value: "${host}"}, {name: redisPassword, ${password}}, {name: actorStateStore, value: "true"}]
`;
}

function mcpServer(url: string): string {
  const spec = `{endpoint: {streamableHTTP: {url: "${url}"}}}`;
  return `{apiVersion: dapr.io/v1alpha1, kind: MCPServer, metadata: {name: m}, spec: ${spec}}`;
}

const others = `
{apiVersion: dapr.io/v1alpha1, kind: Component, metadata: {name: llm}, spec: {type: conversation.openai, version: v1, metadata: [{name: key, value: k}]}}
---
{apiVersion: dapr.io/v2alpha1, kind: Subscription, metadata: {name: s}, spec: {pubsubname: p, topic: t, routes: {default: /t}}}
---
apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: {name: r}
spec: {policies: {retries: {x: {policy: constant, duration: 1s}}}, targets: {apps: {b: {retry: x}}}}
`;

const configuration = `
apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata: {name: c}
spec: {accessControl: {defaultAction: deny, trustDomain: public, policies: [{appId: b, trustDomain: public}]}}
`;
