import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parseAllDocuments } from "yaml";
import { compile, compileTenant, rootObjects } from "../../src/compile/index.ts";
import type { Config } from "../../src/domain/kinds/kinds.ts";
import { describeReal } from "../real/component.ts";
import { helmTemplate } from "../real/helm/helm.ts";
import { type ApiServer, apiServerTools, startApiServer } from "../real/kubernetes/apiserver.ts";
import { anyAgent } from "../support/specs/arbitrary-agent.ts";
import { argocdConfig, fixtureFleet } from "../support/specs/fixture-fleet.ts";
import { AGENT_CHART, fixtureReleases, renderRelease } from "./fixture-renders.ts";

const oci: Partial<Config["spec"]> = { chart: { oci: "oci://ghcr.io/meridian-retail/charts/agent", version: "0.1.0" } };

// Some tests render the whole fleet, one Helm after the other, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 });

describeReal(
  [...apiServerTools, "helm"],
  "kube-apiserver with the definitions of Dapr, Flux, Argo CD, KEDA and Prometheus",
  () => {
    let server: ApiServer;
    beforeAll(async () => {
      server = await startApiServer();
    });
    afterAll(() => server?.stop());

    test("strictly accepts every object that the chart renders for the fixture fleet, of every stage and environment", async () => {
      const refused: Record<string, readonly string[]> = {};
      for (const release of fixtureReleases()) {
        const objections = await server.applyYaml(await renderRelease(release), { dryRun: true });
        if (objections.length > 0) refused[release.id] = objections;
      }
      expect(refused).toEqual({});
    });

    test.each([
      ["flux, chart in the repository", {}],
      ["flux, chart in a registry", oci],
      ["argocd, chart in the repository", argocdConfig],
      ["argocd, chart in a registry", { ...argocdConfig, ...oci }],
    ])("strictly accepts every release, tenant and root object: %s", async (_name, config) => {
      const { fleet, agents } = fixtureFleet(config);
      const texts = new Map<string, string>(rootObjects(fleet.config));
      for (const tenant of fleet.tenants.keys())
        for (const [path, text] of compileTenant(tenant, fleet)) texts.set(path, text);
      for (const agent of agents.values()) for (const [path, text] of compile(agent, fleet)) texts.set(path, text);
      const refused: Record<string, readonly string[]> = {};
      for (const [path, text] of texts) {
        if (/\/(values\.yaml|kustomization\.yaml|README\.md)$/.test(path)) continue;
        const objections = await server.applyYaml(text);
        if (objections.length > 0) refused[path] = objections;
      }
      expect(refused).toEqual({});
    });

    test("strictly accepts what the chart renders, whatever a spec holds", async () => {
      await fc.assert(
        fc.asyncProperty(anyAgent, async ({ agent, fleet }) => {
          const values = compile(agent, fleet).get(`deploy/default/${agent.key}/values.yaml`) ?? "";
          const rendering = { chart: AGENT_CHART, values, release: agent.name, namespace: agent.facts.namespace };
          expect(await server.applyYaml(await helmTemplate(rendering), { dryRun: true })).toEqual([]);
        }),
        { numRuns: 25 },
      );
    });

    test("the tenants' quotas and limits admit the agents' pods", async () => {
      const { fleet } = fixtureFleet();
      for (const tenant of fleet.tenants.keys()) {
        const text = compileTenant(tenant, fleet).get(`deploy/production/${tenant}/tenant.yaml`) ?? "";
        expect(await server.applyYaml(text)).toEqual([]);
      }
      for (const release of fixtureReleases().filter(({ environment }) => environment === "production")) {
        for (const document of parseAllDocuments(await renderRelease(release))) {
          const object = document.toJS();
          if (object?.kind !== "Deployment" && object?.kind !== "StatefulSet") continue;
          const { metadata, spec } = object.spec.template;
          const pod = {
            apiVersion: "v1",
            kind: "Pod",
            metadata: { ...metadata, name: release.agent.name, namespace: release.namespace },
            spec,
          };
          const volumes = release.agent.environments.get(release.environment)?.spec.runtime.storage
            ? [{ name: "storage", emptyDir: {} }]
            : [];
          const whole = { ...pod, spec: { ...spec, volumes: [...spec.volumes, ...volumes] } };
          expect(await server.apply(whole, { dryRun: true }), release.id).toEqual([]);
        }
      }
    });

    test("an object with a field that nobody knows would be refused", async () => {
      const [release] = fixtureReleases();
      if (release === undefined) throw new Error("no release");
      const text = (await renderRelease(release)).replace("terminationGracePeriodSeconds:", "terminationGraceSeconds:");
      expect((await server.applyYaml(text, { dryRun: true })).join()).toMatch(/terminationGraceSeconds/);
    });
  },
);
