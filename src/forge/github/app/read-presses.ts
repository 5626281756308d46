import * as z from "zod";
import type { Instant } from "../../../domain/values/scalars.ts";
import { toForgeError } from "../client/error.ts";
import { createAppClient, type InstallationsOptions } from "../installations.ts";

const Delivery = z.object({
  id: z.int().positive(),
  guid: z.string().max(100),
  event: z.string().max(100),
  action: z.string().max(100).nullish(),
  delivered_at: z.iso.datetime({ offset: true }),
});
const Request = z.object({ request: z.object({ payload: z.unknown() }) });

/** Presses that are read back at most. */
const MOST = 20;
const ACTIONS: ReadonlySet<string> = new Set(["requested_action", "rerequested"]);

/**
 * The payloads of the latest presses of a check's buttons since a moment, each once, as GitHub sent them: nothing else holds them.
 * https://docs.github.com/rest/apps/webhooks#list-deliveries-for-an-app-webhook. Throws ForgeError.
 */
export async function readPresses(options: InstallationsOptions, since: Instant): Promise<readonly unknown[]> {
  const { rest } = createAppClient(options, undefined);
  try {
    const { data } = await rest.apps.listWebhookDeliveries({ per_page: 100 });
    const sent = data.flatMap((item) => Delivery.safeParse(item).data ?? []);
    const presses = sent.filter(
      ({ event, action, delivered_at }) =>
        event === "check_run" && ACTIONS.has(action ?? "") && Date.parse(delivered_at) >= since,
    );
    const once = [...new Map(presses.map((one) => [one.guid, one])).values()].slice(0, MOST);
    const read = once.map(async ({ id }) => {
      const found = await rest.apps.getWebhookDelivery({ delivery_id: id });
      return Request.safeParse(found.data).data?.request.payload;
    });
    return (await Promise.all(read)).filter((payload) => payload !== undefined);
  } catch (error) {
    throw toForgeError(error, "read back which buttons were pressed");
  }
}
