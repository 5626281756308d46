import { expect, test } from "vitest";
import { firstOfTenants } from "../../../src/causes/tune/tune-units.ts";
import type { Incident } from "../../../src/domain/alert/incident.ts";

function incident(agent: string, environment = "production", remedy = "right-size"): Incident {
  return { agent, environment, remedy, occasion: { kind: "query", forMs: 0 }, alerts: [] };
}

test("of each tenant, remedy and environment at most so many are looked at, in their order", () => {
  const all = [
    ...["a", "b", "c"].map((name) => incident(`acme/${name}`)),
    incident("acme/c", "staging"),
    incident("acme/c", "production", "idle-agents"),
    incident("bank/c"),
  ];
  expect(firstOfTenants(all, 2).map(({ agent, environment, remedy }) => `${agent} ${environment} ${remedy}`)).toEqual([
    "acme/a production right-size",
    "acme/b production right-size",
    "acme/c staging right-size",
    "acme/c production idle-agents",
    "bank/c production right-size",
  ]);
});
