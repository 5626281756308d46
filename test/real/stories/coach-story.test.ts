import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerIn, messageOf, sendTask } from "../../agent/support/ask-agent.ts";
import { AGENT_CHART, manifests } from "../../charts/fixture-renders.ts";
import { KEY, startOpenAI, type TestOpenAI } from "../../servers/openai/server.ts";
import type { Asked, Turn } from "../../servers/openai/transcript.ts";
import { fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";
import { serve } from "../../support/cli/serve.ts";
import { claimsOf, ISSUER, signingKey } from "../../support/identity/signing-key.ts";
import { type Pod, startPod } from "../agent/pod.ts";
import { describeReal } from "../component.ts";
import { type Redis, startRedis } from "../dapr/redis.ts";
import { type RunningSidecar, startSidecar } from "../dapr/running-sidecar.ts";
import { type Sentry, startSentry } from "../dapr/sentry.ts";
import { helmTemplate } from "../helm/helm.ts";
import { freePorts } from "../process/loopback.ts";
import { type Running, startPrometheus } from "../prometheus/prometheus.ts";
import { coachedFleet } from "./coached-fleet.ts";

const MEBIBYTE = 1024 * 1024;
const READ = {
  kind: "metrics",
  promql: 'max(container_memory_working_set_bytes{container="agent",pod=~"till-.*"})',
  seconds: 3600,
};

/** What the coach's model does: it looks, raises a limit, and then tries three things that are not for it to decide. */
function script({ turn, outputs }: Asked): Turn {
  const edit = (agent: string, pointer: string, value: unknown) => ({
    agent,
    environment: "production",
    edits: [{ pointer, value, why: "It uses 480 Mi of its 512 Mi.", evidence: ["e1"] }],
    evidence: [READ],
    words: "The till has little room.",
  });
  const calls: readonly (readonly [string, object])[] = [
    ["query_evidence", { agent: "shop/till", environment: "production", queries: [READ] }],
    ["propose_edit", edit("shop/till", "/spec/runtime/resources/limits/memory", "640Mi")],
    ["propose_edit", edit("shop/till", "/spec/runtime/image", "ghcr.io/acme/other:1")],
    ["propose_edit", edit("shop/coach", "/spec/supervision/improves", ["shop/*", "bank/*"])],
    ["propose_edit", edit("bank/vault", "/spec/runtime/resources/limits/memory", "640Mi")],
  ];
  const [name, given] = calls[turn] ?? [];
  if (name === undefined) return { kind: "say", text: outputs.join("\n---\n") };
  return { kind: "calls", calls: [{ name, arguments: JSON.stringify(given) }] };
}

const COMPONENTS = ["daprd", "dapr-sentry", "redis-server", "helm", "prometheus", "promtool"] as const;

describeReal([...COMPONENTS], "an agent that improves others", () => {
  let openai: TestOpenAI;
  let redis: Redis;
  let sentry: Sentry;
  let web: RunningSidecar;
  let prometheus: Running;
  let pod: Pod | undefined;

  beforeAll(async () => {
    openai = await startOpenAI(script, { strictTools: false });
    redis = await startRedis();
    sentry = await startSentry("public");
    web = await startSidecar({ appId: "web", namespace: "shop-agents", trustDomain: "public", resources: [], sentry });
    const [port = 0] = await freePorts(1);
    prometheus = await startPrometheus({ port, targets: [], history: memoryOf("till-1", 480 * MEBIBYTE) });
  }, 120_000);

  afterAll(async () => {
    for (const one of [pod, web, redis, sentry, openai, prometheus]) await one?.stop();
  });

  test("looks at what is measured, proposes what it may, and is told why not what it may not", {
    timeout: 120_000,
  }, async () => {
    const [port = 0, raosPort = 0] = await freePorts(2);
    const place = fleetClone(null);
    const addresses = { model: openai.url, redis: redis.host, prometheus: prometheus.url, port, raosPort };
    place.commit(coachedFleet(addresses));
    const run = (...args: readonly string[]) => raos(place.clone, [...args, "--repo", place.bare]);

    // Three agents are deployed: two that work, and a coach without an image of its own.
    await run("reconcile");
    const open: readonly { number: number }[] = JSON.parse((await run("pr", "list", "--output", "json")).out);
    for (const { number } of open) await run("pr", "merge", String(number));
    place.git("pull", "--quiet", "origin", "main");
    const values = place.read("deploy/production/shop/coach/values.yaml");
    const release = { release: "coach", namespace: "shop-agents" };
    const objects = manifests(await helmTemplate({ chart: AGENT_CHART, values, ...release }));
    const cluster = await signingKey();
    const tokens = { raos: await cluster.sign(claimsOf("shop-agents", "coach")) };
    pod = await startPod({ name: "coach", objects, sentry, secrets: { llm: { key: KEY } }, tokens });

    // RAOS serves, and knows the coach by the token of its ServiceAccount, which the cluster signed.
    const jwksFile = join(place.clone, "..", "jwks.json");
    writeFileSync(jwksFile, cluster.jwks);
    const AGENT_ISSUERS = JSON.stringify([{ environment: "production", issuer: ISSUER, jwksFile }]);
    await serve(["--repo", place.bare, "--port", String(raosPort)], { AGENT_ISSUERS });

    // Somebody asks the coach to look after the till.
    const task = await sendTask(`${web.url}/v1.0/invoke/coach/method/`, messageOf("Look after the till, please."));
    const [evidence = "", proposed = "", image = "", own = "", stranger = ""] = answerIn(task).split("\n---\n");

    // It read what Prometheus measured, and opened a pull request with that.
    expect(evidence).toContain(String(480 * MEBIBYTE));
    expect(proposed).toContain('"outcome":"opened"');
    const requests: readonly { number: number; branch: string }[] = JSON.parse(
      (await run("pr", "list", "--state", "open", "--output", "json")).out,
    );
    const [request] = requests.filter(({ branch }) => branch.startsWith("raos/request/"));
    const shown = (await run("pr", "show", String(request?.number))).out;
    expect(shown).toContain("**Asked for by** the agent `shop/coach` in `production`");
    expect(shown).toMatch(
      /- `max\(container_memory_working_set_bytes\{.*` \(e1\): least 480 Mi, most 480 Mi, last 480 Mi/,
    );
    expect(shown).toContain("| memory limit | `512Mi` | `640Mi` | production |");

    // What it may not change is refused, by names that it can act on; there is one pull request.
    expect(image).toContain("outside-allowed-paths: /spec/runtime/image");
    expect(own).toContain("outside-allowed-paths: /spec/supervision/improves");
    expect(stranger).toContain("unknown-agent");
    expect(requests).toHaveLength(1);

    // Asked again it is the same pull request, which stays as it is.
    await sendTask(`${web.url}/v1.0/invoke/coach/method/`, messageOf("Look after the till, please."));
    expect((await run("pr", "show", String(request?.number))).out).toBe(shown);
  });
});

/** An hour of a container's memory, in bytes, as OpenMetrics. */
function memoryOf(pod: string, bytes: number): string {
  const labels = `namespace="shop-agents",container="agent",pod="${pod}"`;
  const now = Math.floor(Date.now() / 1000);
  const lines = Array.from(
    { length: 120 },
    (_, index) => `container_memory_working_set_bytes{${labels}} ${bytes} ${now - (119 - index) * 30}`,
  );
  return `# TYPE container_memory_working_set_bytes gauge\n${lines.join("\n")}\n# EOF\n`;
}
