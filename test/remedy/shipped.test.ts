import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parser } from "@prometheus-io/lezer-promql";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { shippedPolicies } from "../../src/cli/open-world.ts";
import { loadPolicies } from "../../src/load-policies.ts";
import { fillQuery } from "../../src/remedy/fill-query.ts";
import { remedyFor } from "../../src/remedy/incidents.ts";
import type { CompiledRemedy } from "../../src/remedy/read-remedies.ts";
import { alertOf } from "./alert-of.ts";

const RULES = resolve(import.meta.dirname, "../../charts/agent/files/alerts.yaml");
const Rule = z.object({
  alert: z.string().optional(),
  record: z.string().optional(),
  expr: z.string(),
  labels: z.record(z.string(), z.string()).default({}),
});
const rules = Object.values(z.record(z.string(), z.array(Rule)).parse(parse(readFileSync(RULES, "utf8")))).flat();

/** Alerts that others raise, and who: with labels by which they are told apart. */
const OTHERS: Readonly<
  Record<string, readonly (readonly [source: string, labels: Readonly<Record<string, string>>])[]>
> = {
  CPUThrottlingHigh: [["kubernetes-mixin", { container: "agent" }]],
  KubeContainerWaiting: [
    ["kubernetes-mixin", { reason: "ImagePullBackOff" }],
    ["kubernetes-mixin", { reason: "CreateContainerConfigError" }],
  ],
  KubeDeploymentReplicasMismatch: [["kubernetes-mixin", { deployment: "triage" }]],
  KubeHpaMaxedOut: [
    ["kubernetes-mixin", { horizontalpodautoscaler: "triage" }],
    ["kubernetes-mixin, of KEDA", { horizontalpodautoscaler: "keda-hpa-triage" }],
  ],
  KubePersistentVolumeFillingUp: [["kubernetes-mixin", { severity: "critical" }]],
  KubePersistentVolumeInodesFillingUp: [["kubernetes-mixin", { severity: "warning" }]],
  KubePodCrashLooping: [["kubernetes-mixin", { container: "agent" }]],
  KubePodNotReady: [["kubernetes-mixin", {}]],
  KubeQuotaAlmostFull: [["kubernetes-mixin", { resource: "pods" }]],
  KubeQuotaExceeded: [["kubernetes-mixin", { resource: "pods" }]],
  KubeQuotaFullyUsed: [["kubernetes-mixin", { resource: "pods" }]],
  KubeStatefulSetReplicasMismatch: [["kubernetes-mixin", { statefulset: "triage" }]],
  CertManagerCertExpirySoon: [["cert-manager-mixin", { name: "triage" }]],
  CertManagerCertNotReady: [["cert-manager-mixin", { name: "triage" }]],
  // No mixin has these; many installations do, on metrics of kube-state-metrics and of the Kafka exporter.
  KafkaConsumerGroupLag: [["common among those who run kafka-exporter", { consumergroup: "support.triage" }]],
  KubeContainerOOMKilled: [["common among those who run kube-state-metrics", { container: "agent" }]],
  KubePodEvicted: [["common among those who run kube-state-metrics", { node: "node-3" }]],
};

let remedies: readonly CompiledRemedy[];
beforeAll(async () => {
  remedies = loadPolicies(await shippedPolicies(), []).remedies;
});

/** Names of the remedies that answer an alert, each tried by itself. */
function answers(alertname: string, labels: Readonly<Record<string, string>>): readonly string[] {
  const alert = alertOf({ alertname, ...labels });
  return remedies.filter((remedy) => remedyFor(alert, [remedy]) !== undefined).map(({ name }) => name);
}

describe("alerts and remedies", () => {
  const own = new Set(rules.flatMap(({ alert }) => (alert === undefined ? [] : [alert])));

  test("every alert that a remedy names is raised by the chart or by somebody known, and none of those is forgotten", () => {
    const named = new Set(remedies.flatMap(({ alerts }) => alerts));
    expect([...named].sort()).toEqual([...new Set([...own, ...Object.keys(OTHERS)])].sort());
  });

  test("every alert that the chart raises is answered by exactly one", () => {
    const raised = rules.flatMap(({ alert, labels }) => (alert === undefined ? [] : [{ alert, labels }]));
    expect(raised.length).toBeGreaterThan(20);
    expect(raised.filter(({ alert, labels }) => answers(alert, labels).length !== 1)).toEqual([]);
  });

  test("so is every alert of others", () => {
    const told = Object.entries(OTHERS).flatMap(([name, kinds]) =>
      kinds.map(([, labels]) => [name, ...answers(name, labels)].join(" ")),
    );
    expect(told.filter((line) => line.split(" ").length !== 2)).toEqual([]);
    expect(told).toContain("KubeHpaMaxedOut hpa-at-max");
    expect(told).toContain("KubeHpaMaxedOut keda-at-max");
    expect(told).toContain("KubeContainerWaiting image-pull");
    expect(told).toContain("KubeContainerWaiting secret-missing");
  });

  test("what waits for another reason is nobody's", () => {
    expect(answers("KubeContainerWaiting", { reason: "ContainerCreating" })).toEqual([]);
    expect(answers("KubeContainerWaiting", {})).toEqual([]);
  });
});

describe("what a remedy looks at", () => {
  const agent = { name: "triage", namespace: "support-agents", tenant: "support", environment: "production" };

  function filled(query: string, labels: Readonly<Record<string, string>>): string {
    const text = fillQuery(query, { agent, labels }, "promql");
    return typeof text === "string" ? text : text.problem;
  }

  /** The metrics a PromQL text reads; "ERROR" where it is none. */
  function metricsOf(query: string): readonly string[] {
    const found: string[] = [];
    parser.parse(query).iterate({
      enter(node) {
        if (node.type.isError) found.push("ERROR");
        if (node.name !== "VectorSelector") return;
        const selector = query.slice(node.from, node.to);
        found.push(/__name__="([^"]+)"/.exec(selector)?.[1] ?? /^[A-Za-z_:][\w:]*/.exec(selector)?.[0] ?? "");
      },
    });
    return found;
  }

  const queriesOf = (remedy: CompiledRemedy) => [
    ...remedy.evidence.flatMap((one) => (one.kind === "promql" ? [one.query] : [])),
    ...(remedy.verify === undefined ? [] : [remedy.verify.promql]),
  ];

  test("is PromQL, about one agent's namespace or the agent itself", () => {
    for (const remedy of remedies) {
      for (const query of queriesOf(remedy)) {
        const text = filled(query, { window: "1h" });
        expect([remedy.name, text, metricsOf(text)]).toEqual([
          remedy.name,
          text,
          expect.not.arrayContaining(["ERROR", ""]),
        ]);
        for (const selector of text.match(/\{[^{}]*\}/g)?.filter((part) => part.includes("=")) ?? [])
          expect([remedy.name, selector]).toEqual([
            remedy.name,
            expect.stringMatching(
              /namespace="support-agents"|raos_agent="triage",raos_tenant="support",raos_environment="production"/,
            ),
          ]);
      }
    }
  });

  test("is no other agent's pods, though their names begin alike", () => {
    const patterns = remedies.flatMap(
      (remedy) =>
        [...remedy.evidence.flatMap((one) => ("query" in one ? [one.query] : []))].join(" ").match(/pod=~"[^"]*"/g) ??
        [],
    );
    expect(patterns.length).toBeGreaterThan(30);
    for (const pattern of new Set(patterns)) {
      const pods = new RegExp(`^(?:${filled(pattern, {}).slice(6, -1)})$`);
      const told = [
        "triage-7d9f8c6b5-x2x4z",
        "triage-0",
        "triage-12",
        "triage-b-7d9f8c6b5-x2x4z",
        "triage-b-0",
        "xtriage-0",
      ].filter((pod) => pods.test(pod));
      expect(told).toEqual(["triage-7d9f8c6b5-x2x4z", "triage-0", "triage-12"]);
    }
  });

  test("holds what the alert of the chart was raised on, so that the picture shows what fired", () => {
    const blind = rules.flatMap(({ alert, expr, labels }) => {
      if (alert === undefined) return [];
      const remedy = remedies.find((one) => one.alerts.includes(alert));
      const seen = new Set(
        remedy?.evidence.flatMap((one) => (one.kind === "promql" ? metricsOf(filled(one.query, labels)) : [])),
      );
      const read = expr.match(/\b(?:container|kube|dapr|gen_ai|mcp)_\w+(?=\{)|raos_agent:[\w:]+/g) ?? [];
      const calls = expr.includes("AGENT_LATENCY_BUCKETS") ? ["dapr_http_client_roundtrip_latency_bucket"] : [];
      return [...read, ...calls].some((metric) => seen.has(metric)) ? [] : [alert];
    });
    expect(blind).toEqual([]);
  });

  test("says where the line is drawn, wherever the alert is about a number", () => {
    const without = remedies.filter(
      (remedy) => !remedy.evidence.some((one) => one.kind === "promql" && one.threshold !== undefined),
    );
    expect(without.map(({ name }) => name)).toEqual([]);
  });
});
