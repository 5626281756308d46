import { describe, expect, test } from "vitest";
import { Config } from "../../../src/domain/kinds/kinds.ts";
import { RESERVED, reservedBy } from "../../../src/domain/reserved-labels.ts";
import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { HELLO, line, snapshotOf } from "../../support/specs/snapshot.ts";

const config = (spec: unknown) => Config.parse({ apiVersion: "raos.dev/v1alpha1", kind: "Config", spec });
const plain = config({});

describe("a label or annotation", () => {
  test.each<readonly [string, string | undefined]>([
    ["sidecar.istio.io/inject", "Istio"],
    ["istio.io/rev", "Istio"],
    ["istio-injection", "Istio"],
    ["traffic.sidecar.istio.io/excludeOutboundPorts", "Istio"],
    ["linkerd.io/inject", "Linkerd"],
    ["config.linkerd.io/skip-outbound-ports", "Linkerd"],
    ["azure.workload.identity/use", "the cloud's workload identity"],
    ["aadpodidbinding", "the cloud's workload identity"],
    ["eks.amazonaws.com/role-arn", "AWS"],
    ["iam.gke.io/gcp-service-account", "Google Cloud"],
    ["grafana_dashboard", "Grafana"],
    ["grafana_datasource", "Grafana"],
    ["prometheus.io/scrape", "Prometheus"],
    ["dapr.io/enabled", "RAOS, Helm or Dapr"],
    ["scaledobject.keda.sh/name", "KEDA"],
    ["argocd.argoproj.io/instance", "Argo"],
    ["kustomize.toolkit.fluxcd.io/prune", "Flux"],
    ["helm.toolkit.fluxcd.io/name", "Flux"],
    ["reconcile.fluxcd.io/requestedAt", "Flux"],
    ["app.kubernetes.io/name", "RAOS, Helm or Dapr"],
    ["app.kubernetes.io/part-of", "RAOS, Helm or Dapr"],
    ["raos.dev/tenant", "RAOS, Helm or Dapr"],
    ["helm.sh/chart", "RAOS, Helm or Dapr"],
    ["pod-security.kubernetes.io/enforce", "Kubernetes"],
    ["kubernetes.io/metadata.name", "Kubernetes"],
    ["batch.kubernetes.io/job-name", "Kubernetes"],
    ["kueue.x-k8s.io/queue-name", "Kubernetes"],
    ["pod-template-hash", "Kubernetes"],
    ["cert-manager.io/inject-ca-from", "cert-manager"],
    ["external-dns.alpha.kubernetes.io/hostname", "Kubernetes"],
    ["vault.hashicorp.com/agent-inject", "Consul, Vault or Nomad"],
    ["consul.hashicorp.com/connect-inject", "Consul, Vault or Nomad"],
    ["policies.kyverno.io/exclude", "an admission policy"],
    ["admission.gatekeeper.sh/ignore", "an admission policy"],
    ["instrumentation.opentelemetry.io/inject-java", "a tracing or monitoring agent"],
    ["field.cattle.io/projectId", "OpenShift or Rancher"],
    ["karpenter.sh/do-not-disrupt", "a scheduler or autoscaler"],
    ["team", undefined],
    ["cost-centre", undefined],
    ["acme.example/tier", undefined],
    ["notistio.io/inject", undefined],
    ["istio.io.acme.example/x", undefined],
  ])("%s: %s", (key, expected) => expect(reservedBy(key, plain)).toBe(expected));

  test("that raos.yaml names is reserved too, a domain with all below it", () => {
    const own = config({
      reservedLabels: ["acme.example/", "tier", "other.example/team"],
      monitoring: { labels: { release: "kps" }, dashboardLabel: "dashboards" },
    });
    const keys = ["acme.example/x", "a.b.acme.example/x", "tier", "other.example/team", "release", "dashboards"];
    expect(keys.map((key) => reservedBy(key, own))).toEqual([
      ...Array.from({ length: 4 }, () => "raos.yaml (spec.reservedLabels)"),
      "Prometheus (spec.monitoring.labels of raos.yaml)",
      "Grafana",
    ]);
    expect(keys.flatMap((key) => reservedBy(key, plain) ?? [])).toEqual([]);
    expect(reservedBy("other.example/teams", own)).toBeUndefined();
  });

  test("is listed once", () => {
    const entries = RESERVED.map(({ entry }) => entry);
    expect(entries).toEqual([...new Set(entries)]);
  });
});

const tenant = (metadata: string) => `apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: demo${metadata}}\n`;
const problems = (files: Readonly<Record<string, string>>) =>
  readFleet(snapshotOf({ "tenants/demo.yaml": tenant(""), "agents/demo/hello.yaml": HELLO, ...files })).problems.map(
    line,
  );
const raos = (spec: string) => `apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: ${spec}\n`;
const ISTIO =
  "sidecar.istio.io/inject is set or read by Istio, so a spec may not set it; remove it, or choose another name";

describe("a spec that sets a reserved one is a Problem", () => {
  test.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      "in spec.labels",
      { "agents/demo/hello.yaml": `${HELLO}  labels: {team: x, sidecar.istio.io/inject: "false"}\n` },
      [`agents/demo/hello.yaml:9:21 /spec/labels/sidecar.istio.io~1inject: label ${ISTIO}`],
    ],
    [
      "in metadata.labels, which the objects carry too",
      {
        "agents/demo/hello.yaml": HELLO.replace(
          "namespace: demo",
          'namespace: demo, labels: {sidecar.istio.io/inject: "false"}',
        ),
      },
      [`agents/demo/hello.yaml:3:51 /metadata/labels/sidecar.istio.io~1inject: label ${ISTIO}`],
    ],
    [
      "in an overlay",
      {
        "agents/demo/hello.yaml": `${HELLO}  environments: {default: {labels: {sidecar.istio.io/inject: "false"}}}\n`,
      },
      [`agents/demo/hello.yaml:9:37 /spec/environments/default/labels/sidecar.istio.io~1inject: label ${ISTIO}`],
    ],
    [
      "in a template",
      {
        "templates/t.yaml":
          'apiVersion: raos.dev/v1alpha1\nkind: AgentTemplate\nmetadata: {name: t}\nspec: {agent: {labels: {sidecar.istio.io/inject: "false"}}}\n',
        "agents/demo/hello.yaml": `${HELLO}  template: {ref: t}\n`,
      },
      [`templates/t.yaml:4:25 /spec/agent/labels/sidecar.istio.io~1inject: label ${ISTIO}`],
    ],
    [
      "in a tenant's labels and annotations, which its namespace carries",
      {
        "tenants/demo.yaml": tenant(
          ", labels: {istio-injection: disabled, team: x}, annotations: {scheduler.alpha.kubernetes.io/node-selector: a}",
        ),
      },
      [
        "agents/demo/hello.yaml:3:36 /metadata/namespace: tenant demo has Problems of its own; fix tenants/demo.yaml first",
        "tenants/demo.yaml:3:33 /metadata/labels/istio-injection: label istio-injection is set or read by Istio; remove it, or add istio-injection to spec.namespaceLabels in raos.yaml",
        "tenants/demo.yaml:3:84 /metadata/annotations/scheduler.alpha.kubernetes.io~1node-selector: annotation scheduler.alpha.kubernetes.io/node-selector is set or read by Kubernetes; remove it, or add scheduler.alpha.kubernetes.io/node-selector to spec.namespaceLabels in raos.yaml",
      ],
    ],
    [
      "but not what raos.yaml lets tenant files set on their namespace",
      {
        "raos.yaml": raos("{namespaceLabels: [istio-injection, scheduler.alpha.kubernetes.io/]}"),
        "tenants/demo.yaml": tenant(
          ", labels: {istio-injection: enabled}, annotations: {scheduler.alpha.kubernetes.io/node-selector: a}",
        ),
      },
      [],
    ],
    [
      "which agents may not set for all that",
      {
        "raos.yaml": raos("{namespaceLabels: [sidecar.istio.io/]}"),
        "agents/demo/hello.yaml": `${HELLO}  labels: {sidecar.istio.io/inject: "false"}\n`,
      },
      [`agents/demo/hello.yaml:9:12 /spec/labels/sidecar.istio.io~1inject: label ${ISTIO}`],
    ],
    [
      "and what raos.yaml reserves",
      {
        "raos.yaml": raos("{reservedLabels: [acme.example/]}"),
        "agents/demo/hello.yaml": `${HELLO}  labels: {x.acme.example/tier: gold}\n`,
      },
      [
        "agents/demo/hello.yaml:9:12 /spec/labels/x.acme.example~1tier: label x.acme.example/tier is set or read by raos.yaml (spec.reservedLabels), so a spec may not set it; remove it, or choose another name",
      ],
    ],
    [
      "as is a pattern that is none",
      { "raos.yaml": raos("{reservedLabels: ['*.istio.io/x']}") },
      [
        "raos.yaml:3:25 /spec/reservedLabels/0: \"*.istio.io/x\" is not a label's name nor a domain with its '/', such as example.com/team or example.com/",
      ],
    ],
  ])("%s", (_name, files, expected) => expect(problems(files)).toEqual(expected));
});
