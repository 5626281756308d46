import { issueUserToken } from "../../servers/github/model/sign-in.ts";
import type { TestGitHub } from "../../servers/github/server.ts";

/** An answer; `text` is the part that arrived, `broken` says that the connection ended too early. */
export interface ClientAnswer {
  readonly status: number;
  readonly headers: Headers | undefined;
  readonly text: string;
  readonly broken: boolean;
  /** The body, where it is JSON. */
  readonly body: unknown;
}

export interface Person {
  readonly token: string;
  rest(method: string, path: string, body?: unknown): Promise<ClientAnswer>;
  graphql(query: string, variables?: Readonly<Record<string, unknown>>): Promise<ClientAnswer>;
}

/** Requests by hand, as somebody with this token, or as the person `login`. A path without a host is one of `acme/fleet`. */
export function githubClient(github: TestGitHub, login: string, token = issueUserToken(github.world, login)): Person {
  const ask = async (method: string, path: string, body: unknown): Promise<ClientAnswer> => {
    try {
      const response = await fetch(`${github.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(1500),
      });
      let text = "";
      let broken = false;
      const decoder = new TextDecoder();
      const parts = response.body?.getReader();
      for (let done = parts === undefined; !done && !broken; ) {
        const read = await parts?.read().catch(() => undefined);
        if (read === undefined) broken = true;
        else if (read.done) done = true;
        else text += decoder.decode(read.value, { stream: true });
      }
      return { status: response.status, headers: response.headers, text, broken, body: parsed(text) };
    } catch {
      return { status: 0, headers: undefined, text: "", broken: true, body: undefined };
    }
  };
  return {
    token,
    rest: (method, path, body) => ask(method, path.startsWith("/repos/") ? path : `/repos/acme/fleet${path}`, body),
    graphql: (query, variables = {}) => ask("POST", "/graphql", { query, variables }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
