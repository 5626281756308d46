import { type Shell, UsageError } from "../../app/shell.ts";
import { notificationObjects } from "../../compile/index.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import { repositoryName } from "../../domain/rollout/event-repository.ts";
import type { Path } from "../../domain/values/scalars.ts";
import { withoutTrailing } from "../../domain/values/trim.ts";
import { gitEnvironment } from "../../git/git-place.ts";
import { runBareGit } from "../../git/run-git.ts";
import { ROLLOUTS_PATH } from "../../http/rollouts/receive-rollout.ts";

/**
 * What `raos init --notify <address>` writes: for each environment the objects with which Flux tells RAOS there about roll-outs. They
 * name the repository where its remote `origin` does. Throws UsageError where the address is none, or where Argo CD deploys.
 */
export async function notificationFiles(
  { env }: Shell,
  root: string,
  config: Config,
  address: string,
): Promise<ReadonlyMap<Path, string>> {
  if (config.spec.delivery !== "flux")
    throw new UsageError("--notify writes objects of Flux; for Argo CD see docs/after-the-merge.md, “Told at once”");
  return notificationObjects(config, { address: routeAt(address), repository: await originOf(env, root) });
}

/** The address of the route on a RAOS that is served at an address. */
function routeAt(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isPlain = url?.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (url === undefined || !/^https?:$/.test(url.protocol) || !isPlain || address.length > 1000)
    throw new UsageError("--notify needs the address at which RAOS is served, such as https://raos.acme.example");
  const base = withoutTrailing(`${url.origin}${url.pathname}`, "/");
  return base.endsWith(ROLLOUTS_PATH) ? base : `${base}${ROLLOUTS_PATH}`;
}

/** `owner/name` of the remote `origin`. A credential in its address is not part of that. */
async function originOf(env: Shell["env"], root: string): Promise<string | undefined> {
  const found = await runBareGit(gitEnvironment(env, "none", { "safe.directory": "*" }), root, [
    "config",
    "--get",
    "remote.origin.url",
  ]).catch(() => undefined);
  const address = found?.stdout.toString("utf8").trim() ?? "";
  const isRemote = /^(https?|ssh):\/\//.test(address) || /^[^/@]+@[^/:]+:/.test(address);
  return isRemote ? repositoryName(address) : undefined;
}
