import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AgentSpec } from "../../../src/domain/agent/agent.ts";
import { Tenant } from "../../../src/domain/kinds/kinds.ts";
import { targetOf } from "../../../src/domain/reach/address.ts";
import { addressesIn } from "../../../src/domain/reach/addresses-in-text.ts";
import { blockText, ipBlock, overlap } from "../../../src/domain/reach/ip-block.ts";
import { holdsMetadata } from "../../../src/domain/reach/metadata-services.ts";
import { reachOf } from "../../../src/domain/reach/reach.ts";
import { confirmed, growthOf, TOO_STEEP } from "../../growth.ts";

const tenant = (name: string, spec: object) =>
  [name, Tenant.parse({ apiVersion: "raos.dev/v1alpha1", kind: "Tenant", metadata: { name }, spec })] as const;
const shared = {
  tenants: new Map([tenant("shop", {}), tenant("bank", { namespace: "bank-agents", accepts: ["shop"] })]),
};

test("every field that names a destination is in the list, each with its pointer", () => {
  const spec = AgentSpec.parse({
    description: "d",
    instructions: { inline: "i" },
    model: { name: "m", endpoint: "https://llm.example.com/v1" },
    tools: [
      { mcp: { name: "a", streamableHTTP: { url: "http://a.tools/mcp" } } },
      { mcp: { name: "b", sse: { url: "https://b.example.com/sse" } } },
      { mcp: { name: "c", stdio: { command: "npx", args: ["https://c.example.com"] } } },
      { agent: { name: "ledger", namespace: "bank" } },
    ],
    dapr: {
      state: { type: "state.redis", host: "redis.bank-agents:6379", metadata: { sentinel: "x", redisHost: "r:1" } },
      pubsub: {
        type: "pubsub.kafka",
        host: "k1.data:9092,k2.data",
        metadata: { "oidc/TokenEndpoint": "https://id.example.com" },
      },
    },
    observability: { tracing: { endpoint: "collector:4317" } },
    networking: { egress: [{ cidr: "10.1.2.3/8" }, { cidr: "0.0.0.0/0", port: 443 }] },
    runtime: {
      env: [{ name: "SEARCH_URL", value: "http://search.bank-agents.svc" }],
      args: ["--to=http://x.example.com"],
    },
  });
  const lines = reachOf(spec, "shop", shared).map(
    ({ kind, field, opens, port, host, namespace, tenant: owner, cidr, metadata, accepted, own }) =>
      [
        `${field}:`,
        kind,
        [cidr ?? host, namespace].filter((part) => part !== undefined).join(" in "),
        port === undefined ? "every port" : String(port),
        ...[owner, opens && "opens", metadata && "metadata", accepted && "accepted", own && "own"].filter(Boolean),
      ].join(" "),
  );
  expect(lines.sort()).toEqual([
    "/spec/dapr/pubsub/host: namespace k1.data in data 9092 opens",
    "/spec/dapr/pubsub/host: namespace k2.data in data 9092 opens",
    "/spec/dapr/pubsub/metadata/oidc~1TokenEndpoint: host id.example.com 443",
    "/spec/dapr/state/host: namespace redis.bank-agents in bank-agents 6379 bank opens accepted",
    "/spec/dapr/state/metadata/redisHost: namespace r in shop 1 shop accepted own",
    "/spec/model/endpoint: host llm.example.com 443 opens",
    "/spec/networking/egress/0: cidr 10.0.0.0/8 every port opens",
    "/spec/networking/egress/1: anywhere 0.0.0.0/0 443 opens metadata",
    "/spec/observability/tracing/endpoint: namespace collector in shop 4317 shop opens accepted own",
    "/spec/runtime/args/0: host x.example.com 80",
    "/spec/runtime/env/0/value: namespace search.bank-agents.svc in bank-agents every port bank accepted",
    "/spec/tools/0/mcp/streamableHTTP/url: namespace a.tools in tools every port opens",
    "/spec/tools/1/mcp/sse/url: host b.example.com 443 opens",
    "/spec/tools/2/mcp/stdio/args/0: host c.example.com 443",
    "/spec/tools/3/agent: agent ledger in bank-agents 50002 bank opens accepted",
  ]);
});

test("what guardrails ask for most comes first, however long the list is", () => {
  const env = Array.from({ length: 128 }, (_, index) => ({
    name: `V${index}`,
    value: Array.from({ length: 60 }, (__, at) => `http://h${index}-${at}.example.com`).join(" "),
  }));
  const metadata = { redisHost: "169.254.169.254:80" };
  const list = reachOf({ runtime: { env }, dapr: { state: { type: "state.redis", metadata } } }, "shop", shared);
  expect(list.length).toBe(400);
  expect(list[0]).toMatchObject({ metadata: true, field: "/spec/dapr/state/metadata/redisHost" });
});

test.each<readonly [string, object]>([
  ["redis.ns.:6379", { kind: "namespace", namespace: "ns", host: "redis.ns", port: 6379 }],
  ["redis.{namespace}:6379", { kind: "namespace", namespace: "", host: "redis.{namespace}", port: 6379 }],
  ["http:\\\\169.254.169.254\\x", { kind: "cidr", cidr: "169.254.169.254/32", port: 80 }],
  ["①⑥⑨。254.169.254:1", { kind: "cidr", cidr: "169.254.169.254/32", port: 1 }],
  ["::ffff:169.254.169.254", { kind: "cidr", cidr: "169.254.169.254/32", port: undefined }],
  ["[fe80::1%25eth0]:80", { kind: "cidr", cidr: "fe80::1/128", port: 80 }],
  ["https://user:word@x.example.com/", { kind: "host", host: "x.example.com", port: 443 }],
  ["redis.ns;x:1", { kind: "unreadable", text: "redis.ns;x:1", port: undefined }],
  ["*.ns.svc", { kind: "unreadable", text: "*.ns.svc", port: undefined }],
  ["1.2.3.4.5", { kind: "unreadable", text: "1.2.3.4.5", port: undefined }],
  [":6379", { kind: "unreadable", text: ":6379", port: undefined }],
])("%s leads to %j", (address, place) => expect(targetOf(address)).toEqual(place));

describe("addresses in a text", () => {
  test.each<readonly [name: string, text: string, found: readonly string[]]>([
    ["redisHost", "a:1, b:2", ["a:1", "b:2"]],
    ["DB_HOST", "pg", ["pg"]],
    ["x", "pg", []],
    ["NO_PROXY", "169.254.169.254,a.example.com,b", []],
    ["x", "host=pg port=5432 user=a", ["pg"]],
    ["x", "Server=tcp:sql.x,1433;Database=d", ["sql.x:1433"]],
    ["x", "Data Source=sql.x\\EXPRESS;User=a", ["sql.x"]],
    ["x", "Endpoint=sb://bus.example.net/;EntityPath=q", ["sb://bus.example.net/"]],
    ["x", "AccountEndpoint=https://c.example.com:443/;Database=x", ["https://c.example.com:443/"]],
    ["x", "u:p@tcp(mysql.x:3306)/db", ["mysql.x:3306"]],
    ["x", "mongodb://u:p@a.x:1,b.x:2/db?z=1", ["mongodb://a.x:1/db?z=1", "mongodb://b.x:2"]],
    ["x", "jdbc:sqlserver://sql.x:1433;user=a", ["sqlserver://sql.x:1433"]],
    ["x", "amqps://q.x", ["amqps://q.x"]],
    ["x", "curl -H 'a: b' http://a.x/b", ["http://a.x/b"]],
    ["x", "--connect=10.1.2.3:80", ["10.1.2.3:80"]],
    ["x", "ghcr.io/acme/x@sha256:0f1e", []],
    ["x", "version 1.2.3", []],
    ["x", "the metadata of a.b", []],
  ])("%s: %s", (name, text, found) => expect(addressesIn(name, text)).toEqual(found));

  test("are found in time that is proportional to the text", () => {
    const units = ["a", "=", "://", "host=", "@", "http://", ".", ",", "1.", "endpoint ", " ", "tcp("];
    const work = (text: string) => {
      for (let index = 0; index < 6; index++) addressesIn("HOST", text);
    };
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...units), { minLength: 1, maxLength: 4 }), (parts) => {
        const text = (length: number) => parts.join("").repeat(length).slice(0, length);
        const measure = () => growthOf(16_000, text, work);
        expect(confirmed(measure(), measure)).toBeLessThan(TOO_STEEP);
      }),
      { numRuns: 40 },
    );
  });
});

describe("blocks of IP addresses", () => {
  test.each([
    ["10.1.2.3/8", "10.0.0.0/8"],
    ["10.1.2.3", "10.1.2.3/32"],
    ["2852039166", "169.254.169.254/32"],
    ["0xa9fea9fe/32", "169.254.169.254/32"],
    ["FD00:0:0::1/64", "fd00::/64"],
    ["[::1]", "::1/128"],
    ["::ffff:10.0.0.1/104", "10.0.0.0/8"],
    ["fe80::1%eth0", "fe80::1/128"],
  ])("%s is %s", (text, expected) => {
    const block = ipBlock(text);
    expect(block === undefined ? undefined : blockText(block)).toBe(expected);
  });

  test.each(["", "/8", "a", "1.2.3.4.5", "1.2.3.4/33", "::1/129", "1.2.3.4/8/8", "1.2.3.4/-1", "::1::", "300.1.1.1"])(
    "%s is none",
    (text) => expect(ipBlock(text)).toBeUndefined(),
  );

  test("overlap where one holds the other, and a block that holds a metadata service is found", () => {
    const bits = fc.integer({ min: 0, max: 32 });
    const address = fc.ipV4();
    fc.assert(
      fc.property(address, bits, address, bits, (a, m, b, n) => {
        const one = ipBlock(`${a}/${m}`);
        const other = ipBlock(`${b}/${n}`);
        if (one === undefined || other === undefined) throw new Error("no block");
        const inner = m <= n ? [other, one] : [one, other];
        const holds = ipBlock(`${blockText(inner[0] ?? one).split("/")[0]}/${(inner[1] ?? one).bits}`);
        expect(overlap(one, other)).toBe(holds?.first === inner[1]?.first);
        expect(holdsMetadata(`169.254.169.254/${n}`)).toBe(true);
      }),
    );
  });
});

test("no text makes reading an address throw, and whatever is an IP address is one place", () => {
  const piece = fc.constantFrom(
    "http://",
    "[",
    "]",
    ":",
    "::",
    "@",
    "/",
    "\\",
    "%",
    "0x",
    "a",
    ".",
    "1",
    "svc",
    "{namespace}",
    "é",
    "。",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (parts) => {
      targetOf(parts.join(""));
    }),
  );
  fc.assert(
    fc.property(fc.ipV4(), (text) => {
      const number = text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
      const octal = text.split(".").map((part) => `0${Number(part).toString(8)}`);
      for (const spelling of [String(number), `0x${number.toString(16)}`, octal.join("."), `${text}.`])
        expect(targetOf(`http://${spelling}:81/x`)).toEqual(targetOf(`${text}:81`));
    }),
  );
});
