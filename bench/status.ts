import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { readCluster } from "../src/observe/kube/rollouts/read-cluster.ts";
import { judgeRollout } from "../src/rollout/judge-rollout.ts";
import { milliseconds, paired, type Row, times } from "./ratio.ts";

const AGENTS = 10_000;
const ENVIRONMENTS = ["staging", "production-eu", "production-us"];
const ROUNDS = 3;
const PAGE = 500;
const PATHS = [
  "source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories",
  "kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations",
  "helm.toolkit.fluxcd.io/v2/namespaces/flux-system/helmreleases",
  ...["apps/v1/deployments", "apps/v1/statefulsets", "batch/v1/cronjobs", "batch/v1/jobs"],
];

/** What one look at the clusters of 10,000 agents in three environments costs, beside the bare requests for the same lists. */
export async function status(): Promise<readonly Row[]> {
  const server = new Worker(new URL("./cluster-server.ts", import.meta.url), { workerData: { agents: AGENTS } });
  const [{ address }] = await once(server, "message");
  const url = `http://127.0.0.1:${address.port}`;
  const folder = await mkdtemp(join(tmpdir(), "raos-bench-"));
  try {
    const kubeconfig = await writeKubeconfig(folder, url);
    let most = 0;
    const sample = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 20);
    const before = process.memoryUsage().rss;
    const pair = await paired(
      ROUNDS,
      () => readBare(url),
      () => readAll(kubeconfig),
    );
    clearInterval(sample);
    await countRequests(server);
    await readBare(url);
    const bare = await countRequests(server);
    await readAll(kubeconfig);
    const own = await countRequests(server);
    return [
      {
        what: `status of ${AGENTS.toLocaleString("en")} agents in ${ENVIRONMENTS.length} environments, settled`,
        floor: `the same lists requested and parsed: ${milliseconds(pair.floor)}`,
        measured: `${times(pair.ratio)} (${milliseconds(pair.ours)})`,
        reach: "≤ 1.5 ×",
      },
      { what: "requests of it", floor: `${bare}`, measured: `${own}`, reach: "the same" },
      {
        what: "memory of both, above what the process had",
        ...{ floor: "–", measured: `${Math.round((most - before) / 2 ** 20)} MB`, reach: "reported" },
      },
    ];
  } finally {
    await server.terminate();
    await rm(folder, { recursive: true });
  }
}

async function countRequests(server: Worker): Promise<number> {
  server.postMessage("count");
  const [{ requests }] = await once(server, "message");
  return requests;
}

/** Every list of every environment, one page after the other, and the environments at the same time. */
async function readBare(url: string): Promise<void> {
  await Promise.all(
    ENVIRONMENTS.map(async () => {
      for (const path of PATHS) {
        let next = "";
        do {
          const answer = await fetch(`${url}/apis/${path}?limit=${PAGE}&continue=${next === "" ? 0 : next}`);
          const { metadata }: { readonly metadata: { readonly continue?: string } } = JSON.parse(await answer.text());
          next = metadata.continue ?? "";
        } while (next !== "");
      }
    }),
  );
}

/** What `raos status` does with the clusters. Throws where an agent is not found to run. */
async function readAll(kubeconfig: string): Promise<void> {
  await Promise.all(
    ENVIRONMENTS.map(async (environment) => {
      const scope = { environment, delivery: "flux", namespace: "flux-system" } as const;
      const cluster = await readCluster({ env: { KUBECONFIG: kubeconfig } }, scope, undefined);
      for (let index = 0; index < AGENTS; index += 1) {
        const { phase, reason } = judgeRollout(
          {
            ...{ agent: `acme/agent-${index}`, environment, namespace: "acme", isJob: false },
            wanted: { digest: "0123456789", commit: "0".repeat(40), at: 0 },
            delivery: { kind: "flux", release: `acme.agent-${index}`, folder: `deploy/x/acme/agent-${index}` },
            contains: () => undefined,
          },
          cluster,
        );
        if (phase !== "running") throw new Error(`agent-${index} is ${phase}: ${reason}`);
      }
    }),
  );
}

async function writeKubeconfig(folder: string, server: string): Promise<string> {
  const file = join(folder, "config");
  const config = {
    ...{ apiVersion: "v1", kind: "Config", "current-context": "x" },
    clusters: [{ name: "c", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: { token: "t" } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}
