import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { localPlace, makeFleet } from "../chaos/place.ts";
import { post, type Serving, startServing, waitForLog } from "../chaos/raos-process.ts";
import { signWebhook } from "../support/forge/sign-webhook.ts";
import { branchOf, outOfMemory } from "./fleet.ts";

/**
 * Strangers who know the address, and senders with the token who send alerts that belong to no agent. Garbage that is not collected yet
 * counts as memory here, so that the bounds are wide: without any budget it was 1 GB.
 */
const SECRET = "floods";
const WEBHOOKS = "/api/github/webhooks";
const MB = 2 ** 20;

let root = "";
let place: ReturnType<typeof localPlace>;
let serving: Serving;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "raos-floods-"));
  makeFleet(join(root, "template.git"), 3);
  place = localPlace(join(root, "template.git"), root);
  serving = await startServing(place.argv, { WEBHOOK_SECRET: SECRET }, join(root, "cache"));
  await waitForLog(serving, "repository reconciled", 60_000);
});
afterEach(async () => {
  serving.kill("SIGKILL", true);
  await serving.ended;
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
});

/** Bytes of memory that the process holds (Linux). */
function memory(): number {
  const [, kib = "0"] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${serving.pid}/status`, "utf8")) ?? [];
  return Number(kib) * 1024;
}

/** The most that the process held while something was done. */
async function peak(work: () => Promise<unknown>): Promise<number> {
  let most = memory();
  let isOver = false;
  const watch = async (): Promise<void> => {
    for (; !isOver; await sleep(10)) most = Math.max(most, memory());
  };
  const watching = watch();
  await work().finally(() => {
    isOver = true;
  });
  await watching;
  return most;
}

/** A delivery of GitHub's, signed; its status. */
async function signed(): Promise<number> {
  const body = JSON.stringify({ zen: "Keep it logically awesome.", hook_id: 1 });
  const response = await fetch(serving.url + WEBHOOKS, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-event": "ping",
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": signWebhook(body, SECRET),
    },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

/** A body of 25 MB that nobody signed, in slices, until it is taken or cut off. */
function unsigned(headers: Readonly<Record<string, string>>): Promise<void> {
  const slice = Buffer.alloc(MB, " ");
  return new Promise((done) => {
    const sent = request(serving.url + WEBHOOKS, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-github-event": "push",
        "x-github-delivery": randomUUID(),
        "content-length": String(25 * MB),
        ...headers,
      },
    });
    sent.on("error", () => done());
    sent.on("response", (response) => response.resume().on("close", done).on("end", done));
    const next = (left: number): void => {
      if (left === 0) sent.end();
      else if (!sent.destroyed) sent.write(slice, () => next(left - 1));
      else done();
    };
    next(25);
  });
}

/** A connection that promises a body and sends none, again as soon as it is cut off. */
function silent(stop: AbortSignal): Socket {
  const { hostname, port } = new URL(serving.url);
  const socket = connect(Number(port), hostname, () => {
    socket.write(
      `POST ${WEBHOOKS} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\nx-github-event: push\r\n` +
        `x-github-delivery: ${randomUUID()}\r\nx-hub-signature-256: sha256=${"0".repeat(64)}\r\ncontent-length: 1000\r\n\r\n`,
    );
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    if (!stop.aborted) silent(stop);
  });
  stop.addEventListener("abort", () => socket.destroy());
  return socket;
}

describe.skipIf(process.platform !== "linux")("a flood", () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ["without a signature", {}],
    ["with a wrong signature", { "x-hub-signature-256": `sha256=${"0".repeat(64)}` }],
  ])(
    "of 32 bodies of 25 MB %s: less than half of it is ever in memory, and a signed one is taken meanwhile",
    async (_, headers) => {
      const before = memory();
      const statuses: number[] = [];
      const most = await peak(async () => {
        const flood = Promise.all(Array.from({ length: 32 }, () => unsigned(headers)));
        for (let count = 0; count < 5; count++) {
          await sleep(20);
          statuses.push(await signed());
        }
        await flood;
      });
      expect(statuses).toEqual([200, 200, 200, 200, 200]);
      expect(Math.round((most - before) / MB)).toBeLessThan((32 * 25) / 2);
    },
  );

  test("of 64 silent connections: signed deliveries are taken, and so are alerts", async () => {
    const stop = new AbortController();
    try {
      for (let count = 0; count < 64; count++) silent(stop.signal);
      await sleep(300);
      for (let count = 0; count < 5; count++) expect(await signed()).toBe(200);
      expect(await post(serving.url, [outOfMemory("agent-0")])).toBe(true);
    } finally {
      stop.abort();
    }
  });

  test("of 50,000 alerts that belong to no agent: the memory is bounded, and one of an agent is taken and answered", async () => {
    const before = memory();
    const since = new Date(Date.now() - 60_000).toISOString();
    const foreign = (index: number): object => ({
      status: "firing",
      labels: { alertname: "NotOurs", instance: `host-${index}`, job: "node", severity: "warning" },
      annotations: { summary: "Somebody else's machine is not well".repeat(4) },
      startsAt: since,
      endsAt: "0001-01-01T00:00:00Z",
    });
    const most = await peak(async () => {
      for (let start = 0; start < 50_000; start += 1000)
        await post(
          serving.url,
          Array.from({ length: 1000 }, (_, index) => foreign(start + index)),
        );
    });
    expect(await post(serving.url, [outOfMemory("agent-1")])).toBe(true);
    for (const until = Date.now() + 60_000; Date.now() < until; await sleep(100))
      if ((await place.outcomes()).has(branchOf("agent-1"))) break;
    expect([...(await place.outcomes()).keys()]).toContain(branchOf("agent-1"));
    expect(Math.round((most - before) / MB)).toBeLessThan(250);
  });
});
