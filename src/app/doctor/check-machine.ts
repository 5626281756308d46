import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { versions } from "node:process";
import { gitEnvironment } from "../../git/git-place.ts";
import { assertGitVersion } from "../../git/open-folder.ts";
import type { Shell } from "../shell.ts";
import { cacheFolder } from "../world/cache-folder.ts";
import { proxiesIn } from "../world/outbound-fetch.ts";
import type { Check, Finding } from "./finding.ts";

/** What RAOS needs of the machine: Node, Git, a folder for its cache, and the proxies that it will use. */
export function machineChecks(shell: Shell): readonly Check[] {
  return [
    { name: "node", find: async () => [nodeFinding()] },
    { name: "git", find: async () => [await gitFinding(shell)] },
    { name: "cache", find: async () => [await cacheFinding(shell)] },
    { name: "proxies", find: async () => [proxiesFinding(shell)] },
  ];
}

function nodeFinding(): Finding {
  const [major = "0"] = versions.node.split(".");
  if (Number(major) >= 24) return { check: "node", status: "ok", message: versions.node };
  return { check: "node", status: "failed", message: `${versions.node} is too old`, fix: "install Node 24 or newer" };
}

async function gitFinding({ env }: Shell): Promise<Finding> {
  try {
    const said = await assertGitVersion(gitEnvironment(env, "none", {}), tmpdir());
    return { check: "git", status: "ok", message: said.replace(/^git version /, "") };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { check: "git", status: "failed", message, fix: "install Git 2.38 or newer, and have it on PATH" };
  }
}

async function cacheFinding(shell: Shell): Promise<Finding> {
  const folder = cacheFolder(shell);
  try {
    await mkdir(folder, { recursive: true });
    const probe = join(folder, `doctor-${randomUUID()}`);
    await writeFile(probe, "", { flag: "wx" });
    await rm(probe);
    return { check: "cache", status: "ok", message: `${folder} can be written` };
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    return {
      check: "cache",
      status: "failed",
      message: `${folder} cannot be written${typeof code === "string" ? ` (${code})` : ""}`,
      fix: "set RAOS_CACHE to a folder that this user can write; in a cluster, to one on a volume",
    };
  }
}

function proxiesFinding({ env }: Shell): Finding {
  const { http, https, except } = proxiesIn(env);
  if (http === undefined && https === undefined)
    return {
      check: "proxies",
      status: "off",
      message: "every address is reached without a proxy",
      fix: "set HTTPS_PROXY, HTTP_PROXY and NO_PROXY if there is one",
    };
  const said = Object.entries({ https, http }).flatMap(([scheme, address]) =>
    address === undefined ? [] : [`${scheme} through ${new URL(address).host}`],
  );
  const rest = except.length === 0 ? "" : `; without one: ${except.slice(0, 20).join(", ")}`;
  return { check: "proxies", status: "ok", message: `${said.join(", ")}${rest}` };
}
