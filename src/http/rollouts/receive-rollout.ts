import type { IncomingMessage } from "node:http";
import { repositoryOfEvent } from "../../domain/rollout/event-repository.ts";
import { hasBearer } from "../bearer.ts";
import { type Body, readBody } from "../body.ts";
import type { BodyBudget } from "../body-budget.ts";
import type { SignatureCheck } from "../github/signature.ts";
import { eventSignatureCheck } from "./event-signature.ts";

export const ROLLOUTS_PATH = "/api/rollouts";
/** Most bytes of an event. Its longest part is a message of 39,000 characters. */
const LARGEST = 512 * 1024;

/** Who may ring, and what happens then. An empty secret or token lets nobody in. */
export interface RolloutReceiver {
  /** Flux: the secret of a Provider of type generic-hmac. */
  readonly secret: string;
  /** Argo CD, which does not sign: `Authorization: Bearer <token>`. */
  readonly token: string;
  /** Has the named repository looked at soon, and all where none is named; "full": nothing can be queued now. */
  ring(repository: string | undefined): "taken" | "full";
}

/** How an event is answered. */
export interface RolloutReply {
  readonly status: 200 | 400 | 401 | 408 | 413 | 503;
  readonly text: string;
  readonly result: "taken" | "unreadable" | "unauthorized" | "too-large" | "slow" | "no-room";
}

/**
 * Takes an event of Flux or Argo CD. It is a doorbell: RAOS reads the state from the cluster afterwards and believes nothing of the
 * body, so that one that comes twice or late changes nothing. A request without a token or a signature is refused before
 * its body is read, one with a wrong signature before it is parsed.
 */
export async function receiveRollout(
  request: IncomingMessage,
  receiver: RolloutReceiver,
  budget: BodyBudget,
): Promise<RolloutReply> {
  const check = proofOf(request, receiver);
  if (check === undefined) return UNAUTHORIZED;
  const body = await readBody(request, { limit: LARGEST, budget, seen: check.update });
  if (body.kind !== "body") return UNREAD[body.kind];
  try {
    return check.isRight() ? ring(body.bytes, receiver) : UNAUTHORIZED;
  } finally {
    body.release();
  }
}

const UNAUTHORIZED: RolloutReply = {
  status: 401,
  text: "sign the body with ROLLOUTS_SECRET in X-Signature (sha256=…), or send Authorization: Bearer with ROLLOUTS_TOKEN\n",
  result: "unauthorized",
};

const UNREAD: Readonly<Record<Exclude<Body["kind"], "body">, RolloutReply>> = {
  "too-large": { status: 413, text: "event too large\n", result: "too-large" },
  broken: { status: 400, text: "the body ended early\n", result: "unreadable" },
  slow: { status: 408, text: "the body came too slowly\n", result: "slow" },
  "no-room": { status: 503, text: "too much at once; send it again\n", result: "no-room" },
};

/** The token alone is enough, whatever the body is. */
const BEARER: SignatureCheck = { update: () => {}, isRight: () => true };

function proofOf({ headers }: IncomingMessage, { secret, token }: RolloutReceiver): SignatureCheck | undefined {
  if (hasBearer(headers.authorization, token)) return BEARER;
  return eventSignatureCheck(headers["x-signature"], secret);
}

function ring(bytes: Buffer, receiver: RolloutReceiver): RolloutReply {
  let event: unknown;
  try {
    event = JSON.parse(bytes.toString("utf8"));
  } catch {
    event = undefined;
  }
  if (typeof event !== "object" || event === null || Array.isArray(event))
    return { status: 400, text: "the body is not a JSON object\n", result: "unreadable" };
  const rung = receiver.ring(repositoryOfEvent(event));
  switch (rung) {
    case "taken":
      return { status: 200, text: "taken\n", result: "taken" };
    case "full":
      return { status: 503, text: "no repository is known yet; send it again\n", result: "no-room" };
    default:
      return rung satisfies never;
  }
}
