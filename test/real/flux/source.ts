import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { promisify } from "node:util";
import { closeServer, listenOnLoopback } from "../../servers/listen.ts";
import type { ApiServer } from "../kubernetes/apiserver.ts";

const PATH = "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories/flux-system";

const GIT = { spec: { interval: "10m", url: "https://example.com/fleet.git" } };

/** What source-controller would say of a repository, and the archive that it would serve. */
export interface FluxSource {
  /** Makes a commit of the bare repository the one that Flux has fetched. */
  fetched(repository: string, commit: string): Promise<void>;
  stop(): Promise<void>;
}

/** A GitRepository `flux-system` without a source-controller: the test says which commit it holds. */
export async function startSource(server: ApiServer): Promise<FluxSource> {
  const archives = new Map<string, Buffer>();
  const http = createServer((request, response) => {
    const archive = archives.get(request.url ?? "");
    response.writeHead(archive === undefined ? 404 : 200).end(archive);
  });
  const url = await listenOnLoopback(http);
  const objections = await server.apply({
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name: "flux-system", namespace: "flux-system" },
    ...GIT,
  });
  if (objections.length > 0) throw new Error(objections.join("\n"));
  return {
    async fetched(repository, commit) {
      const args = ["--git-dir", repository, "archive", "--format=tar.gz", commit];
      const { stdout } = await promisify(execFile)("git", args, { encoding: "buffer", maxBuffer: 64 << 20 });
      const path = `/${commit}.tar.gz`;
      archives.set(path, stdout);
      const now = new Date().toISOString().replace(/\.\d+/, "");
      const artifact = {
        path: path.slice(1),
        url: `${url}${path}`,
        revision: `main@sha1:${commit}`,
        digest: `sha256:${createHash("sha256").update(stdout).digest("hex")}`,
        size: stdout.length,
        lastUpdateTime: now,
      };
      const condition = { type: "Ready", status: "True", reason: "Succeeded", message: "", lastTransitionTime: now };
      const text = JSON.stringify({ status: { artifact, observedGeneration: 1, conditions: [condition] } });
      const answer = await server.client.send("PATCH", `${PATH}/status`, {
        type: "application/merge-patch+json",
        text,
      });
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    },
    stop: () => closeServer(http),
  };
}
