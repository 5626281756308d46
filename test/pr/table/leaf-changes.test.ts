import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/domain/values/scalars.ts";
import { describeValue } from "../../../src/pr/table/describe-value.ts";
import { leafChanges, sameJson } from "../../../src/pr/table/leaf-changes.ts";

/** `path: before → after` of each change, as a reviewer reads it; `!` where it widens a permission. */
function told(before: Json | undefined, after: Json | undefined): readonly string[] {
  return leafChanges(before, after).map((leaf) => {
    const { what, widens } = describeValue(leaf);
    return `${widens ? "! " : ""}${what}: ${JSON.stringify(leaf.before)} → ${JSON.stringify(leaf.after)}`;
  });
}

describe("leafChanges", () => {
  test.each<[string, Json | undefined, Json | undefined, readonly string[]]>([
    ["nothing", { a: 1 }, { a: 1 }, []],
    ["another order of keys", { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    [
      "a value",
      { runtime: { resources: { limits: { memory: "512Mi" } } } },
      { runtime: { resources: { limits: { memory: "1Gi" } } } },
      ['memory limit: "512Mi" → "1Gi"'],
    ],
    [
      "a value that comes",
      {},
      { runtime: { resources: { limits: { memory: "1Gi" } } } },
      ['memory limit: undefined → "1Gi"'],
    ],
    ["a value that goes", { scaling: { max: 3 } }, {}, ["most replicas: 3 → undefined"]],
    [
      "a mapping shown as one change",
      { model: { apiKeySecretRef: { name: "a", key: "k" } } },
      { model: { apiKeySecretRef: { name: "b", key: "k" } } },
      ['! model\'s API key: {"name":"a","key":"k"} → {"name":"b","key":"k"}'],
    ],
    [
      "a caller more",
      { access: { callers: [{ appId: "a", namespace: "n" }] } },
      {
        access: {
          callers: [
            { appId: "b", namespace: "n" },
            { appId: "a", namespace: "n" },
          ],
        },
      },
      ['! caller n/b: undefined → {"appId":"b","namespace":"n"}'],
    ],
    [
      "a caller less",
      { access: { callers: [{ appId: "a", namespace: "n" }] } },
      {},
      ['caller n/a: {"appId":"a","namespace":"n"} → undefined'],
    ],
    [
      "a caller's first bound",
      { access: { callers: [{ appId: "a", namespace: "n" }] } },
      { access: { callers: [{ appId: "a", namespace: "n", operations: ["/x"] }] } },
      ['operations of caller n/a: undefined → ["/x"]'],
    ],
    [
      "a caller's bound goes",
      { access: { callers: [{ appId: "a", namespace: "n", operations: ["/x"] }] } },
      { access: { callers: [{ appId: "a", namespace: "n" }] } },
      ['! operations of caller n/a: ["/x"] → undefined'],
    ],
    [
      "an operation more",
      { access: { callers: [{ appId: "a", namespace: "n", operations: ["/x"] }] } },
      { access: { callers: [{ appId: "a", namespace: "n", operations: ["/x", "/y"] }] } },
      ['! operations of caller n/a: undefined → "/y"'],
    ],
    [
      "tools no longer bound",
      { mcpServers: [{ name: "t", allow: ["get"] }] },
      { mcpServers: [{ name: "t" }] },
      ['! tools of MCP server t: ["get"] → undefined'],
    ],
    [
      "tools bound",
      { mcpServers: [{ name: "t" }] },
      { mcpServers: [{ name: "t", allow: ["get"] }] },
      ['tools of MCP server t: undefined → ["get"]'],
    ],
    [
      "a tool less",
      { mcpServers: [{ name: "t", allow: ["get", "put"] }] },
      { mcpServers: [{ name: "t", allow: ["get"] }] },
      ['tools of MCP server t: "put" → undefined'],
    ],
    [
      "no approval any more",
      { mcpServers: [{ name: "t", requireApproval: ["put"] }] },
      { mcpServers: [{ name: "t" }] },
      ['! tools of MCP server t that need approval: ["put"] → undefined'],
    ],
    [
      "approval for one less",
      { mcpServers: [{ name: "t", requireApproval: ["put", "del"] }] },
      { mcpServers: [{ name: "t", requireApproval: ["put"] }] },
      ['! tools of MCP server t that need approval: "del" → undefined'],
    ],
    [
      "another address of a server",
      { mcpServers: [{ name: "t", url: "http://a" }] },
      { mcpServers: [{ name: "t", url: "http://b" }] },
      ['! address of MCP server t: "http://a" → "http://b"'],
    ],
    [
      "egress more and less",
      { networking: { egress: [{ cidr: "10.0.0.0/8" }, { cidr: "1.1.1.1/32" }] } },
      { networking: { egress: [{ cidr: "1.1.1.1/32" }, { cidr: "0.0.0.0/0" }] } },
      ['egress: {"cidr":"10.0.0.0/8"} → undefined', '! egress: undefined → {"cidr":"0.0.0.0/0"}'],
    ],
    [
      "a Secret in the environment",
      { runtime: { env: [{ name: "A", value: "x" }] } },
      { runtime: { env: [{ name: "A", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }] } },
      [
        'environment variable A: "x" → undefined',
        '! environment variable A: undefined → {"secretKeyRef":{"name":"s","key":"k"}}',
      ],
    ],
    [
      "a list whose order counts",
      { model: { fallbacks: ["a", "b"] } },
      { model: { fallbacks: ["b", "a"] } },
      ['fallback models: ["a","b"] → ["b","a"]'],
    ],
    [
      "entries in another order",
      { mcpServers: [{ name: "a" }, { name: "b" }] },
      { mcpServers: [{ name: "b" }, { name: "a" }] },
      ['MCP servers: [{"name":"a"},{"name":"b"}] → [{"name":"b"},{"name":"a"}]'],
    ],
    [
      "entries of one name twice",
      { mcpServers: [{ name: "a" }, { name: "a", x: 1 }] },
      { mcpServers: [{ name: "a" }] },
      ['MCP servers: [{"name":"a"},{"name":"a","x":1}] → [{"name":"a"}]'],
    ],
    ["values that nothing is known of", { odd: { deep: 1 } }, { odd: { deep: 2 } }, ["odd.deep: 1 → 2"]],
    ["a text becomes a mapping", { odd: "x" }, { odd: { deep: 2 } }, ['odd: "x" → {"deep":2}']],
  ])("%s", (_, before, after, expected) => {
    expect(told(before, after)).toEqual(expected);
  });

  const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ maxLength: 5 }),
      fc.integer(),
      fc.constant(null),
      fc.boolean(),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom("name", "egress", "allow", "a", "b", "__proto__", "keda"), tie("value"), {
        maxKeys: 4,
      }),
    ),
  })).value;

  test("says nothing of what is the same, something of what is not, and nothing that is the same on both sides", () => {
    fc.assert(
      fc.property(fc.option(json, { nil: undefined }), fc.option(json, { nil: undefined }), (before, after) => {
        const changes = leafChanges(before, after);
        expect(changes.length === 0).toBe(sameJson(before, after));
        for (const change of changes) expect(sameJson(change.before, change.after)).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });
});
