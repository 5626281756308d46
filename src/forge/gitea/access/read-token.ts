import * as z from "zod";
import { createGate } from "../../../deadline/gate.ts";
import { ForgeError } from "../../forge.ts";
import { createGiteaClient, type GiteaClient } from "../client/client.ts";
import { GiteaUser } from "../context.ts";

/** A scope of a token that RAOS uses, and what does not work without it. */
export interface GiteaScope {
  readonly name: string;
  readonly without: string;
  /** Whether RAOS cannot do its work without it. */
  readonly isEssential: boolean;
}

/** A webhook of a repository, as its administrators see it. */
export interface GiteaHook {
  readonly url: string;
  readonly isActive: boolean;
  readonly isJson: boolean;
  readonly events: readonly string[];
}

/** A client that asks once, for `raos doctor`. */
export function createAskingClient(url: string, token: string, send: typeof fetch): GiteaClient {
  const options = { url, token, fetch: send, timeout: 10_000, gate: createGate(4), retryBase: 200, patience: 0 };
  return createGiteaClient({ ...options, warn: () => {} });
}

/** The login of the token's account. Throws ForgeError: "unauthorized", or "forbidden" without the scope *read:user*. */
export async function readGiteaLogin(client: GiteaClient): Promise<string> {
  const user = await client.get("ask whose token it is", "/user", GiteaUser);
  if (user === undefined) throw new ForgeError("not-found", "what answers there has no API of Gitea");
  return user.login;
}

/** A repository that nobody can have: Gitea allows no two dots in a row. */
const NOWHERE = "/repos/raos..doctor/nothing";

interface Probe extends GiteaScope {
  readonly method: "GET" | "POST";
  readonly path: string;
}

/** Gitea checks a token's scope before it looks for what a request names, so that requests for nothing tell which scopes there are. */
const PROBES: readonly Probe[] = [
  {
    ...{ name: "write:repository", method: "POST", path: `${NOWHERE}/pulls`, isEssential: true },
    without: "RAOS cannot open pull requests",
  },
  {
    ...{ name: "write:issue", method: "POST", path: `${NOWHERE}/issues`, isEssential: false },
    without: "RAOS opens no issue, sets no label and answers no comment",
  },
  {
    ...{ name: "read:organization", method: "GET", path: "/orgs/raos..doctor/labels", isEssential: false },
    without: "labels and teams of an organisation are not used",
  },
];

/** The scopes that the token lacks, by how Gitea refuses requests for what is not there. Nothing is changed. Throws ForgeError. */
export async function missingGiteaScopes(client: GiteaClient): Promise<readonly GiteaScope[]> {
  const lacks = await Promise.all(PROBES.map((probe) => isRefused(client, probe)));
  return PROBES.filter((_, index) => lacks[index]);
}

async function isRefused(client: GiteaClient, { name, method, path }: Probe): Promise<boolean> {
  const doing = `ask for the scope ${name}`;
  const isScope = (error: unknown) => error instanceof ForgeError && /scope/i.test(error.message);
  if (method === "POST") {
    const written = await client.write(doing, { method, path, body: {} }, z.unknown());
    return written.kind === "refused" && written.status === 403 && isScope(written.error);
  }
  return client.get(doing, path, z.unknown()).then(
    () => false,
    (error: unknown) => {
      if (error instanceof ForgeError && error.code === "forbidden") return isScope(error);
      throw error;
    },
  );
}

const Hooks = z.array(
  z.object({
    active: z.boolean(),
    config: z.object({ url: z.string().max(4096), content_type: z.string().optional() }),
    events: z.array(z.string().max(100)).max(100).nullable(),
  }),
);

/** The webhooks of a repository; undefined where the account may not see them: only its administrators may. Throws ForgeError. */
export async function readGiteaHooks(
  client: GiteaClient,
  repository: string,
): Promise<readonly GiteaHook[] | undefined> {
  try {
    const hooks = await client.get("read the webhooks", `/repos/${repository}/hooks?limit=50`, Hooks);
    return hooks?.map(({ active, config, events }) => {
      return { url: config.url, isActive: active, isJson: config.content_type === "json", events: events ?? [] };
    });
  } catch (error) {
    if (error instanceof ForgeError && error.code === "forbidden") return undefined;
    throw error;
  }
}

const Facts = z.object({
  archived: z.boolean(),
  empty: z.boolean(),
  has_pull_requests: z.boolean(),
  permissions: z.object({ admin: z.boolean(), push: z.boolean() }),
});
export type GiteaRepositoryAccess = z.infer<typeof Facts>;

/** What the token may do in a repository, and whether anything can be proposed in it; undefined where it sees none. Throws ForgeError. */
export function readGiteaAccess(client: GiteaClient, repository: string): Promise<GiteaRepositoryAccess | undefined> {
  return client.get("read the repository", `/repos/${repository}`, Facts);
}
