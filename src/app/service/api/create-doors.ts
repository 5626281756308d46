import { readFile } from "node:fs/promises";
import type { Registry } from "prom-client";
import { resolveHost } from "../../../a2a/push/send-push.ts";
import { type CardSigner, createCardSigner } from "../../../a2a/sign-card.ts";
import type { ApiRepositories } from "../../../api/context.ts";
import { TOOLS } from "../../../api/tools.ts";
import { proxyFor } from "../../../domain/network/proxies.ts";
import type { Warn } from "../../../domain/warn.ts";
import type { ApiDoor } from "../../../http/api/door.ts";
import { createGitHubPeople } from "../../../identity/github-people.ts";
import type { Proofs } from "../../../identity/identify.ts";
import { createKeySource } from "../../../identity/key-source.ts";
import { API_SCOPES } from "../../../identity/scopes.ts";
import { createMcp } from "../../../mcp/mcp-handler.ts";
import { type Shell, UsageError } from "../../shell.ts";
import { githubHosts } from "../../world/forges/github-hosts.ts";
import { outboundFetch, proxiesIn } from "../../world/outbound-fetch.ts";
import { A2A_PATH, type A2ADoors, createA2ADoors } from "./a2a-doors.ts";
import { addressOfRequest, metadataPath, refuseHost } from "./admission.ts";
import { createApiMetrics } from "./api-metrics.ts";
import type { ApiSettings } from "./api-settings.ts";
import { createMcpDoor, MCP_PATH } from "./mcp-door.ts";

/** What the doors need of the service. */
export interface DoorsOptions {
  readonly repositories: ApiRepositories;
  readonly warn: Warn;
  readonly version: string;
  readonly registry: Registry;
}

/** The APIs of the service: MCP, A2A, and what they say of themselves. Throws UsageError where the key of the card is none. */
export async function createDoors(
  shell: Shell,
  settings: ApiSettings,
  { repositories, warn, version, registry }: DoorsOptions,
): Promise<A2ADoors> {
  const signer = await cardSigner(settings.cardKeyFile);
  const gate = { proofs: proofsOf(shell, settings), repositories, url: settings.url, path: MCP_PATH };
  const metrics = createApiMetrics(registry);
  const tools = metrics.watched(TOOLS);
  const mcp = createMcp({ version, tools, repositories, warn });
  const metadata = metadataDoor(settings.url, MCP_PATH);
  const proxies = proxiesIn(shell.env);
  const isProxied = (url: string) => proxyFor(url, proxies) !== undefined;
  const a2a = createA2ADoors({
    ...{ version, gate: { ...gate, path: A2A_PATH }, warn, signer, tools },
    pushed: metrics.pushed,
    pushRules: { hosts: settings.pushHosts, resolve: resolveHost, isProxied },
    stopping: shell.signal,
  });
  const doors = [createMcpDoor(gate, tools, mcp), metadata, ...a2a.doors, metadataDoor(settings.url, A2A_PATH)];
  return { doors, passEnded: a2a.passEnded };
}

function proofsOf(shell: Shell, { tokens, issuers, isForGitHubPeople }: ApiSettings): Proofs {
  const send = outboundFetch(shell.env);
  const api = githubHosts(shell.env)[0]?.api ?? "";
  return {
    tokens,
    issuers: issuers.map((issuer) => ({ ...issuer, find: createKeySource(issuer, send) })),
    people: isForGitHubPeople ? createGitHubPeople({ api, send, now: shell.now }) : undefined,
    now: shell.now,
  };
}

async function cardSigner(file: string | undefined): Promise<CardSigner | undefined> {
  if (file === undefined) return undefined;
  try {
    return await createCardSigner(await readFile(file, "utf8"));
  } catch {
    throw new UsageError(`CARD_KEY_FILE: ${file} holds no private key in PEM: EC on P-256, Ed25519, or RSA`);
  }
}

/** RFC 9728: what a client has to know of the credentials of an API. Anybody may read it. */
function metadataDoor(url: URL | undefined, path: string): ApiDoor {
  const name = metadataPath(path);
  return {
    name,
    serves: (asked) => asked === name,
    async admit(request) {
      const refused = refuseHost(request, url);
      if (refused !== undefined) return { kind: "answer", response: refused };
      const isRead = request.method === "GET" || request.method === "HEAD";
      const document = {
        resource: `${addressOfRequest(request, url)}${path}`,
        resource_name: "RAOS",
        bearer_methods_supported: ["header"],
        scopes_supported: API_SCOPES,
      };
      const response = isRead ? Response.json(document) : new Response("method not allowed\n", { status: 405 });
      return { kind: "answer", response };
    },
  };
}
