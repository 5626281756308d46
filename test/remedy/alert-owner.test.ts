import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findAlertOwner } from "../../src/remedy/alert-owner.ts";
import { alertOf, directoryOf, STAGES } from "../support/alerts/alert-of.ts";

const fleet = directoryOf(
  {
    "support/triage": ["staging", "production"],
    "support/triage-b": ["staging", "production"],
    "support/triage-0": ["staging"],
    "finance/triage": ["production"],
    "finance/billing": ["production"],
  },
  { support: "support-agents" },
  STAGES,
);

/** `agent environment`, or why none. */
function whose(labels: Readonly<Record<string, string>>, directory = fleet): string {
  const found = findAlertOwner(alertOf(labels), directory);
  return found.kind === "agent" ? `${found.agent} ${found.environment}` : found.reason;
}

const there = { namespace: "support-agents", cluster: "prod-eu" };

describe("whose an alert is", () => {
  test.each([
    ["RAOS's own labels", { raos_agent: "triage", raos_tenant: "support", raos_environment: "staging" }],
    [
      "…whatever the others say",
      {
        raos_agent: "triage",
        raos_tenant: "support",
        raos_environment: "staging",
        namespace: "finance",
        pod: "billing-7d9f8c6b5-x2x4z",
        cluster: "prod-eu",
      },
    ],
  ])("%s name it", (_, labels) => {
    expect(whose(labels)).toBe("support/triage staging");
  });

  test.each([
    [{ ...there, deployment: "triage" }],
    [{ ...there, statefulset: "triage" }],
    [{ ...there, app_id: "triage" }],
    [{ ...there, pod: "triage-7d9f8c6b5-x2x4z" }],
    [{ ...there, pod: "triage-7d9f8c6b5-x2x4z", container: "agent", job: "kube-state-metrics" }],
    [{ ...there, horizontalpodautoscaler: "triage" }],
    [{ ...there, horizontalpodautoscaler: "keda-hpa-triage" }],
    [{ ...there, scaledObject: "triage" }],
    [{ ...there, persistentvolumeclaim: "storage-triage-0" }],
    [{ ...there, app: "triage" }],
    [{ ...there, job: "support-agents/triage" }],
    [{ ...there, job_name: "triage", job: "kube-state-metrics" }],
    [{ ...there, job: "triage", service: "triage" }],
    [{ ...there, job: "daprd", service: "triage-dapr" }],
    [{ ...there, poddisruptionbudget: "triage" }],
    [{ ...there, scaledResource: "triage", type: "scaledobject" }],
    [{ ...there, replicaset: "triage-7d9f8c6b5" }],
    [{ ...there, controller: "triage-7d9f8c6b5", container: "agent" }],
    [{ ...there, workload: "triage", workload_type: "deployment" }],
    [{ ...there, job_name: "triage-29391040" }],
    [{ k8s_namespace_name: "support-agents", k8s_pod_name: "triage-7d9f8c6b5-x2x4z", cluster: "prod-eu" }],
    [{ namespace_name: "support-agents", pod_name: "triage-0", container_name: "agent", cluster: "prod-eu" }],
    [{ ...there, name: "triage", job: "cert-manager" }],
    [{ ...there, raos_agent: "triage" }],
    [
      {
        consumergroup: "support-agents.triage",
        namespace: "kafka",
        pod: "exporter-7d9f8c6b5-x2x4z",
        cluster: "prod-eu",
      },
    ],
  ])("%j is about support/triage", (labels) => {
    expect(whose(labels)).toBe("support/triage production");
  });

  test.each([
    [
      "pod of a Deployment whose name ends in a word",
      { pod: "triage-b-7d9f8c6b5-x2x4z" },
      "support/triage-b production",
    ],
    ["pod of a StatefulSet", { pod: "triage-b-0" }, "support/triage-b production"],
    ["pod of a StatefulSet, its ordinal large", { pod: "triage-12" }, "support/triage production"],
    ["pod whose hash has vowels is none of a Deployment", { pod: "triage-aeiouae-x2x4z" }, "not-about-an-agent"],
    [
      "the surer label decides",
      { deployment: "triage-b", pod: "triage-7d9f8c6b5-x2x4z" },
      "support/triage-b production",
    ],
  ])("%s", (_, labels, expected) => {
    expect(whose({ ...there, ...labels })).toBe(expected);
  });

  test("what was measured counts, not what measured it", () => {
    const scraper = { namespace: "monitoring", pod: "kube-state-metrics-7d9f8c6b5-x2x4z", job: "kube-state-metrics" };
    const measured = { exported_namespace: "support-agents", exported_pod: "triage-7d9f8c6b5-x2x4z" };
    expect(whose({ ...scraper, ...measured, cluster: "prod-eu" })).toBe("support/triage production");
    const keda = { namespace: "keda", pod: "keda-operator-7d9f8c6b5-x2x4z", scaledObject: "triage" };
    expect(whose({ ...keda, exported_namespace: "support-agents", cluster: "prod-eu" })).toBe(
      "support/triage production",
    );
  });

  test("labels are renamed one at a time, too", () => {
    const exporter = {
      namespace: "support-agents",
      pod: "kube-state-metrics-7d9f8c6b5-x2x4z",
      job: "kube-state-metrics",
    };
    const pod = { exported_pod: "triage-7d9f8c6b5-x2x4z", container: "kube-state-metrics", cluster: "prod-eu" };
    expect(whose({ ...exporter, ...pod })).toBe("support/triage production");
    expect(whose({ ...exporter, exported_container: "agent", cluster: "prod-eu" })).toBe("not-about-an-agent");
    // The agent's own metric has a label "job": the pod is still its own.
    expect(whose({ ...there, pod: "triage-0", exported_job: "nightly" })).toBe("support/triage production");
  });

  test("an exporter's pod is not what was measured, even where the namespace is", () => {
    const exporter = {
      pod: "prom-kube-state-metrics-5f8d9c7b6-zx2kq",
      container: "kube-state-metrics",
      service: "prom-kube-state-metrics",
      job: "kube-state-metrics",
    };
    expect(whose({ ...there, ...exporter, deployment: "triage" })).toBe("support/triage production");
    expect(whose({ ...there, ...exporter, poddisruptionbudget: "triage" })).toBe("support/triage production");
    expect(whose({ ...there, ...exporter, pod: "triage-7d9f8c6b5-x2x4z" })).toBe("support/triage production");
  });

  test("a container that is called as an agent does not make another workload the agent's", () => {
    expect(whose({ ...there, container: "triage" })).toBe("not-about-an-agent");
    expect(whose({ ...there, pod: "other-7d9f8c6b5-x2x4z", container: "triage" })).toBe("unknown-agent");
  });

  describe("a pod whose name Kubernetes cut", () => {
    // The API server cuts what precedes the five random characters after 58.
    const podOf = (deployment: string, hash: string) => `${`${deployment}-${hash}-`.slice(0, 58)}x2k9p`;
    const named = (length: number) =>
      `${"customer-support-ticket-triage-and-routing-agent-of-acme".slice(0, length - 1)}z`;
    const lengths = Array.from({ length: 14 }, (_, index) => 40 + index);
    const long = directoryOf(Object.fromEntries(lengths.map((length) => [`a/${named(length)}`, ["production"]])));

    test.each(lengths)("belongs to the agent of %i characters, whatever the length of its hash", (length) => {
      for (const hash of ["6c7d9f4b8d", "6c7d9f4b8", "6c7d9f4b"]) {
        const pod = podOf(named(length), hash);
        expect(pod.length).toBeLessThanOrEqual(63);
        expect(`${pod} ${whose({ namespace: "a", pod }, long)}`).toBe(`${pod} a/${named(length)} production`);
      }
    });

    test("is no other agent's, and a name that was not cut is none", () => {
      expect(whose({ namespace: "a", pod: podOf(`${named(50)}b`, "6c7d9f4b8d") }, long)).toBe("unknown-agent");
      expect(whose({ namespace: "a", pod: `${named(47)}-6c7d9f4b8x2k9` }, long)).toBe("not-about-an-agent");
    });
  });

  test.each([
    ["Flux", { name: "support.triage", exported_namespace: "flux-system", customresource_kind: "HelmRelease" }],
    ["Argo CD", { name: "production.support.triage", namespace: "argocd", project: "production.support" }],
  ])("%s delivers an agent under a name of its own", (_, labels) => {
    expect(whose({ cluster: "prod-eu", ...labels })).toBe("support/triage production");
  });

  test("an Application's name says the environment, since Argo CD delivers to many clusters", () => {
    expect(whose({ name: "staging.support.triage", namespace: "argocd" })).toBe("support/triage staging");
    expect(whose({ name: "test.support.triage", namespace: "argocd" })).toBe("unknown-environment");
    expect(whose({ name: "staging.support.router", namespace: "argocd" })).toBe("unknown-agent");
  });

  test("what a namespace or its chart is about concerns the whole tenant", () => {
    const tenantOf = (labels: Readonly<Record<string, string>>) => {
      const found = findAlertOwner(alertOf(labels), fleet);
      return found.kind === "agent" ? [found.agent, found.environment, found.isTenantWide] : found.reason;
    };
    const quota = { resource: "requests.memory", resourcequota: "support" };
    const exporter = { pod: "prom-kube-state-metrics-5f8d9c7b6-zx2kq", container: "kube-state-metrics" };
    expect(tenantOf({ ...there, ...quota, ...exporter })).toEqual(["support/triage", "production", true]);
    expect(
      tenantOf({ exported_namespace: "support-agents", namespace: "monitoring", ...quota, cluster: "prod-eu" }),
    ).toEqual(["support/triage", "production", true]);
    expect(tenantOf({ namespace: "kube-system", ...quota })).toBe("unknown-agent");
    expect(tenantOf({ namespace: "support-agents", ...quota })).toBe("unknown-environment");
    expect(tenantOf({ name: "support.agent-chart", exported_namespace: "flux-system", cluster: "prod-eu" })).toEqual([
      "support/triage",
      "production",
      true,
    ]);
    const own = { raos_agent: "triage-b", raos_tenant: "support", raos_environment: "production" };
    expect(tenantOf({ ...own, ...quota })).toEqual(["support/triage-b", "production", false]);
  });

  test("a node is no agent", () => {
    const owner = findAlertOwner(alertOf({ alertname: "KubeNodeNotReady", node: "node-3", condition: "Ready" }), fleet);
    expect(owner).toMatchObject({
      kind: "none",
      reason: "not-about-an-agent",
      message: expect.stringContaining("node"),
    });
  });

  test.each([
    ["nobody is named", {}, "not-about-an-agent"],
    ["only a namespace is", { namespace: "support-agents", resource: "pods" }, "not-about-an-agent"],
    ["only a pod is", { pod: "triage-7d9f8c6b5-x2x4z" }, "not-about-an-agent"],
    [
      "the namespace belongs to no tenant",
      { namespace: "kube-system", pod: "triage-7d9f8c6b5-x2x4z" },
      "unknown-agent",
    ],
    [
      "the tenant is another's name, not its namespace",
      { namespace: "support", deployment: "triage" },
      "unknown-agent",
    ],
    ["the agent is unknown", { ...there, deployment: "router" }, "unknown-agent"],
    ["a consumer group is not RAOS's", { ...there, consumergroup: "triage", deployment: "triage" }, "unknown-agent"],
    ["no environment fits", { namespace: "support-agents", deployment: "triage" }, "unknown-environment"],
    ["its cluster is another's", { ...there, cluster: "prod-us", deployment: "triage" }, "unknown-environment"],
    ["the agent is not in that environment", { ...there, deployment: "triage-0" }, "unknown-environment"],
    [
      "RAOS's own environment is no such",
      {
        raos_agent: "triage",
        raos_tenant: "support",
        raos_environment: "prod",
        cluster: "prod-eu",
      },
      "unknown-environment",
    ],
  ])("where %s: %j → %s", (_, labels, expected) => {
    expect(whose(labels)).toBe(expected);
  });

  test("two tenants in one namespace, or two environments of one cluster, are ambiguous", () => {
    const shared = directoryOf(
      { "a/triage": ["production"], "b/triage": ["production"], "b/other": ["production"] },
      { a: "agents", b: "agents" },
    );
    expect(whose({ namespace: "agents", deployment: "triage" }, shared)).toBe("ambiguous-agent");
    expect(whose({ namespace: "agents", deployment: "other" }, shared)).toBe("b/other production");
    const alike = directoryOf({ "a/x": ["production"], "a/x-bcdfgh": ["production"] });
    expect(whose({ namespace: "a", pod: "x-bcdfgh-22222" }, alike)).toBe("ambiguous-agent");
    const twins = directoryOf(
      { "a/triage": ["blue", "green"] },
      {},
      {
        environments: [
          { name: "blue", alerts: { cluster: "eu" } },
          { name: "green", alerts: { cluster: "eu" } },
        ],
      },
    );
    expect(whose({ namespace: "a", deployment: "triage", cluster: "eu" }, twins)).toBe("ambiguous-environment");
  });

  test("the only environment there is needs no label", () => {
    const single = directoryOf({ "a/triage": ["default"] });
    expect(whose({ namespace: "a", deployment: "triage" }, single)).toBe("a/triage default");
    expect(whose({ namespace: "finance", deployment: "billing" })).toBe("finance/billing production");
    expect(whose({ namespace: "finance", deployment: "billing", cluster: "staging-eu" })).toBe("unknown-environment");
  });

  test.each([
    ["a look-alike letter", { ...there, deployment: "trіage" }],
    ["a full-width letter", { ...there, deployment: "ｔriage" }],
    ["a space that is not seen", { ...there, deployment: "triage\u200b" }],
    ["capitals", { ...there, deployment: "Triage" }],
    ["a path", { ...there, deployment: "../support/triage" }],
    ["a tenant in the name", { raos_agent: "x/../triage", raos_tenant: "support", raos_environment: "production" }],
    ["a name of JavaScript's", { ...there, deployment: "constructor" }],
    ["another", { raos_agent: "__proto__", raos_tenant: "__proto__", raos_environment: "__proto__" }],
    ["10 KB", { ...there, deployment: "triage".repeat(2000) }],
    ["10 KB of a pod", { ...there, pod: `${"a-".repeat(5000)}bcdfgh-22222` }],
  ])("%s is no agent of ours", (_, labels) => {
    expect(whose(labels)).toBe("unknown-agent");
  });

  test("labels called __proto__ and constructor are labels", () => {
    const labels: Record<string, string> = JSON.parse('{"__proto__": "x", "constructor": "y", "toString": "z"}');
    expect(whose(labels)).toBe("not-about-an-agent");
    expect(whose({ ...labels, ...there, exported_namespace: "support-agents", deployment: "triage" })).toBe(
      "support/triage production",
    );
  });

  test("whatever the labels, it is an agent that there is, in an environment that it is in, or a reason", () => {
    const names = [
      "namespace",
      "exported_namespace",
      "pod",
      "exported_pod",
      "deployment",
      "raos_agent",
      "raos_tenant",
      "raos_environment",
      "cluster",
      "consumergroup",
      "job",
      "__proto__",
    ];
    const values = [
      "support",
      "support-agents",
      "finance",
      "triage",
      "triage-0",
      "triage-b-0",
      "production",
      "staging",
      "prod-eu",
      "staging-eu",
      "support-agents.triage",
      "keda-hpa-triage",
      "constructor",
    ];
    const label = fc.tuple(fc.constantFrom(...names), fc.oneof(fc.constantFrom(...values), fc.string()));
    fc.assert(
      fc.property(fc.array(label, { maxLength: 8 }), (pairs) => {
        const found = findAlertOwner(alertOf(Object.fromEntries(pairs)), fleet);
        if (found.kind === "none") return found.message !== "";
        return fleet.facts.get(found.agent)?.environments.includes(found.environment) === true;
      }),
      { numRuns: 2000 },
    );
  });
});
