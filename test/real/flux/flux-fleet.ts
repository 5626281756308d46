import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";
import { fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";
import { startApiServer } from "../kubernetes/apiserver.ts";
import type { KubeObject } from "../kubernetes/kube-client.ts";
import { startKustomizeController } from "./kustomize-controller.ts";
import { startSource } from "./source.ts";

const KUSTOMIZATIONS = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations";

/** An object as a list shows it. */
export interface Listed extends KubeObject {
  readonly metadata: KubeObject["metadata"] & { readonly generation?: number };
  readonly spec?: {
    readonly chart?: { readonly spec: { readonly chart: string } };
    readonly valuesFrom?: readonly { readonly name: string }[];
  };
}

/** A fleet, an API server, and a Flux that fetches what it is told. */
export async function startFlux() {
  const place = fleetClone(null);
  const server = await startApiServer();
  onTestFinished(server.stop);
  const source = await startSource(server);
  onTestFinished(source.stop);
  const controller = await startKustomizeController(server);
  onTestFinished(controller.stop);
  const head = () => place.git("ls-remote", "origin", "main").split("\t")[0] ?? "";

  async function cli(...args: readonly string[]): Promise<string> {
    const ran = await raos(place.clone, [...args, "--repo", place.bare]);
    expect(ran.err).toBe("");
    return ran.out;
  }

  async function list(path: string): Promise<readonly Listed[]> {
    const { body } = await server.client.send("GET", path);
    return body instanceof Object && "items" in body && Array.isArray(body.items) ? body.items : [];
  }

  /** Flux fetches a commit; returns what a Kustomization of its, RAOS' root, then says of itself. */
  async function fetch(commit: string, ready: "True" | "False", name = "raos"): Promise<string> {
    await source.fetched(place.bare, commit);
    for (let tries = 0; tries < 600; tries += 1) {
      const { body } = await server.client.send("GET", `${KUSTOMIZATIONS}/${name}`);
      const { conditions = [], lastAppliedRevision = "" }: KustomizationStatus =
        body instanceof Object && "status" in body && body.status instanceof Object ? body.status : {};
      const condition = conditions.find(({ type }) => type === "Ready");
      const isOfCommit = ready === "False" || lastAppliedRevision.endsWith(commit);
      if (condition?.status === ready && isOfCommit) return condition.message;
      await sleep(100);
    }
    throw new Error(controller.log().slice(-3000));
  }

  return {
    place,
    server,
    head,
    list,
    fetch,
    names: async (path: string) => (await list(path)).map(nameOf).toSorted(),
    /** Commits, and merges everything that RAOS proposes; returns the pull requests' texts. */
    async merge(files: Readonly<Record<string, string | undefined>>): Promise<string> {
      place.commit(files);
      await cli("reconcile");
      const pulls: readonly { readonly number: number; readonly body: string }[] = JSON.parse(
        await cli("pr", "list", "--output", "json"),
      );
      for (const { number } of pulls) await cli("pr", "merge", String(number));
      return pulls.map((pull) => pull.body).join("\n");
    },
  };
}

/** The part of a Kustomization's status that says whether a commit is applied. */
interface KustomizationStatus {
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
  readonly lastAppliedRevision?: string;
}

/** The name of an object. */
export function nameOf({ metadata }: Listed): string {
  return metadata.name;
}
