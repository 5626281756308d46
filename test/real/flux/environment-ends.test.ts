import { expect, test } from "vitest";
import { rootObjects } from "../../../src/compile/index.ts";
import { fixtureFleet } from "../../support/specs/fixture-fleet.ts";
import { describeReal } from "../component.ts";
import { apiServerTools } from "../kubernetes/apiserver.ts";
import { type Listed, nameOf, startFlux } from "./flux-fleet.ts";

const RELEASES = "/apis/helm.toolkit.fluxcd.io/v2/namespaces/flux-system/helmreleases";
const CONFIG_MAPS = "/api/v1/namespaces/flux-system/configmaps";
const NAMESPACES = "/api/v1/namespaces";
const POLICIES = "/apis/networking.k8s.io/v1/namespaces/acme-agents/networkpolicies";

const CONFIG = `apiVersion: raos.dev/v1alpha1
kind: Config
spec:
  environments: [{name: production}, {name: staging}]
  limits: {openPulls: 20, pullsPerHour: 100}
`;
const tenant = (name: string) => `apiVersion: raos.dev/v1alpha1
kind: Tenant
metadata: {name: ${name}}
spec: {namespace: ${name}-agents}
`;
const agent = (key: string, prompt: string) => {
  const [namespace, name] = key.split("/");
  return `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  description: Says hello
  instructions: {inline: ${prompt}}
  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
`;
};
const KEYS = ["acme/one", "acme/two", "globex/three"];

/** A chart whose templates are no manifests: Flux must not take a tenant's copy of it for some. */
const CHART = {
  "charts/agent/Chart.yaml": "apiVersion: v2\nname: agent\nversion: 0.1.0\n",
  "charts/agent/templates/workload.yaml": "{{- if .Values.tenant }}\nkind: {{ .Values.kind }}\n{{- end }}\n",
};

/** What others put there, and must stay. */
const OTHERS = `apiVersion: v1
kind: ConfigMap
metadata: {name: others, namespace: flux-system}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: others, namespace: monitoring}
`;

const generations = (all: readonly Listed[]) => all.map(({ metadata }) => metadata.generation);
const valuesOf = (all: readonly Listed[]) => all.flatMap(({ spec }) => spec?.valuesFrom?.map(({ name }) => name) ?? []);

describeReal([...apiServerTools, "kustomize-controller"], "what Flux does with what is merged", () => {
  test("an environment is deployed, follows changed values, and is taken down, all of it and nothing else", {
    timeout: 300_000,
  }, async () => {
    const flux = await startFlux();
    const { place, server } = flux;
    const files = Object.fromEntries(KEYS.map((key) => [`agents/${key}.yaml`, agent(key, "Be kind.")]));
    const root = "clusters/staging/raos.yaml";
    const { fleet } = fixtureFleet({ environments: [{ name: "staging" }] });
    await flux.merge({
      ...files,
      ...CHART,
      "raos.yaml": CONFIG,
      "tenants/acme.yaml": tenant("acme"),
      "tenants/globex.yaml": tenant("globex"),
      [root]: rootObjects(fleet.config).get(root),
    });
    expect(await server.applyYaml(place.read(root))).toEqual([]);
    expect(await server.applyYaml(OTHERS)).toEqual([]);
    await flux.fetch(flux.head(), "True");
    const before = await flux.list(RELEASES);
    expect(before.map(nameOf)).toEqual(["acme.one", "acme.two", "globex.three"]);
    expect(await flux.names(POLICIES)).not.toEqual([]);
    place.git("pull", "--quiet", "origin", "main");
    for (const { spec } of before) {
      const copy = `${spec?.chart?.spec.chart ?? ""}/templates/workload.yaml`.replace(/^\.\//, "");
      expect(place.read(copy)).toBe(CHART["charts/agent/templates/workload.yaml"]);
    }

    await flux.merge({ "agents/acme/one.yaml": agent("acme/one", "Be brief.") });
    await flux.fetch(flux.head(), "True");
    const after = await flux.list(RELEASES);
    expect([generations(before), generations(after)]).toEqual([
      [1, 1, 1],
      [2, 1, 1],
    ]);
    expect(valuesOf(after)[0]).not.toBe(valuesOf(before)[0]);
    expect(await flux.names(CONFIG_MAPS)).toEqual([...valuesOf(after), "others"].toSorted());

    const told = await flux.merge({ "raos.yaml": CONFIG.replace(", {name: staging}", "") });
    expect(told).toContain("Merged, Flux takes down in staging");
    expect(told).toContain("limits and network policies of `acme`");
    const whole = flux.head();
    // The same without the file that keeps the folder: Flux takes down nothing.
    place.git("fetch", "--quiet", "origin", "main");
    place.git("checkout", "--quiet", "--detach", whole);
    place.git("rm", "--quiet", "-r", "deploy/staging");
    place.git("commit", "--quiet", "--message=Without the folder");
    place.git("push", "--quiet", "origin", "HEAD:refs/heads/without");
    expect(await flux.fetch(place.git("rev-parse", "HEAD").trim(), "False")).toContain("path not found");
    expect(await flux.names(RELEASES)).toHaveLength(3);

    await flux.fetch(whole, "True");
    await expect.poll(() => flux.names(RELEASES), { timeout: 20_000 }).toEqual([]);
    expect(await flux.names(CONFIG_MAPS)).toEqual(["others"]);
    expect(await flux.names("/api/v1/namespaces/monitoring/configmaps")).toEqual(["others"]);
    // A namespace stays, since volumes and Secrets are in it; what RAOS put into it does not.
    expect(await flux.names(NAMESPACES)).toEqual(
      expect.arrayContaining(["acme-agents", "flux-system", "globex-agents", "monitoring"]),
    );
    for (const path of ["/api/v1/namespaces/acme-agents/limitranges", POLICIES])
      expect(await flux.names(path)).toEqual([]);
  });
});
