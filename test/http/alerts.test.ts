import { request as httpRequest, type RequestListener } from "node:http";
import { Registry } from "prom-client";
import { afterEach, describe, expect, it } from "vitest";
import { readActiveAlerts } from "../../src/http/alertmanager.ts";
import type { AlertReceiver } from "../../src/http/alerts.ts";
import { createHttpListener } from "../../src/http/listener.ts";
import { type Service, startService } from "../../src/http/service.ts";
import { createAlertBoard } from "../../src/queue/alert-board.ts";
import { listen } from "../servers/loopback.ts";

const NOW = Date.parse("2026-01-31T12:00:00Z");
const TOKEN = "correct horse battery staple";
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function serve(listener: RequestListener): Promise<Service> {
  const service = await startService(listener, { host: "127.0.0.1", port: 0 });
  ends.push(() => service.stop(0));
  return service;
}

async function start({ token = TOKEN, most = 10_000, saved = async () => {} } = {}) {
  const limits = { most, unknown: 10_000, ofAgent: 10_000, ofName: 10_000 };
  const board = createAlertBoard({ limits, ownerOf: () => "acme/triage" });
  const rung: number[] = [];
  const metrics = new Registry();
  const put: AlertReceiver["put"] = async ({ alerts, truncated }) => {
    if (board.put(alerts, { receivedAt: NOW }).kind === "full") return "full";
    rung.push(truncated);
    return saved().then(
      () => "taken",
      () => "unsaved",
    );
  };
  const listener = await createHttpListener({
    secret: "secret",
    app: undefined,
    enqueue: () => "queued",
    alerts: token === "none" ? undefined : { token, now: () => NOW, put },
    metrics,
    notReady: () => undefined,
    warn: () => {},
  });
  const { url } = await serve(listener);
  const send = async (body: string, authorization: string | undefined = `Bearer ${TOKEN}`) => {
    const response = await fetch(`${url}/api/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(authorization === "" ? {} : { authorization }) },
      body,
    });
    return { status: response.status, text: await response.text(), retryAfter: response.headers.get("retry-after") };
  };
  return { url, board, rung, metrics, send };
}

const alert = (labels: Readonly<Record<string, string>> = {}, rest: Readonly<Record<string, unknown>> = {}) => ({
  status: "firing",
  labels: { alertname: "AgentDown", ...labels },
  annotations: {},
  startsAt: "2026-01-31T11:58:00Z",
  endsAt: "0001-01-01T00:00:00Z",
  generatorURL: "",
  ...rest,
});
const webhook = (alerts: readonly unknown[], rest: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({ version: "4", truncatedAlerts: 0, alerts, ...rest });

describe("POST /api/alerts", () => {
  it("answers when the alerts are on the board and the repository was enqueued", async () => {
    const { board, rung, send, metrics } = await start();
    expect(await send(webhook([alert(), alert({ pod: "a" })], { truncatedAlerts: 2 }))).toMatchObject({ status: 200 });
    expect(board.list().map(({ alert: { labels } }) => labels.pod)).toEqual([undefined, "a"]);
    expect(rung).toEqual([2]);
    expect(await metrics.metrics()).toContain('raos_alert_deliveries_total{result="taken"} 1');
  });

  it("is unmoved by a delivery that comes again, or late", async () => {
    const { board, send } = await start();
    const over = webhook([alert({}, { status: "resolved", endsAt: "2026-01-31T11:59:00Z" })]);
    for (const body of [over, webhook([alert()]), over, webhook([alert()])])
      expect((await send(body)).status).toBe(200);
    expect(board.list()).toMatchObject([{ alert: { status: "resolved" } }]);
  });

  it.each([
    ["none", ""],
    ["another", "Bearer wrong"],
    ["one that begins alike", `Bearer ${TOKEN.slice(0, -1)}`],
    ["one that goes on", `Bearer ${TOKEN}x`],
    ["no bearer", `Basic ${TOKEN}`],
    ["an empty one", "Bearer "],
  ])("lets nobody in with %s for a token", async (_, authorization) => {
    const { board, send } = await start();
    expect((await send(webhook([alert()]), authorization)).status).toBe(401);
    expect(board.size()).toBe(0);
  });

  it("lets nobody in where the token is empty", async () => {
    const { send } = await start({ token: "" });
    expect((await send(webhook([alert()]), "Bearer ")).status).toBe(401);
  });

  it("is not there without a token", async () => {
    const { send, url } = await start({ token: "none" });
    expect((await send(webhook([alert()]))).status).toBe(404);
    expect((await fetch(`${url}/api/alerts`)).status).toBe(404);
  });

  it.each([
    ["no JSON", "{", /not JSON/],
    ["truncated JSON", webhook([alert()]).slice(0, -5), /not JSON/],
    ["nothing", "", /not JSON/],
    ["version 5", webhook([alert()], { version: "5" }), /send Alertmanager's version 4/],
    ["no alerts", '{"a":1}', /no payload of Alertmanager or Grafana/],
    ["an alert without a name", webhook([{ ...alert(), labels: { a: "b" } }]), /has no label alertname/],
  ])("says what is wrong with %s", async (_, body, expected) => {
    const { board, send } = await start();
    expect(await send(body)).toMatchObject({ status: 400, text: expect.stringMatching(expected) });
    expect(board.size()).toBe(0);
  });

  it("refuses more than 10 MB, declared or not, and goes on", async () => {
    const { url, send } = await start();
    expect((await send(webhook([alert({}, { padding: "x".repeat(10 * 1024 * 1024) })]))).status).toBe(413);
    const chunked = await new Promise<number | undefined>((resolve) => {
      const headers = { authorization: `Bearer ${TOKEN}`, "transfer-encoding": "chunked" };
      const request = httpRequest(`${url}/api/alerts`, { method: "POST", headers }, (response) =>
        resolve(response.statusCode),
      );
      request.on("error", () => {});
      for (let count = 0; count < 11; count++) request.write("x".repeat(1024 * 1024));
      request.end();
    });
    expect(chunked).toBe(413);
    expect((await send(webhook([alert()]))).status).toBe(200);
  });

  it("takes thousands of alerts in one delivery", async () => {
    const { board, send } = await start();
    const many = Array.from({ length: 10_000 }, (_, index) => alert({ pod: `pod-${index}` }));
    expect((await send(webhook(many))).status).toBe(200);
    expect(board.size()).toBe(10_000);
  });

  it("says that there is no room, so that the sender tries again", async () => {
    const { board, rung, send } = await start({ most: 1 });
    expect(await send(webhook([alert(), alert({ pod: "a" })]))).toMatchObject({ status: 503, retryAfter: "5" });
    expect([board.size(), rung]).toEqual([0, []]);
  });

  it("does not acknowledge what could not be written down", async () => {
    const { send, metrics } = await start({
      saved: async () => {
        throw new Error("the disk is full");
      },
    });
    const said = await send(webhook([alert()]));
    expect(said).toMatchObject({
      status: 503,
      retryAfter: "5",
      text: expect.stringContaining("cannot be written to disk"),
    });
    expect(await metrics.metrics()).toContain('raos_alert_deliveries_total{result="unsaved"} 1');
  });

  it("waits for a slow sender, and for one that never ends keeps nobody waiting", async () => {
    const { url, send, board } = await start();
    const body = webhook([alert()]);
    const headers = { authorization: `Bearer ${TOKEN}`, "content-length": String(Buffer.byteLength(body)) };
    const answered = new Promise<number | undefined>((resolve) => {
      const slow = httpRequest(`${url}/api/alerts`, { method: "POST", headers }, (response) =>
        resolve(response.statusCode),
      );
      slow.write(body.slice(0, 10), async () => {
        expect((await send(webhook([alert({ pod: "quick" })]))).status).toBe(200);
        expect(board.size()).toBe(1);
        slow.end(body.slice(10));
      });
    });
    expect(await answered).toBe(200);
    expect(board.size()).toBe(2);
  });

  it("is unharmed by a sender that hangs up", async () => {
    const { url, send, board } = await start();
    const headers = { authorization: `Bearer ${TOKEN}`, "content-length": "1000" };
    await new Promise<void>((resolve) => {
      const request = httpRequest(`${url}/api/alerts`, { method: "POST", headers });
      request.on("error", () => resolve());
      request.write('{"version":"4"', () => request.destroy(new Error("hung up")));
    });
    expect((await send(webhook([alert()]))).status).toBe(200);
    expect(board.size()).toBe(1);
  });
});

describe("readActiveAlerts", () => {
  const UP = JSON.stringify({ uptime: "2026-01-31T11:55:00.000Z" });
  const answering = async (body: string, status = 200, up = UP) => {
    const asked: (readonly [string | undefined, string | undefined])[] = [];
    const { url } = await serve((request, response) => {
      asked.push([request.url, request.headers.authorization]);
      response
        .writeHead(status, { "content-type": "application/json" })
        .end(request.url === "/api/v2/status" ? up : body);
    });
    return { url, asked };
  };
  const read = (url: string, deadlineMs = 5000) =>
    readActiveAlerts({ url, bearer: "s3cret", deadlineMs, now: () => NOW });

  it("asks for what is active, and neither silenced nor inhibited", async () => {
    const status = { state: "active", silencedBy: [], inhibitedBy: [] };
    const { url, asked } = await answering(JSON.stringify([alert({ pod: "a" }, { status, receivers: [] })]));
    expect(await read(`${url}/`)).toMatchObject({
      alerts: [{ labels: { pod: "a" }, status: "firing" }],
      isComplete: true,
    });
    expect(asked).toEqual([
      ["/api/v2/status", "Bearer s3cret"],
      ["/api/v2/alerts?active=true&silenced=false&inhibited=false&unprocessed=false", "Bearer s3cret"],
    ]);
  });

  it("sends a username and a password, and shows neither where they are refused", async () => {
    const { url, asked } = await answering("wrong", 401);
    const basic = { username: "raos", password: "s3cret" };
    const reading = readActiveAlerts({ url, basic, deadlineMs: 5000, now: () => NOW });
    await expect(reading).rejects.toThrow(new Error("Alertmanager answered 401"));
    expect(asked.map(([, authorization]) => authorization)).toEqual([
      "Basic cmFvczpzM2NyZXQ=",
      "Basic cmFvczpzM2NyZXQ=",
    ]);
  });

  it("takes an empty list for what it is: nothing fires", async () => {
    expect(await read((await answering("[]")).url)).toEqual({ alerts: [], isComplete: true });
  });

  it.each([
    ["started a moment ago", JSON.stringify({ uptime: "2026-01-31T11:56:00.000Z" }), "[]"],
    ["does not say since when it is up", "{}", "[]"],
    ["says of one alert what cannot be read", UP, JSON.stringify([alert(), { labels: {} }])],
  ])("is not taken for the whole where Alertmanager %s", async (_, up, body) => {
    expect(await read((await answering(body, 200, up)).url)).toMatchObject({ isComplete: false });
  });

  it.each([
    ["no JSON", "<html>", 200, "Alertmanager's answer is not JSON"],
    ["another shape", '{"alerts":[]}', 200, "Alertmanager answered in another shape"],
    ["a list of something else", "[1,2]", 200, "Alertmanager answered in another shape"],
    ["a refusal", "s3cret is wrong", 401, "Alertmanager answered 401"],
  ])("throws on %s, so that nothing is taken to have ended", async (_, body, status, message) => {
    const { url } = await answering(body, status);
    await expect(read(url)).rejects.toThrow(new Error(message));
  });

  it("throws where the answer stops in the middle", async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, { "content-length": "1000" }).write("[", () => response.destroy());
    });
    await expect(read(url)).rejects.toThrow(new Error("Alertmanager's answer ended early"));
  });

  it("follows no redirect, and names neither address nor credential", async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
    });
    await expect(read(url)).rejects.toThrow(new Error("Alertmanager cannot be reached"));
    await expect(read("http://user:s3cret@127.0.0.1:1")).rejects.toThrow(new Error("Alertmanager cannot be reached"));
  });

  it("does not wait for ever", async () => {
    await expect(read(await listen(() => {}), 50)).rejects.toThrow(/did not answer within 50 ms/);
  });
});
