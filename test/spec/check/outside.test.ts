import { describe, expect, test } from "vitest";
import { scalingMode } from "../../../src/compile/sections/scaling.ts";
import { agentValues } from "../../../src/compile/sections.ts";
import { reachOf } from "../../../src/domain/reach/reach.ts";
import { deployments } from "../../support/specs/deployments.ts";
import { problemsOf } from "./problems-of.ts";

const { agents, fleet } = deployments();

function values(key: string): unknown {
  const agent = agents.get(key);
  const effective = agent?.environments.get("production");
  if (agent === undefined || effective === undefined) throw new Error(`no agent ${key}`);
  return agentValues(agent, effective, scalingMode(effective.spec), fleet);
}

function reach(key: string) {
  const spec = agents.get(key)?.environments.get("production")?.spec;
  return spec === undefined ? [] : reachOf(spec, "search", fleet);
}

describe("what agents reach outside", () => {
  test("pods with labels of another namespace, which guardrails see", () => {
    expect(values("search/helm-expert")).toMatchObject({
      networking: {
        egress: expect.arrayContaining([
          {
            namespace: "kagent",
            podLabels: { "app.kubernetes.io/name": "kagent-querydoc" },
            port: 8080,
            for: "documents of kagent",
          },
        ]),
      },
    });
    expect(reach("search/helm-expert")).toContainEqual(
      expect.objectContaining({ kind: "namespace", namespace: "kagent", port: 8080, opens: true, own: false }),
    );
  });

  test("a model of a region, and the service that gives its tokens", () => {
    const hosts = reach("search/bedrock").map(({ host }) => host);
    expect(hosts).toEqual(["bedrock-runtime.eu-central-1.amazonaws.com", "sts.amazonaws.com"]);
  });

  test.each<[string, readonly string[]]>([
    [
      "networking: {egress: [{port: 443}]}",
      ["networking/egress/0: write either cidr, or namespace, podLabels or both"],
    ],
    [
      "networking: {egress: [{cidr: 10.0.0.0/8, namespace: data}]}",
      ["networking/egress/0: write either cidr, or namespace, podLabels or both"],
    ],
    ["networking: {egress: [{podLabels: {app: cache}, port: 6379}]}", []],
    [
      "tools: [{mcp: {name: a, sse: {url: 'https://a.example.com', headers: [{name: A}]}}}]",
      ["tools/0/mcp/sse/headers/0: header A needs exactly one of value, secretKeyRef and serviceAccountToken"],
    ],
    [
      "tools: [{mcp: {name: a, sse: {url: 'https://a.example.com', headers: [{name: A, value: b}, {name: a, value: c}]}}}]",
      ["tools/0/mcp/sse/headers/1/name: a second header a; name each only once"],
    ],
  ])("%s", (spec, said) => expect(problemsOf(spec)).toEqual(said));

  test("a token written out as a header is a secret", () => {
    const header = `{name: Authorization, value: Bearer ${"aB3dE6gH9jK2mN5pQ8sT1vW4".repeat(2)}}`;
    expect(problemsOf(`tools: [{mcp: {name: a, sse: {url: "https://a.example.com", headers: [${header}]}}}]`)).toEqual([
      expect.stringContaining("tools/0/mcp/sse/headers/0/value: looks like"),
    ]);
  });
});

describe("hosts and stores that the tenant's file has to name", () => {
  const host = (way: string, more = "") => `networking: {${more}hosts: [{host: a.shop.example.com, ${way}}]}`;
  const INGRESS = "ingress: [{namespace: ingress-nginx}], ";
  test.each<[string, string, readonly string[]]>([
    [host("ingress: {}", INGRESS), 'hosts: ["*.shop.example.com"]', []],
    [host("httpRoute: {parentRefs: [{name: public}]}", INGRESS), "hosts: [a.shop.example.com]", []],
    [
      host("ingress: {}", INGRESS),
      'hosts: ["*.other.example.com"]',
      [
        "networking/hosts/0/host: the tenant does not have this host; the platform team may add a.shop.example.com to spec.hosts in tenants/demo.yaml",
      ],
    ],
    [
      host("ingress: {}, httpRoute: {parentRefs: [{name: public}]}", INGRESS),
      "hosts: [a.shop.example.com]",
      ["networking/hosts/0: write exactly one of ingress and httpRoute"],
    ],
    [
      host("ingress: {}"),
      "hosts: [a.shop.example.com]",
      [
        "networking/hosts: the network policy is closed to what serves the host; add its namespace to networking.ingress, such as {namespace: ingress-nginx}",
      ],
    ],
  ])("%s with %s", (spec, tenant, said) => expect(problemsOf(spec, tenant)).toEqual(said));

  test("a store", () => {
    const data = "data: [{secretKey: k, remoteRef: {key: a/b}}]";
    const spec = `runtime: {image: "ghcr.io/acme/hello:1.0.0", externalSecrets: [{name: s, secretStoreRef: {kind: ClusterSecretStore, name: vault}, ${data}}]}`;
    expect(problemsOf(spec)).toEqual([
      "runtime/externalSecrets/0/secretStoreRef: the tenant may not read from this store; the platform team may add {kind: ClusterSecretStore, name: vault} to spec.secretStores in tenants/demo.yaml",
    ]);
    expect(problemsOf(spec, "secretStores: [{kind: ClusterSecretStore, name: vault}]")).toEqual([]);
  });
});
