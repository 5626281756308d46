import { dirname, join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import type { FleetClone } from "../../support/cli/fleet-clone.ts";
import { helmTemplate } from "../helm/helm.ts";
import { isKubeObject, type KubeObject } from "../kubernetes/kube-client.ts";
import type { Cluster } from "./cluster.ts";
import { deploymentHealth } from "./deployment-health.ts";

/** What a test does in Argo CD's place: the objects, the rendered charts and the pods are real, the controller is not. */
export interface PlayedArgocd {
  /** Deploys what the clone has checked out: projects, tenants, and each Application's chart with its values. */
  sync(): Promise<void>;
  /** Writes each Application's status anew, with the health that its Deployment has now. */
  refresh(): Promise<void>;
}

/** The part of an Application that says what is deployed where. */
interface Application extends KubeObject {
  readonly spec: {
    readonly destination: { readonly namespace: string };
    readonly sources: readonly { readonly path?: string; readonly helm?: { readonly releaseName: string } }[];
  };
}

/** Plays Argo CD for an environment: `helm template` and server-side apply, and the fields of a status that its controller writes. */
export function playArgocd(cluster: Cluster, place: FleetClone, environment: string): PlayedArgocd {
  let synced: { readonly commit: string; readonly at: string } | undefined;
  const filesNamed = (name: string) =>
    place
      .git("ls-files", `deploy/${environment}`)
      .split("\n")
      .filter((path) => path.endsWith(`/${name}`));

  async function apply(objects: readonly KubeObject[]): Promise<void> {
    for (const object of objects) {
      const objections = await cluster.apply(object);
      if (objections.length > 0) throw new Error(`${object.kind} ${object.metadata.name}: ${objections.join("\n")}`);
    }
  }

  async function refresh(): Promise<void> {
    if (synced === undefined) return;
    const { commit, at } = synced;
    for (const path of filesNamed("application.yaml")) {
      const application: Application = parse(place.read(path));
      const { sources, destination } = application.spec;
      const name = sources[0]?.helm?.releaseName ?? "";
      const { body } = await cluster.client.send(
        "GET",
        `/apis/apps/v1/namespaces/${destination.namespace}/deployments/${name}`,
      );
      const revisions = sources.map(() => commit);
      const result = { revision: "", revisions, sources };
      const status = {
        sync: { status: "Synced", revisions, comparedTo: { destination, sources } },
        health: { status: deploymentHealth(body), lastTransitionTime: at },
        operationState: {
          ...{ phase: "Succeeded", startedAt: at, finishedAt: at, message: "successfully synced (all tasks run)" },
          ...{ operation: { sync: { revisions } }, syncResult: result },
        },
      };
      // Applications have no status of their own path: Argo CD writes it with the object.
      await apply([Object.assign({}, application, { status })]);
    }
  }

  return {
    refresh,
    async sync() {
      for (const path of [...filesNamed("project.yaml"), ...filesNamed("tenant.yaml")])
        await apply(documentsOf(place.read(path)));
      for (const path of filesNamed("application.yaml")) {
        const { spec }: Application = parse(place.read(path));
        const { namespace } = spec.destination;
        const { path: chart = "", helm } = spec.sources[0] ?? {};
        const values = place.read(join(dirname(path), "values.yaml"));
        const release = helm?.releaseName ?? "";
        const text = await helmTemplate({ chart: join(place.clone, chart), release, namespace, values });
        await apply(documentsOf(text).map((object) => inNamespace(object, namespace)));
      }
      synced = {
        commit: place.git("rev-parse", "HEAD").trim(),
        at: new Date().toISOString().replace(/\.\d+/, ""),
      };
      await refresh();
    },
  };
}

function documentsOf(text: string): readonly KubeObject[] {
  return parseAllDocuments(text)
    .map((document): unknown => document.toJS())
    .filter(isKubeObject);
}

/** What Helm and Argo CD do with an object that names no namespace. */
function inNamespace(object: KubeObject, namespace: string): KubeObject {
  return { ...object, metadata: { namespace, ...object.metadata } };
}
