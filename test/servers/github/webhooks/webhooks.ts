import { createHmac, randomUUID } from "node:crypto";
import type { Shape } from "../graphql/types.ts";
import { timestamp, type World, type WorldEvent } from "../model/model.ts";
import { payloadOf } from "./payloads.ts";

export interface Delivery {
  /** As `GET /app/hook/deliveries` lists it. */
  readonly item: Shape & {
    readonly id: number;
    readonly guid: string;
    readonly event: string;
    readonly action: string | null;
  };
  readonly payload: string;
  readonly signature: string;
}

export interface Webhooks {
  /** Where deliveries go; undefined: they are kept, not sent. */
  hookUrl: string | undefined;
  /** Whether events are kept in `deliveries` even where they go nowhere. */
  keeps: boolean;
  readonly deliveries: Delivery[];
  /** How often, of 1, a delivery comes twice, after the one that follows it, or never. */
  deliveryFaults: { readonly twice: number; readonly late: number; readonly lost: number };
  emit(event: WorldEvent): void;
  /** Sends a delivery again, with the same GUID, as the button does; false where there is none. */
  redeliver(id: number): Promise<boolean>;
  /** Resolves when every delivery so far was answered or gave up. */
  settled(): Promise<void>;
}

/** Deliveries of an app's webhook: signed with HMAC-SHA256 of the secret, one attempt each, ten seconds at most. */
export function createWebhooks(world: World, hookUrl: string | undefined, random: () => number): Webhooks {
  let pending: Promise<unknown> = Promise.resolve();
  /** Deliveries that come after the next one. */
  const late: (() => Promise<void>)[] = [];
  const send = async (
    guid: string,
    event: string,
    action: string | null,
    payload: string,
    signature: string,
    redelivery: boolean,
    repositoryId: number | null,
  ): Promise<void> => {
    let status = 0;
    if (webhooks.hookUrl !== undefined) {
      const headers = {
        "content-type": "application/json",
        "user-agent": "GitHub-Hookshot/test",
        "x-github-event": event,
        "x-github-delivery": guid,
        "x-github-hook-id": "1",
        "x-hub-signature-256": signature,
        "x-github-hook-installation-target-type": "integration",
        "x-github-hook-installation-target-id": String(world.app.id),
      };
      status = await fetch(webhooks.hookUrl, {
        method: "POST",
        headers,
        body: payload,
        signal: AbortSignal.timeout(10_000),
      }).then(
        async (response) => {
          await response.arrayBuffer();
          return response.status;
        },
        () => 0,
      );
    }
    const item = {
      id: webhooks.deliveries.length + 1,
      guid,
      delivered_at: timestamp(world),
      redelivery,
      duration: 0,
      status: status >= 200 && status < 300 ? "OK" : "failed",
      status_code: status,
      event,
      action,
      installation_id: null,
      repository_id: repositoryId,
      throttled_at: null,
    };
    webhooks.deliveries.push({ item, payload, signature });
  };
  const webhooks: Webhooks = {
    hookUrl,
    keeps: false,
    deliveries: [],
    deliveryFaults: { twice: 0, late: 0, lost: 0 },
    emit: (event) => {
      if (webhooks.hookUrl === undefined && !webhooks.keeps) return;
      // The payload is of this moment; sending waits for nothing but the delivery before it.
      const made = describe(world, event);
      pending = pending.then(async () => {
        const payload = JSON.stringify(await made);
        const guid = randomUUID();
        const deliver = (isAgain: boolean): Promise<void> =>
          send(
            guid,
            event.kind,
            "action" in event ? event.action : event.kind === "issue_comment" ? "created" : null,
            payload,
            sign(world, payload),
            isAgain,
            "repository" in event ? event.repository.id : null,
          );
        const { twice, late: isLate, lost } = webhooks.deliveryFaults;
        if (random() < lost) return;
        const before = late.splice(0);
        if (random() < isLate) late.push(() => deliver(false));
        else await deliver(false);
        for (const each of before) await each();
        if (random() < twice) await deliver(true);
      });
    },
    redeliver: async (id) => {
      const found = webhooks.deliveries.find(({ item }) => item.id === id);
      if (found === undefined) return false;
      await send(found.item.guid, found.item.event, found.item.action, found.payload, found.signature, true, null);
      return true;
    },
    settled: async () => {
      await pending;
      for (const each of late.splice(0)) await each();
    },
  };
  return webhooks;
}

function sign(world: World, payload: string): string {
  return `sha256=${createHmac("sha256", world.app.webhookSecret).update(payload).digest("hex")}`;
}

async function describe(world: World, event: WorldEvent): Promise<Shape> {
  return payloadOf(world, event);
}
