import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ObjectsRequest } from "../../../src/observe/evidence-reader.ts";
import { readCluster } from "../../../src/observe/kube/rollouts/read-cluster.ts";
import { readerOf } from "../../../src/observe/kubernetes.ts";
import { describeReal } from "../../real/component.ts";
import { helmInstallDryRun, helmTemplate } from "../../real/helm/helm.ts";
import { type ApiServer, apiServerTools, startApiServer } from "../../real/kubernetes/apiserver.ts";
import { kubeClient } from "../../real/kubernetes/kube-client.ts";
import { writeKubeconfig } from "../../real/kubernetes/kubeconfig.ts";
import { json, startLoopback } from "../../servers/loopback.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { waitUntil } from "../../support/wait.ts";
import { type Manifest, manifests } from "../fixture-renders.ts";
import { NAMESPACE, objectsOf, podOf, RAOS_CHART, renderBot, valueSets } from "./value-sets.ts";

vi.setConfig({ testTimeout: 120_000 });

/** Everything that the bot asks an API server for; the compiler holds that none is left out. */
const ASKS = Object.keys({
  ...{ pods: true, events: true, workload: true, quota: true, autoscaler: true },
} satisfies Record<ObjectsRequest["what"], true>);

/** The class that a set of values names. */
const PRIORITY = {
  apiVersion: "scheduling.k8s.io/v1",
  kind: "PriorityClass",
  metadata: { name: "platform" },
  value: 1000,
};

const request = (what: string, namespace: string): ObjectsRequest => {
  const asked = (["pods", "events", "workload", "quota", "autoscaler"] as const).find((one) => one === what);
  if (asked === undefined) throw new Error(`${what} is not asked for`);
  return { kind: "kubernetes", name: what, what: asked, namespace, agent: "triage" };
};

describeReal([...apiServerTools, "helm"], "kube-apiserver on the bot's chart", () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer();
    for (const namespace of [NAMESPACE, "support-agents", "finance", "other"])
      await server.apply(namespaceOf(namespace));
    await server.apply(PRIORITY);
  });
  afterAll(() => server?.stop());

  test.each(Object.keys(valueSets))("strictly accepts every object: %s", async (set) => {
    expect(await server.applyYaml(await renderBot(valueSets[set] ?? ""), { dryRun: true })).toEqual([]);
  });

  test("an object with a field that nobody knows would be refused", async () => {
    const text = (await renderBot("")).replace("terminationGracePeriodSeconds:", "terminationGraceSeconds:");
    expect((await server.applyYaml(text, { dryRun: true })).join()).toMatch(/terminationGraceSeconds/);
  });

  test.each(Object.keys(valueSets))("`helm install --dry-run=server` goes through: %s", async (set) => {
    const kubeconfig = await writeKubeconfig(temporaryFolder(), server);
    const values = valueSets[set] ?? "";
    const opinion = await helmInstallDryRun({
      chart: RAOS_CHART,
      values,
      release: "raos",
      namespace: NAMESPACE,
      kubeconfig,
    });
    expect(opinion.ok ? "" : opinion.output).toBe("");
    expect(opinion.output).toContain("raos doctor");
  });

  describe("a namespace that enforces Pod Security's restricted profile", () => {
    test.each(Object.keys(valueSets))("admits the pod: %s", async (set) => {
      await server.apply(namespaceOf("strict", { "pod-security.kubernetes.io/enforce": "restricted" }));
      const pod = podOf(await objectsOf(set));
      const own = { ...pod, metadata: { ...pod.metadata, namespace: "strict" } };
      expect(await server.apply(own, { dryRun: true })).toEqual([]);
    });

    test("does not admit it without what the chart sets", async () => {
      const pod = podOf(await objectsOf("defaults"));
      const { securityContext: _, ...spec } = pod.spec;
      const own = { ...pod, metadata: { ...pod.metadata, namespace: "strict" }, spec };
      expect((await server.apply(own, { dryRun: true })).join()).toMatch(/violates PodSecurity "restricted/);
    });
  });

  describe("the bot's account reads what the bot asks for, and nothing else", () => {
    test.each([
      ["namespace, those that are named", "namespaces", "raos", ["support-agents", "finance"], ["other", NAMESPACE]],
      ["cluster, all", "cluster", "raos", ["support-agents", "other"], []],
    ] as const)("%s", async (_, set, account, open, closed) => {
      const release = `${account}-${set}`;
      const values = valueSets[set] ?? "";
      const text = await helmTemplate({ chart: RAOS_CHART, values, release, namespace: NAMESPACE });
      const wanted = manifests(text).filter(({ kind }) => /Role|ServiceAccount/.test(kind));
      for (const object of wanted) expect(await server.apply(object)).toEqual([]);
      const token = await tokenOf(server, release);
      const reader = readerOf(kubeconfigOf(server, token));
      const reasons = async (namespace: string) => {
        const found = await Promise.all(ASKS.map((what) => reader.read(request(what, namespace), "e1", 10_000)));
        return found.map((one) => (one.kind === "missing" ? one.reason : one.kind));
      };
      for (const namespace of open)
        await waitUntil(async () => (await reasons(namespace)).every((reason) => reason === "empty"));
      for (const namespace of closed) expect(await reasons(namespace)).toEqual(ASKS.map(() => "refused"));
      const client = kubeClient(Number(new URL(server.url).port), token, server.certificate);
      try {
        for (const namespace of open)
          for (const [verb, group, resource] of FORBIDDEN)
            expect(await mayI(client, { verb, group, resource, namespace }), `${verb} ${resource}`).toBe(false);
      } finally {
        client.close();
      }
    });
  });
});

describeReal(["helm"], "the rules of the bot's roles", () => {
  test.each(["namespaces", "cluster"])("are the requests that the code makes, each, and no more: %s", async (set) => {
    const roles = (await objectsOf(set)).filter(({ kind }) => kind === "Role" || kind === "ClusterRole");
    expect(roles.length).toBe(set === "cluster" ? 1 : 2);
    const asked = await requestsOfTheCode(set === "cluster");
    for (const { rules } of roles) expect(permissionsIn(rules)).toEqual(asked);
  });

  test.each(["defaults", "token", "everything"])("there is none where the cluster is not read: %s", async (set) => {
    expect((await objectsOf(set)).map(({ kind }) => kind).filter((kind) => kind.includes("Role"))).toEqual([]);
  });
});

/** Verb, API group and resource. */
const FORBIDDEN = [
  ...["get", "list", "watch"].map((verb) => [verb, "", "secrets"] as const),
  ...["get", "list", "watch"].map((verb) => [verb, "", "configmaps"] as const),
  ...["watch", "create", "update", "patch", "delete"].map((verb) => [verb, "", "pods"] as const),
  ["create", "", "pods/exec"] as const,
  ["get", "", "pods/log"] as const,
  ["create", "", "serviceaccounts/token"] as const,
  ...["patch", "update", "delete"].map((verb) => [verb, "apps", "deployments"] as const),
  ["list", "rbac.authorization.k8s.io", "roles"] as const,
];

/** What the readers of Kubernetes ask a server for: `verb group resource`, sorted; `isWhole`: also what is listed of no tenant. */
async function requestsOfTheCode(isWhole: boolean): Promise<readonly string[]> {
  const loopback = await startLoopback((to) => json(to, { kind: "List", apiVersion: "v1", metadata: {}, items: [] }));
  try {
    const config = new KubeConfig();
    config.loadFromOptions({
      clusters: [{ name: "c", server: loopback.url, skipTLSVerify: true }],
      users: [{ name: "u", token: "t" }],
      contexts: [{ name: "x", cluster: "c", user: "u" }],
      currentContext: "x",
    });
    for (const what of ASKS) await readerOf(config).read(request(what, "support"), "e1", 5000);
    const KUBECONFIG = join(temporaryFolder(), "config");
    writeFileSync(KUBECONFIG, config.exportConfig());
    for (const delivery of isWhole ? (["flux", "argocd"] as const) : [])
      await readCluster(
        { env: { KUBECONFIG } },
        { environment: "production", delivery, namespace: "support" },
        undefined,
      );
    const found = loopback.asked.map(({ method, url }) => {
      const [, group = "", resource = ""] =
        /^\/(?:api|apis\/([^/]+))\/v\w+(?:\/namespaces\/support)?\/([a-z]+)(?:\?|$)/.exec(url) ?? [];
      return `${method === "GET" ? "list" : method} ${group} ${resource}`;
    });
    return [...new Set(found)].sort();
  } finally {
    await loopback.stop();
  }
}

function permissionsIn(rules: readonly Manifest[]): readonly string[] {
  return rules
    .flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group: string) =>
        resources.flatMap((resource: string) => verbs.map((verb: string) => `${verb} ${group} ${resource}`)),
      ),
    )
    .sort();
}

function namespaceOf(name: string, labels: Readonly<Record<string, string>> = {}) {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

function kubeconfigOf({ url, certificate }: ApiServer, token: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: "c", server: url, caData: Buffer.from(certificate).toString("base64") }],
    users: [{ name: "u", token }],
    contexts: [{ name: "x", cluster: "c", user: "u" }],
    currentContext: "x",
  });
  return config;
}

/** A token of a service account, as the kubelet would get it for the pod. */
async function tokenOf({ client }: ApiServer, account: string): Promise<string> {
  const path = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${account}/token`;
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 600 } };
  const answer = await client.send("POST", path, { type: "application/json", text: JSON.stringify(body) });
  if (answer.body instanceof Object && "status" in answer.body) {
    const { status } = answer.body;
    if (status instanceof Object && "token" in status) return String(status.token);
  }
  throw new Error(`no token: ${JSON.stringify(answer)}`);
}

async function mayI(client: ApiServer["client"], resourceAttributes: object): Promise<boolean> {
  const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  const body = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", spec: { resourceAttributes } };
  const answer = await client.send("POST", path, { type: "application/json", text: JSON.stringify(body) });
  if (!(answer.body instanceof Object && "status" in answer.body && answer.body.status instanceof Object))
    throw new Error(`no answer: ${JSON.stringify(answer)}`);
  return "allowed" in answer.body.status && answer.body.status.allowed === true;
}
