import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { chartKinds } from "../../src/compile/delivery/argocd.ts";
import { compile } from "../../src/compile/index.ts";
import { DIGEST_ANNOTATION } from "../../src/domain/deployed/values-digest.ts";
import { describeReal } from "../real/component.ts";
import { helmLint, helmTemplate } from "../real/helm/helm.ts";
import { anyAgent } from "../support/specs/arbitrary-agent.ts";
import {
  AGENT_CHART,
  deploymentReleases,
  fixtureReleases,
  type Manifest,
  manifests,
  renderRelease,
} from "./fixture-renders.ts";

const releases = fixtureReleases();

// Some tests render the whole fleet, one Helm after the other, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 });

describeReal(["helm", "helm3"], "the agent chart under Helm 4 and Helm 3", () => {
  test.each(["helm", "helm3"] as const)(
    "is strictly lint-free with its own values and with those of every fixture agent: %s",
    async (version) => {
      for (const values of [undefined, ...releases.map((release) => release.values)]) {
        const opinion = await helmLint({ chart: AGENT_CHART, version, ...(values === undefined ? {} : { values }) });
        expect(opinion.ok ? "" : opinion.output).toBe("");
      }
    },
  );

  test("renders the same objects under both", async () => {
    for (const release of releases) {
      expect(sorted(await renderRelease(release, "helm3"))).toEqual(sorted(await renderRelease(release, "helm")));
    }
  });

  test("renders whatever a spec holds, and the prompt reaches the agent unharmed", async () => {
    await fc.assert(
      fc.asyncProperty(anyAgent, async ({ agent, fleet }) => {
        const values = compile(agent, fleet).get(`deploy/default/${agent.key}/values.yaml`) ?? "";
        const objects = manifests(
          await helmTemplate({ chart: AGENT_CHART, values, release: agent.name, namespace: agent.facts.namespace }),
        );
        const config = objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === agent.name);
        expect(config?.data["instructions.md"]).toBe(agent.environments.get("default")?.prompt);
      }),
      { numRuns: 25 },
    );
  });

  test("every kind it renders is one that an Argo CD project permits, and the other way round", async () => {
    const rendered = new Set<string>();
    for (const release of [...releases, ...deploymentReleases()]) {
      for (const { apiVersion, kind } of manifests(await renderRelease(release)))
        rendered.add(`${apiVersion.includes("/") ? apiVersion.split("/")[0] : ""} ${kind}`);
    }
    // It belongs to no namespace: the project of a tenant whose file has such a role permits it.
    expect(rendered.delete("rbac.authorization.k8s.io ClusterRoleBinding")).toBe(true);
    expect([...rendered].sort()).toEqual(chartKinds.map(([group, kind]) => `${group} ${kind}`).sort());
  });

  test("every workload shows the digest of its values, and no pod does, so that none is restarted for it", async () => {
    const seen = new Set<string>();
    for (const release of [...releases, ...deploymentReleases()]) {
      const own = anyWorkloadOf(manifests(await renderRelease(release)));
      const values = `${release.values}valuesDigest: "0123456789"\n`;
      const shown = anyWorkloadOf(manifests(await renderRelease({ ...release, values })));
      const { [DIGEST_ANNOTATION]: before, ..._ } = own.metadata.annotations ?? {};
      expect([before, shown.metadata.annotations?.[DIGEST_ANNOTATION]]).toEqual([undefined, "0123456789"]);
      expect(shown.spec).toEqual(own.spec);
      expect(shown.metadata.name).toBe(own.metadata.name);
      seen.add(shown.kind);
    }
    expect([...seen].sort()).toEqual(["CronJob", "Deployment", "Job", "StatefulSet"]);
  });

  test("values that the schema does not know are refused", async () => {
    await expect(helmTemplate({ chart: AGENT_CHART, values: "runtime: {imagee: x}\n" })).rejects.toThrow(/imagee/);
    await expect(
      helmTemplate({ chart: AGENT_CHART, values: "scaling: {min: 1, max: 2, hpa: {cpu: 1}, keda: {kafkaLag: 1}}\n" }),
    ).rejects.toThrow(/scaling/);
  });

  describe("rendered for the fixture fleet", () => {
    test("no replica count where something scales, one scaler at most, a budget only where it can be met", async () => {
      for (const release of releases) {
        const objects = manifests(await renderRelease(release));
        const scalers = objects.filter(({ kind }) => kind === "HorizontalPodAutoscaler" || kind === "ScaledObject");
        const [scaler] = scalers;
        expect(scalers.length).toBeLessThan(2);
        const { replicas } = workloadOf(objects).spec;
        expect(replicas === undefined, release.id).toBe(scaler !== undefined);
        const fewest = replicas ?? scaler?.spec.minReplicas ?? scaler?.spec.minReplicaCount;
        expect(
          objects.some(({ kind }) => kind === "PodDisruptionBudget"),
          release.id,
        ).toBe(fewest >= 2);
      }
    });

    test("every container runs as nobody, without privileges, on a read-only root", async () => {
      for (const release of releases) {
        const { spec } = workloadOf(manifests(await renderRelease(release))).spec.template;
        expect(spec.automountServiceAccountToken).toBe(false);
        expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
        for (const container of spec.containers) {
          expect(container.securityContext).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            runAsNonRoot: true,
            capabilities: { drop: ["ALL"] },
          });
        }
      }
    });

    test("Dapr's annotations are strings, and the app-id fits a Service's name", async () => {
      for (const release of releases) {
        const { annotations } = workloadOf(manifests(await renderRelease(release))).spec.template.metadata;
        for (const value of Object.values(annotations)) expect(typeof value).toBe("string");
        expect(annotations["dapr.io/app-id"].length).toBeLessThanOrEqual(58);
      }
    });

    test("the pods restart when what they read changes, and only then", async () => {
      const [release] = releases.filter(({ id }) => id === "production/support/triage");
      if (release === undefined) throw new Error("no triage");
      const checksum = async (values: string) =>
        podAnnotations(await renderRelease({ ...release, values }))["raos.dev/config-checksum"];
      const now = await checksum(release.values);
      expect(await checksum(release.values.replace("min: 2", "min: 3"))).toBe(now);
      expect(await checksum(release.values.replace("exactly one queue", "one queue"))).not.toBe(now);
      expect(await checksum(release.values.replace("name: reroute", "name: move"))).toBe(now);
      expect(await checksum(release.values.replace("Reroute a ticket", "Move a ticket"))).not.toBe(now);
    });

    test("a caller of the callee is let through the network and through Dapr, nobody else", async () => {
      const release = releases.find(({ id }) => id === "production/finance/billing");
      if (release === undefined) throw new Error("no billing");
      const objects = manifests(await renderRelease(release));
      const callers = objects.find(({ kind }) => kind === "Configuration")?.spec.accessControl;
      expect(callers).toEqual({
        defaultAction: "deny",
        trustDomain: "public",
        policies: ["router", "triage"].map((appId) => ({
          appId,
          namespace: "support-agents",
          trustDomain: "public",
          defaultAction: "allow",
          operations: [{ name: "/payments/failed", httpVerb: ["*"], action: "deny" }],
        })),
      });
      const [sidecars] = objects.find(({ kind }) => kind === "NetworkPolicy")?.spec.ingress ?? [];
      expect(
        sidecars.from.slice(1).map(({ podSelector }: Manifest) => podSelector.matchLabels["dapr.io/app-id"]),
      ).toEqual(["router", "triage"]);
    });
  });
});

/** Helm 3 and 4 order kinds of their own differently. */
function sorted(text: string): readonly Manifest[] {
  const place = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name}`;
  return manifests(text).toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
}

function workloadOf(objects: readonly Manifest[]): Manifest {
  const workload = objects.find(({ kind }) => kind === "Deployment" || kind === "StatefulSet");
  if (workload === undefined) throw new Error("no workload");
  return workload;
}

function anyWorkloadOf(objects: readonly Manifest[]): Manifest {
  return objects.find(({ kind }) => kind === "CronJob" || kind === "Job") ?? workloadOf(objects);
}

function podAnnotations(text: string): Readonly<Record<string, string>> {
  return workloadOf(manifests(text)).spec.template.metadata.annotations;
}
