import { randomUUID } from "node:crypto";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Registry } from "prom-client";
import { afterEach, describe, expect, it } from "vitest";
import { WEBHOOK_PATH } from "../../src/domain/github/app-manifest.ts";
import { createBodyBudget } from "../../src/http/body-budget.ts";
import { createHttpListener, type HttpOptions } from "../../src/http/listener.ts";
import { type Service, startService } from "../../src/http/service.ts";
import { signWebhook } from "../support/forge/sign-webhook.ts";
import { waitUntil } from "../support/wait.ts";

const SECRET = "It's a Secret to Everybody";
const TOKEN = "t0ken";
const MB = 1024 * 1024;
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(changed: Partial<HttpOptions> = {}, connections?: number) {
  const metrics = new Registry();
  const listener = await createHttpListener({
    secret: SECRET,
    app: undefined,
    enqueue: () => "queued",
    alerts: { token: TOKEN, now: () => 1000, put: async () => "taken" },
    metrics,
    notReady: () => undefined,
    warn: () => {},
    ...changed,
  });
  const service: Service = await startService(listener, {
    host: "127.0.0.1",
    port: 0,
    ...(connections === undefined ? {} : { connections }),
  });
  ends.push(() => service.stop(0));
  const used = async () => Number(/^raos_http_body_bytes (\d+)$/m.exec(await metrics.metrics())?.[1]);
  return { url: service.url, port: Number(new URL(service.url).port), metrics, used };
}

const PUSH = JSON.stringify({
  ref: "refs/heads/main",
  repository: { full_name: "acme/fleet", default_branch: "main" },
});
const sign = (body: string) => signWebhook(body, SECRET);
const FORGED = `sha256=${"0".repeat(64)}`;
const headersOf = (signature: string | undefined) => ({
  "content-type": "application/json",
  "x-github-event": "push",
  "x-github-delivery": randomUUID(),
  ...(signature === undefined ? {} : { "x-hub-signature-256": signature }),
});

async function deliver(url: string): Promise<number> {
  const response = await fetch(url + WEBHOOK_PATH, { method: "POST", headers: headersOf(sign(PUSH)), body: PUSH });
  await response.text();
  return response.status;
}

interface Sending {
  readonly status: Promise<number | "cut">;
  write(bytes: number): Promise<void>;
  end(): void;
}

/** A delivery whose body is sent piece by piece. */
function sending(url: string, headers: Readonly<Record<string, string>>, path = WEBHOOK_PATH): Sending {
  const request = httpRequest(url + path, { method: "POST", headers: { ...headers, "transfer-encoding": "chunked" } });
  ends.push(() => request.destroy());
  const status = new Promise<number | "cut">((done) => {
    request.on("response", (response: IncomingMessage) => done(response.resume().statusCode ?? 0));
    request.on("error", () => done("cut"));
    request.on("close", () => done("cut"));
  });
  request.flushHeaders();
  return {
    status,
    write: (bytes) => new Promise((done) => request.write(Buffer.alloc(bytes, 0x20), () => done())),
    end: () => void request.end(),
  };
}

/** A connection that says only this. */
async function held(port: number, text: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  ends.push(() => socket.destroy());
  await new Promise<void>((done) => socket.once("connect", () => done()));
  socket.write(text);
  return socket;
}

describe("a delivery that is not signed", () => {
  it.each([
    ["no signature", undefined],
    ["SHA-1", `sha1=${"0".repeat(40)}`],
    ["a short one", "sha256=00"],
    ["capitals", `sha256=${"A".repeat(64)}`],
  ])("with %s is refused before anything of its body is sent", async (_, signature) => {
    const { url, used } = await start();
    expect(await sending(url, headersOf(signature)).status).toBe(400);
    expect(await used()).toBe(0);
  });

  it("nobody without the token has a body read at /api/alerts either", async () => {
    const { url, used } = await start();
    expect(await sending(url, { authorization: "Bearer wrong" }, "/api/alerts").status).toBe(401);
    expect(await used()).toBe(0);
  });

  it("signed by another, it is dropped once it is whole", async () => {
    const { url, used } = await start();
    const one = sending(url, headersOf(FORGED));
    await one.write(MB);
    one.end();
    expect(await one.status).toBe(400);
    await waitUntil(async () => (await used()) === 0);
  });

  it("a length above the limit is refused before anything is sent", async () => {
    const { url } = await start();
    const status = await new Promise<number | undefined>((done) => {
      const headers = { ...headersOf(FORGED), "content-length": String(26 * MB) };
      const request = httpRequest(url + WEBHOOK_PATH, { method: "POST", headers }, (response) =>
        done(response.statusCode),
      );
      request.on("error", () => {});
      request.flushHeaders();
      ends.push(() => request.destroy());
    });
    expect(status).toBe(413);
  });
});

describe("a flood of large bodies", () => {
  it("stays within the budget, and signed deliveries pass meanwhile", async () => {
    const budget = 8 * MB;
    const { url, used } = await start({ bodyBudget: budget });
    const flood = Array.from({ length: 32 }, () => sending(url, headersOf(FORGED)));
    const most: number[] = [];
    const statuses: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      // One that was cut off takes no more; nobody waits for it.
      await Promise.race([Promise.all(flood.map((one) => one.write(MB / 2))), sleep(200)]);
      most.push(await used());
      statuses.push(await deliver(url), (await fetch(`${url}/healthz`)).status);
    }
    expect(Math.max(...most)).toBeLessThanOrEqual(budget);
    expect(Math.max(...most)).toBeGreaterThan(budget / 4);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(
      new Set(await Promise.all(flood.slice(0, 8).map((one) => Promise.race([one.status, sleep(500)])))),
    ).not.toContain(200);
  });

  it("costs what is sent, however small the parts are", async () => {
    const { url, used } = await start();
    const one = sending(url, headersOf(FORGED));
    for (let part = 0; part < 300; part += 1) await one.write(1);
    await waitUntil(async () => (await used()) > 0);
    expect(await used()).toBeLessThanOrEqual(16 * 1024);
  });
});

describe("the budget of bodies", () => {
  const opened = (total: number) => {
    const budget = createBodyBudget(total);
    const cut: string[] = [];
    return { budget, cut, open: (name: string, address = "a") => budget.open(address, () => cut.push(name)) };
  };

  it("lets a few large bodies read on in a turn of the event loop, in the order they came", async () => {
    const { budget } = opened(100);
    const went: number[] = [];
    for (let count = 0; count < 10; count += 1) budget.turn(() => went.push(count));
    const turns: number[] = [];
    while (went.length < 10) {
      await new Promise((done) => setImmediate(done));
      turns.push(went.length);
    }
    expect(went).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(turns.length).toBeGreaterThan(1);
  });

  it("the largest makes room for the smaller", () => {
    const { budget, cut, open } = opened(100);
    const [large, small] = [open("large"), open("small")];
    expect([large.grow(60), small.grow(30), small.grow(20)]).toEqual([true, true, true]);
    expect([cut, budget.used(), large.grow(1)]).toEqual([["large"], 50, false]);
  });

  it("whoever is the largest is refused", () => {
    const { budget, cut, open } = opened(100);
    const [first, second] = [open("first"), open("second")];
    expect([first.grow(40), second.grow(61)]).toEqual([true, false]);
    expect([cut, budget.used()]).toEqual([[], 40]);
  });

  it("the address that holds the most pays first, though another's body is larger", () => {
    const { cut, open } = opened(100);
    for (let count = 0; count < 6; count += 1) expect(open(`flood ${count}`, "flooder").grow(10)).toBe(true);
    const honest = open("honest", "github");
    expect([honest.grow(30), honest.grow(20)]).toEqual([true, true]);
    expect(cut).toEqual(["flood 0"]);
  });

  it("what is whole is not cut off, and gives back what it had", () => {
    const { budget, cut, open } = opened(100);
    const whole = open("whole");
    whole.grow(90);
    whole.keep();
    expect([open("next").grow(20), cut]).toEqual([false, []]);
    whole.close();
    whole.close();
    expect([budget.used(), open("last").grow(100)]).toEqual([0, true]);
  });
});

describe("slow senders", () => {
  it("a body that does not come is cut off, and so is one that drips", async () => {
    const { url, used, metrics } = await start({ patienceMs: 300 });
    const silent = sending(url, headersOf(FORGED));
    const dripping = sending(url, headersOf(FORGED));
    const drip = setInterval(() => void dripping.write(1), 50);
    ends.push(() => clearInterval(drip));
    expect([await silent.status, await dripping.status]).toEqual([408, 408]);
    expect(await used()).toBe(0);
    expect(await metrics.metrics()).toContain('raos_webhooks_total{event="unknown",result="slow"} 2');
  });

  it("silent connections hold no place that a delivery needs", async () => {
    const { url, port } = await start();
    const head = `POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\nx-hub-signature-256: ${FORGED}\r\n\r\n`;
    for (let count = 0; count < 64; count += 1) await held(port, head);
    expect([await deliver(url), (await fetch(`${url}/healthz`)).status]).toEqual([200, 200]);
  });

  it.each([
    ["say nothing", ""],
    ["never end their headers", "POST / HTTP/1.1\r\nhost: x\r\n"],
    [
      "never send their body",
      `POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\nx-hub-signature-256: ${FORGED}\r\n\r\n{`,
    ],
  ])("more connections than there may be, which %s: deliveries pass, and the oldest go", async (_, text) => {
    const { url, port } = await start({}, 20);
    const sockets: Socket[] = [];
    for (let count = 0; count < 60; count += 1) {
      sockets.push(await held(port, text));
      if (count % 10 === 9) expect(await deliver(url)).toBe(200);
    }
    await waitUntil(() => sockets.slice(0, 30).every((socket) => socket.closed));
    expect(sockets.filter((socket) => !socket.closed).length).toBeLessThanOrEqual(20);
  });

  it("whoever holds a connection holds up no end of the service", async () => {
    const listener = await createHttpListener({
      secret: SECRET,
      app: undefined,
      enqueue: () => "queued",
      metrics: new Registry(),
      notReady: () => undefined,
      warn: () => {},
    });
    const service = await startService(listener, { host: "127.0.0.1", port: 0 });
    const port = Number(new URL(service.url).port);
    for (const text of [
      "",
      "GET / HTTP/1.1\r\n",
      `POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{`,
    ])
      await held(port, text);
    const patience = sleep(20_000).then(() => "held up");
    expect(await Promise.race([service.stop(60_000).then(() => "ended"), patience])).toBe("ended");
  });

  it("what is being answered is not cut off for a newcomer", async () => {
    let release = (): void => {};
    const gate = new Promise<void>((done) => {
      release = done;
    });
    const put = async () => {
      await gate;
      return "taken" as const;
    };
    const { url, port } = await start({ alerts: { token: TOKEN, now: () => 1000, put } }, 4);
    const body = JSON.stringify({ version: "4", alerts: [] });
    const answered = fetch(`${url}/api/alerts`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}` },
      body,
    });
    await sleep(100);
    for (let count = 0; count < 20; count += 1) await held(port, "");
    release();
    expect((await answered).status).toBe(200);
  });
});

describe("a large payload of alerts", () => {
  it("keeps nobody else waiting while it is read", async () => {
    const { url } = await start();
    // Cheap to send and dear to parse.
    const body = `{"version":"4","alerts":[${"[".repeat(2 * MB)}${"]".repeat(2 * MB)}]}`;
    const headers = { authorization: `Bearer ${TOKEN}` };
    let isOver = false;
    const answered = fetch(`${url}/api/alerts`, { method: "POST", headers, body }).then((response) => {
      isOver = true;
      return response.status;
    });
    let asked = 0;
    while (!isOver) {
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      asked += 1;
    }
    expect(await answered).toBe(400);
    expect(asked).toBeGreaterThan(5);
  });
});
