import { execFileSync } from "node:child_process";
import { basename, dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { serveGit } from "../../servers/git-http.ts";
import { writeKubeconfigs } from "../kubernetes/kubeconfig.ts";
import { temporaryFolder } from "../process/loopback.ts";
import type { Cluster } from "./cluster.ts";
import { deployFrom } from "./deploy-from.ts";
import { startFluxCluster } from "./flux.ts";

const USAGE = `npm run cluster -- REPOSITORY [--environment NAME]… [--timeout 20s]

Starts a Kubernetes without containers for an environment of REPOSITORY (a folder or a bare repository as \`raos init\` makes
it; left out: its first environment), with all of Flux, which deploys what REPOSITORY's default branch has, until Ctrl-C. Pods
become ready at once, but for those with an image tagged "broken" or a readiness probe at /broken. --timeout: how long Helm waits
for pods; left out: 5m. Needs \`npm run tools\`.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    environment: { type: "string", multiple: true },
    timeout: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const [repository] = positionals;
if (values.help || repository === undefined) console.log(USAGE);
else await main(resolve(repository));

async function main(root: string): Promise<void> {
  const clusters: Record<string, Cluster> = {};
  const place = await temporaryFolder();
  // From the first moment on: what was started ends with this process.
  const stop = async () => {
    await Promise.all([...Object.values(clusters).map((cluster) => cluster.stop()), place.remove()]);
    process.exit(0);
  };
  process.once("SIGINT", () => void stop());
  process.once("SIGTERM", () => void stop());
  const git = (...args: readonly string[]) => execFileSync("git", ["-C", root, ...args], { encoding: "utf8" }).trim();
  const environments = values.environment ?? [firstEnvironment(git("show", "HEAD:raos.yaml"))];
  const branch = git("symbolic-ref", "--short", "HEAD");
  const folder = git("rev-parse", "--absolute-git-dir");
  const host = await serveGit(dirname(folder));
  for (const environment of environments) {
    const files = git("ls-tree", "--name-only", "HEAD", `clusters/${environment}/`).split("\n");
    const manifests = files.filter((file) => file !== "").map((file) => git("show", `HEAD:${file}`));
    const cluster = await startFluxCluster();
    clusters[environment] = cluster;
    const { timeout } = values;
    await deployFrom(cluster, { url: `${host.url}/${basename(folder)}`, branch, manifests, timeout });
  }
  console.log(guide(root, environments, clusters, await writeKubeconfigs(place.path, clusters)));
}

function firstEnvironment(text: string): string {
  const { spec }: { readonly spec: { readonly environments: readonly { readonly name: string }[] } } = parse(text);
  return spec.environments[0]?.name ?? "";
}

function guide(
  root: string,
  environments: readonly string[],
  clusters: Readonly<Record<string, Cluster>>,
  kubeconfig: string,
): string {
  const addresses = Object.entries(clusters).map(
    ([environment, { url, token }]) =>
      `   curl -sk -H "Authorization: Bearer ${token}" ${url}/api/v1/pods   # ${environment}`,
  );
  return `Flux deploys ${environments.join(", ")} of ${root}, until Ctrl-C. Nothing runs in the pods.

1. Tell RAOS where the clusters are, in a second terminal; the context of each environment has its name:
   export KUBECONFIG=${kubeconfig}
   # raos.yaml: environments: [${environments.map((name) => `{name: ${name}, kubernetes: {context: ${name}}}`).join(", ")}]

2. Open, read and merge what RAOS proposes; within seconds it runs:
   npx raos reconcile --repo ${root}
   npx raos pr list --repo ${root}
   npx raos pr merge --repo ${root} NUMBER
   npx raos status --repo ${root}

3. Break it: set runtime.image of an agent to "example.com/any:broken", commit, then reconcile and merge as before. Once the
   roll-out has failed, the next reconcile opens the pull request that takes it back:
   npx raos reconcile --repo ${root}
   npx raos pr show --repo ${root} NUMBER

4. See what the cluster has; every kubectl and Flux command works, too:
${addresses.join("\n")}`;
}
