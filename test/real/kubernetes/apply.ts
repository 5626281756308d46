import { parseAllDocuments } from "yaml";
import {
  isKubeObject,
  type KubeClient,
  type KubeObject,
  type KubeResource,
  pathOf,
  refusal,
  resourcesOf,
} from "./kube-client.ts";

interface ApplyOptions {
  /** A dry run: nothing is stored, except that a missing namespace is created. */
  readonly dryRun?: boolean;
}

/** Server-side apply with strict field validation. */
export interface Apply {
  /** Returns what the server objects to, nothing where it accepts. The object's namespace is made where it is missing. */
  apply(object: KubeObject, options?: ApplyOptions): Promise<readonly string[]>;
  /** Applies every document of a YAML text, in order; an objection begins with the kind and name it is about. */
  applyYaml(text: string, options?: ApplyOptions): Promise<readonly string[]>;
}

/** Applies over `client`. Its functions throw only where the server does not answer. */
export function serverSideApply(client: KubeClient): Apply {
  const namespaces = new Set<string>();
  const served = new Map<string, readonly KubeResource[]>();

  async function resourceOf({ apiVersion, kind }: KubeObject): Promise<KubeResource | undefined> {
    const known = served.get(apiVersion)?.find((resource) => resource.kind === kind);
    if (known !== undefined) return known;
    const resources = resourcesOf(await client.send("GET", pathOf(apiVersion)));
    served.set(apiVersion, resources);
    return resources.find((resource) => resource.kind === kind);
  }

  async function ensureNamespace(name: string): Promise<void> {
    if (namespaces.has(name)) return;
    const text = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    const answer = await client.send("POST", "/api/v1/namespaces", { type: "application/json", text });
    if (answer.status !== 201 && answer.status !== 409) throw new Error(`namespace ${name}: ${refusal(answer)}`);
    namespaces.add(name);
  }

  const apply: Apply["apply"] = async (object, { dryRun = false } = {}) => {
    const resource = await resourceOf(object);
    if (resource === undefined) return [`the server knows no ${object.kind} in ${object.apiVersion}`];
    const { name, namespace = "default" } = object.metadata;
    if (resource.namespaced) await ensureNamespace(namespace);
    const scope = resource.namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : "";
    const query = `fieldManager=raos&force=true&fieldValidation=Strict${dryRun ? "&dryRun=All" : ""}`;
    const path = `${pathOf(object.apiVersion)}${scope}/${resource.name}/${encodeURIComponent(name)}?${query}`;
    const body = { type: "application/apply-patch+yaml", text: JSON.stringify(object) };
    const answer = await client.send("PATCH", path, body);
    return answer.status === 200 || answer.status === 201 ? [] : [refusal(answer)];
  };

  const applyYaml: Apply["applyYaml"] = async (text, options) => {
    const objections: string[] = [];
    for (const document of parseAllDocuments(text)) {
      const object: unknown = document.errors.length > 0 ? document.errors[0]?.message : document.toJS();
      if (object === null) continue;
      if (!isKubeObject(object)) {
        objections.push(`no object of Kubernetes: ${JSON.stringify(object).slice(0, 200)}`);
        continue;
      }
      const found = await apply(object, options);
      objections.push(...found.map((objection) => `${object.kind} ${object.metadata.name}: ${objection}`));
    }
    return objections;
  };
  return { apply, applyYaml };
}
