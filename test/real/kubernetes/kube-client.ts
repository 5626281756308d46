import { Agent, request } from "node:https";

/** An object of Kubernetes, as far as it takes to say where it belongs. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

export interface KubeAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** How a resource is addressed: the plural of its path, and whether it lives in a namespace. */
export interface KubeResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Sends requests to one API server over TLS, with a bearer token. */
export interface KubeClient {
  send(method: string, path: string, body?: { readonly type: string; readonly text: string }): Promise<KubeAnswer>;
  close(): void;
}

/** A client that trusts only `certificate`. Its `send` throws where nothing answers, never on a status. */
export function kubeClient(port: number, token: string, certificate: string): KubeClient {
  const agent = new Agent({ keepAlive: true, ca: certificate });
  return {
    close: () => agent.destroy(),
    send: (method, path, body) =>
      new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${token}`, ...(body ? { "content-type": body.type } : {}) };
        const call = request({ agent, host: "127.0.0.1", port, method, path, headers, timeout: 30_000 }, (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (part: string) => {
            text += part;
          });
          answer.on("error", reject);
          answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: parsed(text) }));
        });
        call.on("timeout", () => call.destroy(new Error(`${method} ${path}: no answer in 30 s`)));
        call.on("error", reject);
        call.end(body?.text);
      }),
  };
}

/** The text of a refusal: the server's own words where it gave any. */
export function refusal({ status, body }: KubeAnswer): string {
  return body instanceof Object && "message" in body ? String(body.message) : `${status}: ${JSON.stringify(body)}`;
}

/** The resources that a group and version serve, out of the server's discovery document. */
export function resourcesOf({ body }: KubeAnswer): readonly KubeResource[] {
  if (!(body instanceof Object && "resources" in body && Array.isArray(body.resources))) return [];
  return body.resources.filter(isResource).filter((resource) => !resource.name.includes("/"));
}

/** The path that a group and version are served under. */
export function pathOf(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

export function isKubeObject(value: unknown): value is KubeObject {
  if (!(value instanceof Object && "apiVersion" in value && "kind" in value && "metadata" in value)) return false;
  return value.metadata instanceof Object && "name" in value.metadata;
}

function isResource(value: unknown): value is KubeResource {
  return value instanceof Object && "name" in value && "kind" in value && "namespaced" in value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
