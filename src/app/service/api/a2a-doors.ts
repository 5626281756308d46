import { AgentCard } from "@a2a-js/sdk";
import { type A2ARequestHandler, ServerCallContext } from "@a2a-js/sdk/server";
import { agentCardOf } from "../../../a2a/agent-card.ts";
import { createKeptTasks } from "../../../a2a/kept-tasks.ts";
import type { PushOutcome } from "../../../a2a/push/deliver.ts";
import { createPushNotifications } from "../../../a2a/push/push-notifications.ts";
import type { PushRules } from "../../../a2a/push/read-push-config.ts";
import { createRequestHandler } from "../../../a2a/request-handler.ts";
import type { CardSigner } from "../../../a2a/sign-card.ts";
import { createStreamLimit } from "../../../a2a/stream-limit.ts";
import type { ApiTool } from "../../../api/tool.ts";
import type { Warn } from "../../../domain/warn.ts";
import { answerHttpJson, restOperation } from "../../../http/a2a/http-json.ts";
import { answerJsonRpc, versionOf } from "../../../http/a2a/json-rpc.ts";
import type { ApiDoor } from "../../../http/api/door.ts";
import { type ApiGate, addressOfRequest, letIn, refuseHost } from "./admission.ts";
import { refuseScope } from "./require-scope.ts";
import { watchScopes } from "./watch-scopes.ts";

export const A2A_PATH = "/a2a";
const CARD_PATH = "/.well-known/agent-card.json";
const KEYS_PATH = "/.well-known/jwks.json";

interface A2ADoorsOptions {
  readonly version: string;
  readonly gate: ApiGate;
  readonly warn: Warn;
  readonly tools: readonly ApiTool[];
  readonly pushed: (result: PushOutcome) => void;
  /** Signs the card; undefined: it is not signed. */
  readonly signer: CardSigner | undefined;
  readonly pushRules: PushRules;
  /** Aborted when the process ends. */
  readonly stopping: AbortSignal;
}

/** The doors of A2A, and what the service tells them. */
export interface A2ADoors {
  readonly doors: readonly ApiDoor[];
  /** A pass has ended: tasks may have changed. */
  readonly passEnded: () => void;
}

/** A2A: JSON-RPC at `/a2a`, HTTP+JSON below it, the card, and the keys by which its signature is checked. */
export function createA2ADoors(options: A2ADoorsOptions): A2ADoors {
  const { version, gate, warn, tools, pushed, signer, pushRules, stopping } = options;
  const cardFor = (request: Request) => agentCardOf(addressOfRequest(request, gate.url), version, tools);
  const kept = createKeptTasks(gate.proofs.now);
  const streams = createStreamLimit();
  const { repositories } = gate;
  const push = createPushNotifications({
    ...{ rules: pushRules, kept, repositories, warn, pushed, stopping },
    now: gate.proofs.now,
  });
  const endpoint: ApiDoor = {
    name: A2A_PATH,
    serves: (path) => path === A2A_PATH || path.startsWith(`${A2A_PATH}/`),
    async admit(headers) {
      const found = await letIn(headers, gate);
      if (found.kind === "answer") return found;
      const { caller } = found;
      const answer = async (request: Request) => {
        const card = cardFor(headers);
        const context = { caller, repositories };
        const { now } = gate.proofs;
        const gone = request.signal;
        const scopes = watchScopes(caller);
        const { require } = scopes;
        const options = { tools, card, context, warn, gone, kept, push, streams, now, require };
        const response = await answerBinding(request, createRequestHandler(options));
        return scopes.orRefusal(response, (scope) => refuseScope(scope, caller, headers, gate));
      };
      return { kind: "go", answer };
    },
  };
  const card = openDoor(CARD_PATH, gate.url, async (request) => {
    const jku = `${addressOfRequest(request, gate.url)}${KEYS_PATH}`;
    const plain = cardFor(request);
    return Response.json(AgentCard.toJSON(signer === undefined ? plain : await signer.sign(jku)(plain)));
  });
  const keys = openDoor(KEYS_PATH, gate.url, async () => Response.json(signer?.keys ?? { keys: [] }));
  return { doors: [endpoint, card, keys], passEnded: push.passEnded };
}

/** JSON-RPC at the path itself, HTTP+JSON below it. */
async function answerBinding(request: Request, handler: A2ARequestHandler): Promise<Response> {
  const { pathname, searchParams: query } = new URL(request.url);
  const below = pathname.slice(A2A_PATH.length);
  const call = { handler, context: new ServerCallContext({ requestedVersion: versionOf(request) }) };
  if (below === "" || below === "/") {
    const isRpc = request.method === "POST";
    return isRpc ? answerJsonRpc(await request.text(), call) : new Response("method not allowed\n", { status: 405 });
  }
  const operation = restOperation(request.method, below);
  if (operation === undefined) return new Response("not found\n", { status: 404 });
  const body: unknown = await request.json().catch(() => undefined);
  return answerHttpJson(operation, { query, body }, call);
}

/** A document that anybody may read. */
function openDoor(path: string, url: URL | undefined, read: (request: Request) => Promise<Response>): ApiDoor {
  return {
    name: path,
    serves: (asked) => asked === path,
    async admit(request) {
      const refused = refuseHost(request, url);
      const isRead = request.method === "GET" || request.method === "HEAD";
      const answered = async () =>
        isRead ? read(request) : new Response("method not allowed\n", { status: 405, headers: { allow: "GET" } });
      return { kind: "answer", response: refused ?? (await answered()) };
    },
  };
}
