import { afterAll, beforeAll, expect, it } from "vitest";
import { describeReal } from "../component.ts";
import { type ApiServer, apiServerTools, startApiServer } from "./apiserver.ts";

describeReal(apiServerTools, "a Kubernetes API", () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer();
  });
  afterAll(() => server?.stop());

  it("accepts a ConfigMap into a namespace that was not there", async () => {
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "new" }, data: { k: "v" } };
    expect(await server.apply(object)).toEqual([]);
    const { body } = await server.client.send("GET", "/api/v1/namespaces/new/configmaps/a");
    expect(body).toMatchObject({ data: { k: "v" } });
  });

  it("leaves no trace of a dry run", async () => {
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "dry", namespace: "new" } };
    expect(await server.apply(object, { dryRun: true })).toEqual([]);
    expect(await server.client.send("GET", "/api/v1/namespaces/new/configmaps/dry")).toMatchObject({ status: 404 });
  });

  it("accepts a HelmRelease of Flux and refuses one with a field that Flux does not know", async () => {
    expect(await server.applyYaml(helmRelease("interval: 10m"))).toEqual([]);
    expect(await server.applyYaml(helmRelease("interval: 10m, intervall: 5m"))).toEqual([
      expect.stringMatching(/^HelmRelease a: .*\.spec\.intervall: field not declared in schema/),
    ]);
  });

  it("refuses a Deployment with an unknown field", async () => {
    const pod = "{metadata: {labels: {app: a}}, spec: {containers: [{name: a, image: a, imagePolicy: Always}]}}";
    const spec = `{selector: {matchLabels: {app: a}}, template: ${pod}}`;
    expect(
      await server.applyYaml(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: ${spec}}`),
    ).toEqual([expect.stringMatching(/^Deployment a: .*\.imagePolicy: field not declared in schema/)]);
  });

  it("knows the kinds of every operator", async () => {
    const subscription = `
apiVersion: dapr.io/v2alpha1
kind: Subscription
metadata: {name: a}
spec: {pubsubname: p, topic: t, routes: {default: /t}}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: a}
spec: {scaleTargetRef: {name: a}, triggers: [{type: cpu, metadata: {value: "70"}}]}
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: a}
spec: {groups: [{name: a, rules: [{alert: A, expr: up == 0}]}]}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: a}
spec: {project: default, destination: {namespace: a}, source: {repoURL: "https://example.com/r.git", path: a}}
`;
    expect(await server.applyYaml(subscription)).toEqual([]);
    expect(await server.applyYaml("{apiVersion: dapr.io/v1, kind: Subscription, metadata: {name: a}}")).toEqual([
      "Subscription a: the server knows no Subscription in dapr.io/v1",
    ]);
  });
});

function helmRelease(spec: string): string {
  const chart = "chartRef: {kind: OCIRepository, name: agent}";
  return `{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: a}, spec: {${chart}, ${spec}}}`;
}
