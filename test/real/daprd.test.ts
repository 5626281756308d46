import { afterAll, beforeAll, expect, it } from "vitest";
import { describeReal } from "./component.ts";
import { loadIntoDaprd } from "./daprd.ts";
import { type Redis, startRedis } from "./redis.ts";

describeReal(["daprd", "redis-server"], "a Dapr sidecar", () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await startRedis("a-password");
  });
  afterAll(() => redis?.stop());

  it("loads a state store", async () => {
    expect(await loadIntoDaprd({ appId: "a", resources: [stateStore(redis.host, redis.password)] })).toEqual({
      kind: "loaded",
      components: ["agent-memory (state.redis/v1)"],
      complaints: expect.anything(),
    });
  });

  it("refuses a state store whose password is wrong", async () => {
    const sidecar = await loadIntoDaprd({ appId: "a", resources: [stateStore(redis.host, "wrong")] });
    expect(sidecar.kind).toBe("refused");
    expect(sidecar.complaints.join("\n")).toContain("agent-memory");
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
  metadata: [{name: redisHost, value: "${host}"}, {name: redisPassword, value: "${password}"}]
`;
}
