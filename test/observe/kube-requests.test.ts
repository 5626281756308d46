import { KubeConfig } from "@kubernetes/client-node";
import { afterEach, describe, expect, test } from "vitest";
import type { Evidence } from "../../src/domain/alert/evidence.ts";
import type { ObjectsRequest } from "../../src/observe/evidence-reader.ts";
import { readerOf } from "../../src/observe/kubernetes.ts";
import { fixtureReleases, manifests, renderRelease } from "../charts/fixture-renders.ts";
import { describeReal } from "../real/component.ts";
import { json, type Loopback, startLoopback } from "../servers/loopback.ts";

const ASKS = ["pods", "events", "workload", "quota", "autoscaler"] as const;
const TOKEN = ["kube", "token", "of", "tests"].join("-");

let running: Loopback | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

function readerAt(url: string) {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: "c", server: url, skipTLSVerify: true }],
    users: [{ name: "u", token: TOKEN }],
    contexts: [{ name: "x", cluster: "c", user: "u" }],
    currentContext: "x",
  });
  return readerOf(config);
}

const ask = (what: ObjectsRequest["what"]): ObjectsRequest => ({
  ...{ kind: "kubernetes", name: what, what },
  ...{ namespace: "support", agent: "triage" },
});

async function look(what: ObjectsRequest["what"], answer: Parameters<typeof startLoopback>[0]): Promise<Evidence> {
  running = await startLoopback(answer);
  return readerAt(running.url).read(ask(what), "e1", 2000);
}

const list = (items: readonly object[], next?: string) => ({
  ...{ apiVersion: "v1", kind: "EventList" },
  metadata: next === undefined ? {} : { continue: next },
  items,
});
const event = (message: string, at = "2026-05-04T10:00:00Z", name = "triage-7d9f8b6c5-x2x4v") => ({
  metadata: { name: "e", namespace: "support" },
  involvedObject: { kind: "Pod", name },
  ...{ reason: "Failed", type: "Warning", message, count: 1, lastTimestamp: at },
});

test("reads lists of its namespace alone, never Secrets and never ConfigMaps, and writes nothing", async () => {
  running = await startLoopback((to) => json(to, list([])));
  for (const what of ASKS) await readerAt(running.url).read(ask(what), "e1", 2000);
  const paths = running.asked.map(({ url }) => url.replace(/\?.*/, ""));
  expect(new Set(paths)).toEqual(
    new Set([
      "/api/v1/namespaces/support/pods",
      "/api/v1/namespaces/support/events",
      "/apis/apps/v1/namespaces/support/deployments",
      "/apis/apps/v1/namespaces/support/statefulsets",
      "/apis/batch/v1/namespaces/support/cronjobs",
      "/apis/batch/v1/namespaces/support/jobs",
      "/api/v1/namespaces/support/resourcequotas",
      "/apis/autoscaling/v2/namespaces/support/horizontalpodautoscalers",
    ]),
  );
  expect(running.asked.map(({ method }) => method)).toEqual(running.asked.map(() => "GET"));
  for (const { url, headers } of running.asked) {
    expect(headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(url).not.toContain(TOKEN);
  }
});

describe("an API server that misbehaves becomes missing evidence", () => {
  test.each<readonly [string, Parameters<typeof startLoopback>[0], string, RegExp]>([
    ["401", (to) => json(to, { message: `no ${TOKEN}` }, 401), "refused", /^the API server answered 401$/],
    ["403", (to) => json(to, { message: "no http://10.0.0.1" }, 403), "refused", /^the API server answered 403$/],
    ["404", (to) => json(to, {}, 404), "refused", /^the API server answered 404$/],
    ["500", (to) => to.writeHead(500).end("x"), "unreachable", /^the API server answered 500$/],
    [
      "no JSON",
      (to) => to.writeHead(200, { "content-type": "application/json" }).end("<html>"),
      "unreadable",
      /in another shape$/,
    ],
    ["another shape", (to) => json(to, { items: 7 }), "unreadable", /in another shape$/],
    ["a cut connection", (to) => void to.socket?.destroy(), "unreachable", /^there is no connection to/],
  ])("%s", async (_, answer, reason, message) => {
    const evidence = await look("events", answer);
    expect(evidence).toMatchObject({ kind: "missing", reason });
    expect(evidence.kind === "missing" ? evidence.message : "").toMatch(message);
  });

  test("one that never answers is left, and its connection closed", async () => {
    const closed = Promise.withResolvers<void>();
    running = await startLoopback((to) => to.on("close", () => closed.resolve()));
    const evidence = await readerAt(running.url).read(ask("pods"), "e1", 200);
    expect(evidence).toMatchObject({ reason: "timed-out", message: "the API server took too long" });
    await closed.promise;
  });

  test("it is given up", async () => {
    running = await startLoopback(() => {});
    const evidence = await readerAt(running.url).read(ask("pods"), "e1", 5000, AbortSignal.timeout(50));
    expect(evidence).toMatchObject({ reason: "timed-out", message: "the pass ended before the answer came" });
  });
});

describe("events", () => {
  test("hostile words stay on their line, and nothing in it is hidden", async () => {
    const evidence = await look("events", (to) => json(to, list([event("a\n\u001b[31mb\u202e\u0000c\r\nd")])));
    const [line = ""] = evidence.kind === "objects" ? evidence.lines : [];
    expect(line).toBe("2026-05-04T10:00:00.000Z Warning Pod/triage-7d9f8b6c5-x2x4v: Failed (1): a [31mb c d");
  });

  test("a secret across the place where a text is cut", async () => {
    const token = ["gh", "p_", "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zaB3dE6gH"].join("");
    const messages = Array.from({ length: 60 }, (_, n) => event(`${"x ".repeat(215 + n)}${token} ${"y".repeat(5000)}`));
    const told = JSON.stringify(await look("events", (to) => json(to, list(messages))));
    for (let from = 0; from + 8 <= token.length; from += 1) expect(told).not.toContain(token.slice(from, from + 8));
    expect(told.length).toBeLessThan(120_000);
  });

  test("the newest of a busy namespace are found on whatever page they are", async () => {
    const pages = [
      list([event("old", "2026-05-04T09:00:00Z")], "two"),
      list([event("somebody else's", undefined, "billing-7d9f8b6c5-x2x4v")], "three"),
      list([event("new", "2026-05-04T10:00:00Z")]),
    ];
    const evidence = await look("events", (to, request) => {
      const next = new URL(request.url ?? "", "http://x").searchParams.get("continue");
      json(to, pages[next === null ? 0 : next === "two" ? 1 : 2]);
    });
    expect(evidence.kind === "objects" ? evidence.lines.map((line) => line.split(": ").at(-1)) : []).toEqual([
      "new",
      "old",
    ]);
  });

  test("pages without end are read a few times", async () => {
    await look("events", (to) => json(to, list([event("x")], "more")));
    expect(running?.asked).toHaveLength(6);
  });
});

describeReal(["helm"], "objects are named as the chart names them", () => {
  test.each(fixtureReleases().map((release) => [release.id, release] as const))("%s", async (_, release) => {
    const { name } = release.agent;
    const objects = manifests(await renderRelease(release));
    const workloads = objects.filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet");
    expect(workloads.map(({ metadata }) => metadata.name)).toEqual([name]);
    expect(workloads[0]?.spec.template.metadata.labels["app.kubernetes.io/instance"]).toBe(name);
    for (const { kind, metadata, spec } of objects) {
      if (kind === "HorizontalPodAutoscaler") expect(metadata.name).toBe(name);
      // KEDA calls the autoscaler of a ScaledObject keda-hpa-<name>, unless the chart says otherwise.
      if (kind === "ScaledObject") {
        expect(metadata.name).toBe(name);
        expect(spec.advanced?.horizontalPodAutoscalerConfig?.name).toBeUndefined();
      }
    }
  });
});

test("an API server that leads to another host: no token goes along", async () => {
  const elsewhere = await startLoopback((response) => json(response, list([])));
  const read = await look("events", (response, request) =>
    response.writeHead(302, { location: `${elsewhere.url}${request.url}` }).end(),
  );
  expect(running?.asked.map(({ headers }) => headers.authorization)).toContain(`Bearer ${TOKEN}`);
  expect(elsewhere.asked.map(({ headers }) => headers.authorization)).not.toContain(`Bearer ${TOKEN}`);
  expect(read.kind).toBe("missing");
  await elsewhere.stop();
});
