import { resolve } from "node:path";
import { loadAll } from "js-yaml";
import { expect, test } from "vitest";
import { values as valuesOf } from "../../../src/compile/index.ts";
import { toYaml } from "../../../src/compile/yaml/yaml.ts";
import { at, isMapping } from "../../../src/domain/values/json.ts";
import type { Json } from "../../../src/domain/values/scalars.ts";
import { changedObjectsOf, renderedObjects } from "../../../src/pr/body/changed-objects.ts";
import { chartObjects } from "../../../src/pr/body/chart-objects.ts";
import { describeReal } from "../../real/component.ts";
import { helmTemplate } from "../../real/helm/helm.ts";
import { fixtureFleet } from "../../support/specs/fixture-fleet.ts";

const CHART = resolve(import.meta.dirname, "../../../charts/agent");
const { agents, fleet } = fixtureFleet();
const place = { agent: "support/triage", environment: "production" };

async function rendered(values: Json, name: string): Promise<readonly Json[]> {
  const text = await helmTemplate({ chart: CHART, values: toYaml(values), release: name, namespace: "team" });
  return loadAll(text).flatMap((object): Json[] => (object == null ? [] : [JSON.parse(JSON.stringify(object))]));
}

/** Objects without labels of their own, which every change of a label changes; those of their pods stay. */
function unlabelled(object: Json): Json {
  return changed(object, ["metadata", "labels"], undefined);
}

/** `Kind name`; of what an agent has several of only the kind, since those names carry digests. */
function idOf(kind: string, name: string): string {
  return /^(Component|Subscription|MCPServer)$/.test(kind) || name.includes("dashboard") ? kind : `${kind} ${name}`;
}

function changed(value: Json, path: readonly string[], to: Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined) return to ?? null;
  const mapping = isMapping(value) ? value : {};
  const { [key]: before, ...others } = mapping;
  if (rest.length === 0 && to === undefined) return others;
  return { ...mapping, [key]: changed(before ?? {}, rest, to) };
}

describeReal("helm", "what the chart renders, foretold", () => {
  const cases = [...agents.values()].flatMap((agent) =>
    [...agent.environments.keys()].map((environment) => ({ agent, environment })),
  );
  test.each(cases)("$agent.key in $environment: the same objects", async ({ agent, environment }) => {
    const values = valuesOf(agent, environment, fleet);
    const real = (await rendered(values, agent.name)).map((object) =>
      idOf(String(at(object, "kind")), String(at(object, "metadata", "name"))),
    );
    const foretold = chartObjects(values, agent.name).map(({ kind, name }) => idOf(kind, name));
    expect(foretold.sort()).toEqual(real.sort());
  });

  const triage = agents.get("support/triage");
  const full = triage === undefined ? {} : valuesOf(triage, "production", fleet);
  const changes: readonly (readonly [string, Json | undefined])[] = [
    ["runtime.image", "ghcr.io/acme/other:1"],
    ["runtime.port", 9999],
    ["runtime.resources.limits.memory", "9Gi"],
    ["runtime.workload", "StatefulSet"],
    ["model.name", "other"],
    ["scaling", { replicas: 1 }],
    ["scaling.max", 40],
    ["scaling.min", 5],
    ["access.callers", [{ appId: "someone", namespace: "else" }]],
    ["networking.egress", [{ cidr: "10.0.0.0/8", port: 443, for: "declared" }]],
    ["networking.ingress", [{ namespace: "edge" }]],
    ["mcpServers", undefined],
    ["peers", [{ name: "other", namespace: "else" }]],
    ["instructions", "Be brief."],
    ["a2a", undefined],
    ["dapr.enabled", false],
    ["dapr.state", { type: "state.redis", metadata: { redisHost: "elsewhere:6379" } }],
    ["dapr.pubsub", { type: "pubsub.redis", metadata: { redisHost: "elsewhere:6379" } }],
    ["dapr.subscriptions", [{ topic: "other", route: "/other" }]],
    ["dapr.resiliency", { timeout: "99s" }],
    ["dapr.sidecar", { logLevel: "debug" }],
    ["observability.slo", { errorRate: 0.5, p95Seconds: 7 }],
    ["observability.metricsPath", "/other"],
    ["observability.tracing", { endpoint: "elsewhere:4317" }],
    ["observability.alerts", false],
    ["observability.dashboard", false],
    ["monitoring.namespace", "elsewhere"],
    ["stage", "local"],
    ["version", "9.9.9"],
    ["labels", { team: "other" }],
    ["description", "Does something else"],
    ["runtime.protocol", "grpc"],
    ["dapr.state.secret", undefined],
  ];
  test.each(changes)("%s → %j: the same objects change", async (path, to) => {
    const after = changed(full, path.split("."), to);
    const [old, fresh] = await Promise.all([rendered(full, "triage"), rendered(after, "triage")]);
    const real = renderedObjects(place, old.map(unlabelled), fresh.map(unlabelled));
    const foretold = changedObjectsOf({ ...place, before: full, after, spec: {} });
    const lines = (list: typeof real) =>
      [...new Set(list.map(({ kind, name, change }) => `${change} ${idOf(kind, name)}`))].sort();
    expect(lines(foretold)).toEqual(lines(real));
  });
});
