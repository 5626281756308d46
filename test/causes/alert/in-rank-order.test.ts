import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { inRankOrder } from "../../../src/causes/alert/in-rank-order.ts";
import { type AlertProgress, HANDLED } from "../../../src/pass/reported-alerts.ts";
import type { IncidentUnit } from "../../../src/remedy/incident-units.ts";
import { ownAlert } from "../../support/alerts/alert-of.ts";

/** A unit about one agent, with one alert for each rank. */
function unit(name: string, ...ranks: readonly (number | "waits")[]): IncidentUnit {
  const agent = `acme/${name}`;
  const alerts = ranks.map((rank) => ownAlert(agent, { rank: String(rank) }));
  const incident = { agent, environment: "production", remedy: "out-of-memory", alerts };
  const cause = { kind: "alert", agent, remedy: "out-of-memory", environment: "production" } as const;
  return { cause, incidents: [incident], remedy: undefined, agents: [agent] };
}

function progressOf(begun: string[]): AlertProgress {
  return {
    rank: ({ labels: { rank = "" } }) => (rank === "waits" ? undefined : Number(rank)),
    begin: (branch) => begun.push(branch),
    done: () => {},
  };
}

describe("the order of work on incidents", () => {
  const order = async (units: readonly IncidentUnit[]) => {
    const begun: string[] = [];
    const results = await Array.fromAsync(inRankOrder(units, progressOf(begun), async ({ agents }) => agents[0]));
    expect(begun).toHaveLength(results.length);
    return results.map(([, agent]) => agent);
  };

  test("new ones, then those tried before, then those acted on", async () => {
    const units = [unit("handled", HANDLED), unit("tried-twice", 2), unit("new", 0), unit("tried-once", 1)];
    expect(await order(units)).toEqual(["acme/new", "acme/tried-once", "acme/tried-twice", "acme/handled"]);
  });

  test("one that failed too often waits", async () => {
    expect(await order([unit("waiting", "waits", 0), unit("new", 0)])).toEqual(["acme/new"]);
  });

  test.each([
    ["one alert is new", [HANDLED, 0], 0],
    ["one alert was tried", [HANDLED, 0, 3], 3],
  ])("of several alerts: %s", async (_, ranks, rank) => {
    const [before, after] = [unit("before", Math.max(0, rank - 1)), unit("after", rank + 1)];
    expect(await order([after, before, unit("several", ...ranks)])).toEqual([
      "acme/before",
      "acme/several",
      "acme/after",
    ]);
  });

  test("new ones are worked on side by side, those tried before one at a time", async () => {
    const most = async (rank: number) => {
      let [running, highest] = [0, 0];
      const units = Array.from({ length: 20 }, (_, index) => unit(`agent-${index}`, rank));
      const work = async () => {
        running += 1;
        highest = Math.max(highest, running);
        await sleep(1);
        running -= 1;
      };
      await Array.fromAsync(inRankOrder(units, progressOf([]), work));
      return highest;
    };
    expect([await most(0), await most(1), await most(HANDLED)]).toEqual([8, 1, 8]);
  });

  test("without progress, as they come", async () => {
    const units = [unit("b", 3), unit("a", 0)];
    const results = await Array.fromAsync(inRankOrder(units, undefined, async ({ agents }) => agents[0]));
    expect(results.map(([, agent]) => agent)).toEqual(["acme/b", "acme/a"]);
  });
});
