import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { compileTenant } from "../../src/compile/index.ts";
import { describeReal } from "../real/component.ts";
import { helmTemplate } from "../real/helm/helm.ts";
import { type ApiServer, apiServerTools, startApiServer } from "../real/kubernetes/apiserver.ts";
import { DEPLOYMENTS, deployments, deploymentValues } from "../support/specs/deployments.ts";
import { AGENT_CHART, type Manifest, manifests } from "./fixture-renders.ts";

const { agents, fleet, problems } = deployments();

// The first start of the API server applies every definition.
vi.setConfig({ testTimeout: 240_000 });

test("the specs of the deployments have no Problems", () => {
  expect(problems).toEqual([]);
});

describeReal([...apiServerTools, "helm"], "kube-apiserver with the deployments' namespaces", () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer();
    for (const tenant of fleet.tenants.keys()) {
      const text = compileTenant(tenant, fleet).get(`deploy/production/${tenant}/tenant.yaml`) ?? "";
      expect(await server.applyYaml(text)).toEqual([]);
    }
    // What a cluster has where these agents run.
    const classes = [
      { apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name: "batch" }, value: -10 },
      { apiVersion: "node.k8s.io/v1", kind: "RuntimeClass", metadata: { name: "nvidia" }, handler: "nvidia" },
    ];
    for (const object of classes) expect(await server.apply(object)).toEqual([]);
  });
  afterAll(() => server?.stop());

  test("strictly accepts the manifests that people keep beside the agents", async () => {
    for (const tenant of ["search/rag", "models/weights"]) {
      const text = readFileSync(join(DEPLOYMENTS, "extra/production", `${tenant}.yaml`), "utf8");
      expect(await server.applyYaml(text, { dryRun: true })).toEqual([]);
    }
  });

  test.each([...agents.keys()])(
    "strictly accepts the objects of %s, and its pods at the enforced level",
    async (key) => {
      const agent = agents.get(key);
      if (agent === undefined) throw new Error(`no agent ${key}`);
      const { namespace } = agent.facts;
      const values = deploymentValues(agent, fleet);
      const text = await helmTemplate({ chart: AGENT_CHART, values, release: agent.name, namespace });
      expect(await server.applyYaml(text, { dryRun: true })).toEqual([]);
      const pods = manifests(text).flatMap(podOf);
      expect(pods.length).toBe(1);
      for (const template of pods) {
        const metadata = { ...template.metadata, name: agent.name, namespace };
        const pod = { apiVersion: "v1", kind: "Pod", metadata, spec: template.spec };
        expect(await server.apply(pod, { dryRun: true })).toEqual([]);
      }
    },
  );
});

describeReal(["helm"], "a header with a token of the ServiceAccount", () => {
  test("is a renewed token in the pod, is named in agent.json, and is left out where Dapr would send it", async () => {
    const agent = agents.get("search/tickets");
    if (agent === undefined) throw new Error("no agent search/tickets");
    const { namespace } = agent.facts;
    const values = deploymentValues(agent, fleet);
    const objects = manifests(await helmTemplate({ chart: AGENT_CHART, values, release: "tickets", namespace }));
    const [template] = objects.flatMap(podOf);
    const token = { serviceAccountToken: { audience: "raos", path: "raos", expirationSeconds: 3600 } };
    expect(template.spec.volumes).toContainEqual({ name: "tokens", projected: { sources: [token] } });
    expect(template.spec.containers[0].volumeMounts).toContainEqual({
      name: "tokens",
      mountPath: "/var/run/secrets/raos.dev/tokens",
      readOnly: true,
    });
    const files = objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "tickets")?.data;
    expect(JSON.parse(files["agent.json"]).mcpServers.raos.headers).toEqual({
      Authorization: "Bearer ${file:/var/run/secrets/raos.dev/tokens/raos}",
    });
    const servers = objects.filter(({ kind }) => kind === "MCPServer").map(({ spec }) => spec);
    const headers = servers.map(({ endpoint, catalog }) => [
      catalog.displayName,
      endpoint.streamableHTTP.headers?.length,
    ]);
    expect(headers).toEqual([
      ["tracker", 2],
      ["raos", undefined],
    ]);
  });
});

/** The template of a workload's pods. */
function podOf({ kind, spec }: Manifest) {
  if (kind === "CronJob") return [spec.jobTemplate.spec.template];
  if (kind === "Deployment" || kind === "StatefulSet" || kind === "Job") return [spec.template];
  return [];
}
