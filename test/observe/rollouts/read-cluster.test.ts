import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { readCluster } from "../../../src/observe/kube/rollouts/read-cluster.ts";
import { json, type Loopback, startLoopback } from "../../servers/loopback.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { argocdApplication, deployment, gitRepository, helmRelease, kustomization } from "./objects.ts";

let running: Loopback | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

type Answer = Parameters<typeof startLoopback>[0];

async function read(delivery: "flux" | "argocd", answer: Answer) {
  running = await startLoopback(answer);
  const file = join(temporaryFolder(), "config");
  const config = {
    ...{ apiVersion: "v1", kind: "Config", "current-context": "x" },
    clusters: [{ name: "c", cluster: { server: running.url, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: { token: "t" } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
  };
  writeFileSync(file, JSON.stringify(config));
  const scope = { environment: "production", delivery, namespace: delivery === "flux" ? "flux-system" : "argocd" };
  return readCluster({ env: { KUBECONFIG: file } }, scope, undefined);
}

const list = (items: readonly object[], next?: string) => ({
  metadata: next === undefined ? {} : { continue: next },
  items,
});
const status = (code: number) => ({ kind: "Status", code, message: "sk-secret of the server" });
const facts = (reading: Awaited<ReturnType<typeof readCluster>>) =>
  reading.kind === "read" ? reading.facts : undefined;
const requests = () => (running?.asked ?? []).map(({ method, url }) => `${method} ${decodeURIComponent(url)}`);
const SELECTOR = "labelSelector=app.kubernetes.io/part-of=raos,raos.dev/environment=production";

test("one list for each kind, of Flux first, and nothing else", async () => {
  const reading = await read("flux", (to, { url = "" }) => {
    const [items = []] = [
      url.includes("gitrepositories") && [gitRepository],
      url.includes("kustomizations") && [kustomization],
      url.includes("helmreleases") && [helmRelease],
      url.includes("deployments") && [deployment()],
    ].filter((one) => one !== false);
    json(to, list(items));
  });
  expect(facts(reading)).toMatchObject({
    applications: { kind: "absent" },
    kustomizations: { kind: "listed", items: [{ name: "flux-system/raos" }] },
  });
  const found = facts(reading);
  const keys = [found?.sources, found?.releases, found?.workloads].map(
    (one) => one?.kind === "listed" && [...one.items.keys()],
  );
  expect(keys).toEqual([["flux-system/fleet"], ["acme.triage"], ["acme/triage"]]);
  const [sources, kustomizations, releases, ...workloads] = requests();
  expect([sources, kustomizations, releases]).toEqual([
    "GET /apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories?limit=500",
    "GET /apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations?limit=500",
    "GET /apis/helm.toolkit.fluxcd.io/v2/namespaces/flux-system/helmreleases?limit=500",
  ]);
  expect(workloads.toSorted()).toEqual([
    `GET /apis/apps/v1/deployments?${SELECTOR}&limit=500`,
    `GET /apis/apps/v1/statefulsets?${SELECTOR}&limit=500`,
    `GET /apis/batch/v1/cronjobs?${SELECTOR}&limit=500`,
    `GET /apis/batch/v1/jobs?${SELECTOR}&limit=500`,
  ]);
});

test("of Argo CD only Applications, page by page; a list that has expired begins again", async () => {
  let expired = 1;
  const reading = await read("argocd", (to, { url = "" }) => {
    if (!url.includes("applications")) return json(to, list([]));
    if (url.includes("continue=b") && expired-- > 0) return json(to, status(410), 410);
    const page = /continue=(\w)/.exec(url)?.[1] ?? "a";
    const name = `production.acme.${page}`;
    return json(
      to,
      list([{ ...argocdApplication, metadata: { name, namespace: "argocd" } }], { a: "b", b: "c" }[page]),
    );
  });
  const applications = facts(reading)?.applications;
  expect(applications?.kind === "listed" && [...applications.items.keys()]).toEqual(
    ["a", "b", "c"].map((page) => `production.acme.${page}`),
  );
  const pages = requests().filter((url) => url.includes("applications"));
  expect(pages.map((url) => /continue=(\w)/.exec(url)?.[1] ?? "-")).toEqual(["-", "b", "-", "b", "c"]);
});

test("what a cluster does not have is absent, and what is forbidden says what to do", async () => {
  const reading = await read("flux", (to, { url = "" }) => {
    if (url.includes("gitrepositories")) return json(to, status(404), 404);
    return url.includes("helmreleases") ? json(to, status(403), 403) : json(to, list([]));
  });
  expect(facts(reading)).toMatchObject({
    sources: { kind: "absent" },
    releases: {
      kind: "unreadable",
      words:
        "the API server forbids to list helmreleases.helm.toolkit.fluxcd.io in the namespace flux-system; give this account the right to list them",
    },
    workloads: { kind: "listed" },
  });
});

test.each<[string, Answer, string]>([
  [
    "refuses the credentials",
    (to) => json(to, status(401), 401),
    "the API server does not accept the credentials of the kubeconfig (401)",
  ],
  [
    "fails",
    (to) => json(to, status(500), 500),
    "the API server answered 500 (list of gitrepositories.source.toolkit.fluxcd.io)",
  ],
  [
    "answers something else",
    (to) => json(to, ["x"]),
    "the API server answered in another shape to a list of gitrepositories.source.toolkit.fluxcd.io",
  ],
  [
    "is gone",
    (to) => to.destroy(),
    "there is no connection to the API server (list of gitrepositories.source.toolkit.fluxcd.io)",
  ],
])("a server that %s is unreadable, and what it says is not repeated", async (_what, answer, words) => {
  expect(await read("flux", answer)).toEqual({ kind: "unreadable", words });
});

test("a context that the kubeconfig does not have is not read from another", async () => {
  const file = join(temporaryFolder(), "config");
  writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "Config", clusters: [], users: [], contexts: [] }));
  const scope = { environment: "production", delivery: "flux", namespace: "flux-system" } as const;
  expect(await readCluster({ env: { KUBECONFIG: file }, context: "gone" }, scope, undefined)).toEqual({
    kind: "unreadable",
    words: "raos.yaml names a context in kubernetes.context that the kubeconfig does not have",
  });
});

test("pods are asked for where some are not available, of some agents and not of all", async () => {
  const names = Array.from({ length: 100 }, (_, index) => `agent-${index}`);
  const waiting = { reason: "ImagePullBackOff", message: "Back-off pulling image" };
  const reading = await read("flux", (to, { url = "" }) => {
    if (url.includes("/pods"))
      return json(
        to,
        list([{ metadata: { name: "p" }, status: { containerStatuses: [{ name: "agent", state: { waiting } }] } }]),
      );
    return json(to, list(url.includes("deployments") ? names.map((name, index) => deployment(name, index % 2)) : []));
  });
  const pods = requests().filter((url) => url.includes("/pods"));
  expect(pods.length).toBe(40);
  expect(pods[0]).toBe("GET /api/v1/namespaces/acme/pods?labelSelector=app.kubernetes.io/instance=agent-0&limit=20");
  const workloads = facts(reading)?.workloads;
  const [first] = (workloads?.kind === "listed" ? workloads.items.get("acme/agent-0") : undefined) ?? [];
  expect(first?.trouble?.text).toBe("pod p: container agent waits: ImagePullBackOff: Back-off pulling image");
});

test.each([
  [
    "that runs and is not ready",
    { ready: false, state: { running: {} } },
    "pod p: container agent runs, and is not ready",
  ],
  ["that is ready", { ready: true, state: { running: {} } }, undefined],
  ["that is being created", { ready: false, state: { waiting: { reason: "ContainerCreating" } } }, undefined],
])("of a container %s is said that it is not ready, or nothing", async (_, container, words) => {
  const status = { containerStatuses: [{ name: "agent", ...container }] };
  const reading = await read("flux", (to, { url = "" }) => {
    if (url.includes("/pods")) return json(to, list([{ metadata: { name: "p" }, status }]));
    return json(to, list(url.includes("deployments") ? [deployment("triage", 0)] : []));
  });
  const workloads = facts(reading)?.workloads;
  const [first] = (workloads?.kind === "listed" ? workloads.items.get("acme/triage") : undefined) ?? [];
  expect(first?.trouble?.text).toBe(words);
});
