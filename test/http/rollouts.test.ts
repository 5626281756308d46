import { createHmac } from "node:crypto";
import * as fc from "fast-check";
import { Registry } from "prom-client";
import { afterEach, describe, expect, test } from "vitest";
import { createHttpListener } from "../../src/http/listener.ts";
import { eventSignatureCheck } from "../../src/http/rollouts/event-signature.ts";
import type { RolloutReceiver } from "../../src/http/rollouts/receive-rollout.ts";
import { startService } from "../../src/http/service.ts";

const SECRET = "correct horse battery staple";
const TOKEN = "t0ken";
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const sign = (body: string, algorithm = "sha256", secret = SECRET) =>
  `${algorithm}=${createHmac(algorithm, secret).update(body).digest("hex")}`;

/** What Flux's notification-controller sends. */
const event = (metadata: unknown = {}, message = "Helm upgrade succeeded") =>
  JSON.stringify({
    involvedObject: { kind: "HelmRelease", namespace: "flux-system", name: "acme-hello" },
    severity: "info",
    timestamp: "2026-01-31T12:00:00Z",
    message,
    reason: "UpgradeSucceeded",
    metadata,
    reportingController: "helm-controller",
  });

async function start(given: Partial<RolloutReceiver> = {}) {
  const rung: (string | undefined)[] = [];
  const metrics = new Registry();
  const ring: RolloutReceiver["ring"] = (repository) => {
    rung.push(repository);
    return "taken";
  };
  const listener = await createHttpListener({
    secret: "secret",
    app: undefined,
    enqueue: () => "queued",
    rollouts: { secret: SECRET, token: TOKEN, ring, ...given },
    metrics,
    notReady: () => undefined,
    warn: () => {},
  });
  const service = await startService(listener, { host: "127.0.0.1", port: 0 });
  ends.push(() => service.stop(0));
  const send = async (body: string, headers: Readonly<Record<string, string>>) => {
    const response = await fetch(`${service.url}/api/rollouts`, { method: "POST", headers, body });
    return response.status;
  };
  return { url: service.url, rung, metrics, send };
}

describe("POST /api/rollouts", () => {
  test.each(["sha224", "sha256", "sha384", "sha512"])("takes an event that is signed with %s", async (algorithm) => {
    const { send, rung, metrics } = await start();
    const body = event({ repository: "https://github.com/Acme/agents.git" });
    expect(await send(body, { "x-signature": sign(body, algorithm) })).toBe(200);
    expect(rung).toEqual(["acme/agents"]);
    expect(await metrics.metrics()).toContain('raos_rollout_deliveries_total{result="taken"} 1');
  });

  const body = event();
  test.each([
    ["SHA-1, although it is right", sign(body, "sha1")],
    ["MD5", sign(body, "md5")],
    ["another secret", sign(body, "sha256", "another")],
    ["another body", sign(event({}, "Helm upgrade failed"))],
    ["a signature that is cut", sign(body).slice(0, -2)],
    ["a signature that goes on", `${sign(body)}00`],
    ["the length of another algorithm", sign(body).replace("sha256", "sha512")],
    ["another algorithm of as many bytes", sign(body).replace("sha256", "sha3-256")],
    ["upper case", sign(body).toUpperCase()],
    ["no algorithm", sign(body).slice("sha256=".length)],
    ["two signatures", `${sign(body)},${sign(body)}`],
    ["nothing", ""],
  ])("refuses %s", async (_, signature) => {
    const { send, rung, metrics } = await start();
    expect(await send(body, { "x-signature": signature })).toBe(401);
    expect(rung).toEqual([]);
    expect(await metrics.metrics()).toContain('raos_rollout_deliveries_total{result="unauthorized"} 1');
  });

  test("takes the token of Argo CD in place of a signature, and no other", async () => {
    const { send, rung } = await start();
    expect(await send("{}", { authorization: `Bearer ${TOKEN}` })).toBe(200);
    for (const authorization of ["Bearer t0ke", `Bearer ${TOKEN}x`, `Basic ${TOKEN}`, "Bearer ", `Bearer ${SECRET}`])
      expect(await send("{}", { authorization })).toBe(401);
    expect(rung).toEqual([undefined]);
  });

  test("an empty secret signs nothing, and an empty token lets nobody in", async () => {
    const { send } = await start({ secret: "", token: "" });
    expect(await send("{}", { "x-signature": sign("{}", "sha256", "") })).toBe(401);
    expect(await send("{}", { authorization: "Bearer " })).toBe(401);
  });

  test("is not there without a secret and a token", async () => {
    const { url } = await start();
    expect((await fetch(`${url}/api/rollouts`)).status).toBe(405);
    const off = await createHttpListener({
      ...{ secret: "secret", app: undefined, enqueue: () => "queued", metrics: new Registry() },
      ...{ notReady: () => undefined, warn: () => {} },
    });
    const service = await startService(off, { host: "127.0.0.1", port: 0 });
    ends.push(() => service.stop(0));
    for (const method of ["GET", "POST"])
      expect((await fetch(`${service.url}/api/rollouts`, { method })).status).toBe(404);
  });

  test.each(["", "[]", "null", "7", '"text"', "{", "\u0000", "[".repeat(100_000)])(
    "refuses what is no JSON object: %j",
    async (text) => {
      const { send, rung } = await start();
      expect(await send(text, { "x-signature": sign(text) })).toBe(400);
      expect(rung).toEqual([]);
    },
  );

  test("a signed body of 10 MB is not read", async () => {
    const { url, rung } = await start();
    const large = event({}, "x".repeat(10 * 1024 * 1024));
    const status = await fetch(`${url}/api/rollouts`, {
      ...{ method: "POST", headers: { "x-signature": sign(large) }, body: large },
    }).then(
      ({ status }) => status,
      // The answer came, and the connection was closed, while the body was on its way.
      () => 413,
    );
    expect([status, rung]).toEqual([413, []]);
  });

  test("an event that comes twice rings twice, and what is odd in it rings all", async () => {
    const { send, rung } = await start();
    const bodies = [
      event({ repository: "acme/agents" }),
      event({ repository: 7 }),
      event(null),
      event([]),
      '{"metadata":"x"}',
    ];
    for (const text of [...bodies, bodies[0] ?? ""]) expect(await send(text, { "x-signature": sign(text) })).toBe(200);
    expect(rung).toEqual(["acme/agents", undefined, undefined, undefined, undefined, "acme/agents"]);
  });

  test("before a repository is known the sender is asked to try again", async () => {
    const { send } = await start({ ring: () => "full" });
    expect(await send("{}", { authorization: `Bearer ${TOKEN}` })).toBe(503);
  });
});

const algorithm = fc.constantFrom(
  ["sha224", 28],
  ["sha256", 32],
  ["sha384", 48],
  ["sha512", 64],
) satisfies fc.Arbitrary<readonly (string | number)[]>;
const signatures = fc.oneof(
  fc.string(),
  algorithm.chain(([name, bytes]) =>
    fc
      .uint8Array({ minLength: Number(bytes), maxLength: Number(bytes) })
      .map((hash) => `${name}=${Buffer.from(hash).toString("hex")}`),
  ),
);

test("no made-up signature fits any body", () => {
  fc.assert(
    fc.property(fc.uint8Array(), signatures, (bytes, signature) => {
      const check = eventSignatureCheck(signature, SECRET);
      check?.update(bytes);
      expect(check?.isRight() ?? false).toBe(false);
    }),
  );
});

test("a signature fits its own body in whatever parts it comes, and no other body", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat(), (body, other, at) => {
      const whole = Buffer.from(body);
      const cut = at % (whole.length + 1);
      const check = eventSignatureCheck(sign(body), SECRET);
      check?.update(whole.subarray(0, cut));
      check?.update(whole.subarray(cut));
      expect(check?.isRight()).toBe(true);
      const wrong = eventSignatureCheck(sign(body), SECRET);
      wrong?.update(Buffer.from(other));
      expect(wrong?.isRight()).toBe(Buffer.from(other).equals(whole));
    }),
  );
});
