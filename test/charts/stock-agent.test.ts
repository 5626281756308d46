import { expect, test } from "vitest";
import { createAgentMetrics } from "../../src/agent/agent-metrics.ts";
import { AgentConfig } from "../../src/domain/agent/agent-config.ts";
import { describeReal } from "../real/component.ts";
import { fixtureReleases, type Manifest, manifests, type Release, renderRelease } from "./fixture-renders.ts";

const releases = fixtureReleases();
const stock = releases.filter(({ agent, environment }) => {
  const { runtime } = agent.environments.get(environment)?.spec ?? {};
  return runtime?.image === undefined;
});

describeReal("helm", "what the chart writes for the stock agent", () => {
  test("there are such agents in the fleet", () => {
    expect(stock.map(({ id }) => id)).toContain("production/support/router");
    expect(stock.length).toBeLessThan(releases.length);
  });

  test.each(stock.map((release) => [release.id, release] as const))(
    "agent.json of %s is what raos agent reads",
    async (_id, release) => {
      const objects = manifests(await renderRelease(release));
      const { container, files } = podOf(objects, release);
      expect(container.args).toEqual(["agent", "--config", "/etc/raos/agent.json"]);
      const config = AgentConfig.parse(JSON.parse(files.get("agent.json") ?? ""));
      const spec = release.agent.environments.get(release.environment)?.spec;
      expect(config).toMatchObject({
        name: release.agent.name,
        namespace: release.namespace,
        port: spec?.runtime.port,
        model: { provider: spec?.model.provider, name: spec?.model.name },
        limits: { turns: 20, tokens: 200_000, seconds: 300, dollarsPerDay: 10 },
      });
      for (const name of [config.instructions, ...(config.card === undefined ? [] : [config.card])])
        expect(files.get(name)).toBeDefined();
      // No value of a Secret can be in it: the pod's environment alone has them.
      expect(files.get("agent.json")).not.toContain("secretKeyRef");
    },
  );

  test("an agent with an image of its own is started as it is, and gets no agent.json", async () => {
    const own = releases.find(({ id }) => id === "production/support/triage");
    if (own === undefined) throw new Error("no triage");
    const { container, files } = podOf(manifests(await renderRelease(own)), own);
    expect(container.args).not.toContain("agent");
    expect(files.has("agent.json")).toBe(false);
  });

  test("every metric that its rules read of models and tools is exported under that name, with these labels", async () => {
    const release = stock.find(({ id }) => id === "production/support/router");
    if (release === undefined) throw new Error("no router");
    const withTools = release.values.replace(
      /^peers:/m,
      'mcpServers: [{name: shop, url: "http://shop.data.svc/mcp"}]\npeers:',
    );
    const objects = manifests(await renderRelease({ ...release, values: withTools }));
    const rules = objects.find(({ kind }) => kind === "PrometheusRule");
    const text = JSON.stringify(rules?.spec);
    const metrics = createAgentMetrics(() => 0);
    for (const error of [undefined, "429"]) {
      metrics.modelCall({ provider: "openai", model: "gpt-5-mini", seconds: 1, error });
      metrics.toolCall({ server: "shop.data.svc", tool: "find", seconds: 1, error });
    }
    metrics.tokens({ provider: "openai", model: "gpt-5-mini", input: 10, output: 5 });
    const exported = await metrics.registry.metrics();
    const series = [...exported.matchAll(/^(\w+)\{(.*)\} /gm)].map(([, name = "", labels = ""]) => ({ name, labels }));

    const families = Map.groupBy(
      new Set([...text.matchAll(/\b((?:gen_ai|mcp)_client_\w+?)(?=\{)/g)].map(([, name = ""]) => name)),
      (name) => name.replace(/(_seconds|_tokens?)?(_count|_sum)$/, ""),
    );
    expect([...families.keys()].sort()).toEqual([
      "gen_ai_client_operation_duration",
      "gen_ai_client_token_usage",
      "mcp_client_operation_duration",
    ]);
    for (const [family, names] of families)
      expect(
        names.filter((name) => series.some((one) => one.name === name)),
        family,
      ).toHaveLength(1);
    const labelsOf = (name: string) => series.filter((one) => one.name === name).map(({ labels }) => labels);
    const calls = labelsOf("gen_ai_client_operation_duration_seconds_count");
    expect(calls.filter((labels) => labels.includes('error_type="429"'))).toHaveLength(1);
    expect(
      calls.every((labels) => /gen_ai_provider_name="openai".*gen_ai_request_model="gpt-5-mini"/.test(labels)),
    ).toBe(true);
    expect(labelsOf("gen_ai_client_token_usage_sum")).toEqual([
      expect.stringContaining('gen_ai_token_type="input"'),
      expect.stringContaining('gen_ai_token_type="output"'),
    ]);
    expect(
      labelsOf("mcp_client_operation_duration_seconds_count").every((labels) =>
        labels.includes('server_address="shop.data.svc"'),
      ),
    ).toBe(true);
    expect(objects.find(({ kind }) => kind === "ServiceMonitor")?.spec.endpoints[0].path).toBe("/metrics");
  });
});

/** The agent's container, and its files below /etc/raos. */
function podOf(objects: readonly Manifest[], release: Release) {
  const { spec } = objects.find(({ kind }) => kind === "Deployment" || kind === "StatefulSet")?.spec.template ?? {};
  const config = objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === release.agent.name);
  const volume = spec.volumes.find(({ name }: { name: string }) => name === "config");
  const items: readonly { key: string; path: string }[] = volume.configMap.items;
  const files = new Map(items.map(({ key, path }): [string, string] => [path, config?.data[key]]));
  return { container: spec.containers[0], files };
}
