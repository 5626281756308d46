import { passSignal } from "../../../deadline/deadline.ts";
import type { Gate } from "../../../deadline/gate.ts";
import { sameOriginFetch } from "../../same-origin-fetch.ts";

/** Where a Gitea is, and with what it is asked. */
export interface GiteaAccess {
  /** Its address without a slash at its end, such as `https://git.example` or `https://example.com/gitea`. */
  readonly url: string;
  readonly token: string;
  /** Milliseconds until a request without an answer counts as lost. */
  readonly timeout: number;
  /** How many requests run at the same time. */
  readonly gate: Gate;
  /** Sends each request. */
  readonly fetch: typeof fetch;
}

export interface GiteaRequest {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Below `/api/v1`, with its query. */
  readonly path: string;
  readonly body?: unknown;
}

/** What a server answered, whatever it means. */
export interface GiteaAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body; undefined where it is larger than is read. */
  readonly text: string | undefined;
}

/** Most bytes of an answer: a page of fifty pull requests with the longest bodies has some ten million. */
const LARGEST = 32 * 1024 * 1024;

/**
 * Sends one request, with the token, to the server that it is for alone: a redirect to another host is an error. Throws what
 * `fetch` throws where there is no answer.
 */
export async function sendToGitea(access: GiteaAccess, request: GiteaRequest): Promise<GiteaAnswer> {
  return access.gate(async () => {
    const pass = passSignal();
    const signal = AbortSignal.any([AbortSignal.timeout(access.timeout), ...(pass === undefined ? [] : [pass])]);
    const { method, path, body } = request;
    const init = {
      method,
      signal,
      headers: {
        accept: "application/json",
        authorization: `token ${access.token}`,
        "user-agent": "raos",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const response = await sameOriginFetch(`${access.url}/api/v1${path}`, init, access.fetch);
    return { status: response.status, headers: response.headers, text: await readText(response) };
  });
}

/** The body as text; undefined where it is larger than the limit. */
async function readText({ body }: Response): Promise<string | undefined> {
  if (body === null) return "";
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > LARGEST) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
