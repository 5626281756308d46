import type { AgentSpec } from "../agent/agent.ts";
import { baseUnits } from "../values/quantity.ts";
import type { Quantity } from "../values/scalars.ts";

/** Amounts for each replica, by what they are of; what is not named is 0. */
export type Amounts = Readonly<Record<string, number>>;

/** Devices such as GPUs, which no budget counts. */
export function devicesOf({ runtime: { resources, pod } }: AgentSpec): Amounts {
  const lists = [resources?.requests, resources?.limits, pod?.extendedResources];
  const amounts = lists.flatMap((list) =>
    Object.entries(list ?? {}).flatMap(([name, quantity]) =>
      name.includes("/") && quantity !== undefined ? [[name, quantity] as const] : [],
    ),
  );
  return most(amounts);
}

/** Disks, which no budget counts: volumes that are made for each replica, by their StorageClass, and the node's. In bytes. */
export function disksOf({ runtime: { resources, storage, pod } }: AgentSpec): Amounts {
  const volumes = [
    ...(storage === undefined ? [] : [[storage.storageClassName, storage.size] as const]),
    ...(pod?.volumes ?? []).flatMap(({ ephemeral }) =>
      ephemeral === undefined ? [] : [[ephemeral.storageClassName, ephemeral.storage] as const],
    ),
  ];
  const byClass = Map.groupBy(
    volumes,
    ([name = ""]) => `volumes of ${name === "" ? "the default" : name} StorageClass`,
  );
  const sums = [...byClass].map(
    ([name, sizes]) => [name, sizes.reduce((sum, [, size]) => sum + amount(size), 0)] as const,
  );
  const own = [resources?.requests, resources?.limits].flatMap((list) => list?.["ephemeral-storage"] ?? []);
  return { ...Object.fromEntries(sums), ...most(own.map((size) => ["ephemeral-storage", size] as const)) };
}

/** The amounts that are more than another one's. */
export function amountsBeyond(own: Amounts, above: Amounts): readonly string[] {
  return Object.keys(own).filter((name) => (own[name] ?? 0) > (Object.hasOwn(above, name) ? (above[name] ?? 0) : 0));
}

function most(amounts: readonly (readonly [name: string, quantity: Quantity])[]): Amounts {
  const found: Record<string, number> = {};
  for (const [name, quantity] of amounts) found[name] = Math.max(found[name] ?? 0, amount(quantity));
  return found;
}

/** What cannot be read is more than anything. */
function amount(quantity: Quantity): number {
  return baseUnits(quantity) ?? Number.POSITIVE_INFINITY;
}
