import { describe, expect, onTestFinished, test } from "vitest";
import { openWorld } from "../../src/app/world/open-world.ts";
import type { Alert } from "../../src/domain/alert/alert.ts";
import { readAlerts } from "../../src/domain/alert/alert-payload.ts";
import type { ReportedAlerts } from "../../src/pass/reported-alerts.ts";
import type { World } from "../../src/pass/world.ts";
import { foreseenOutcomes } from "../../src/reconcile/outcomes.ts";
import { planSteps, type StepOptions } from "../../src/reconcile/plan-steps.ts";
import { foreseePass, reconcile } from "../../src/reconcile/reconcile.ts";
import { type AlertingFleet, agent, alert, alertingFleet, HOUR, NOW } from "../support/cli/alerting-fleet.ts";
import { shellFor } from "../support/cli/raos.ts";

const READS = ["defaultBranch", "pullRequests", "openedSince", "recentPulls", "pull", "checks", "issues"];

class WriteError extends Error {
  override readonly name = "WriteError";
}

/** The world, but whatever writes, costs money, or remembers anything for a later pass throws. */
function withoutWrites(world: World): World {
  const refuse = (what: string) => () => {
    throw new WriteError(what);
  };
  const forge = new Proxy(world.forge, {
    get: (target, name) =>
      typeof Reflect.get(target, name) !== "function" || READS.includes(String(name))
        ? Reflect.get(target, name)
        : refuse(`forge.${String(name)}`),
  });
  const frozen = <V>(map: Map<string, V>, what: string): Map<string, V> =>
    Object.assign(new Map(map), { set: refuse(what), delete: refuse(what), clear: refuse(what) });
  return {
    ...world,
    forge,
    evidenceReadAt: frozen(world.evidenceReadAt, "evidenceReadAt"),
    unchangedPulls: frozen(world.unchangedPulls, "unchangedPulls"),
    investigations: () => ({ ask: refuse("a question to the model") }),
  };
}

const MODEL = '  model: {name: gpt-5-mini, endpoint: "http://127.0.0.1:9/v1"}';

async function open({ place }: AlertingFleet, at: number): Promise<World> {
  const opened = await openWorld(
    shellFor(place.clone, () => at),
    place.bare,
  );
  onTestFinished(() => opened.close());
  return opened.world;
}

function reported(alerts: readonly object[], whole: boolean = false): ReportedAlerts {
  const read: readonly Alert[] = readAlerts({ version: "4", truncatedAlerts: 0, alerts }, NOW).alerts;
  expect(read).toHaveLength(alerts.length);
  return { alerts: read, whole };
}

/** What is planned in a world that cannot write, in words. */
async function planned(world: World, options: StepOptions): Promise<readonly string[]> {
  const { steps } = await planSteps(withoutWrites(world), options);
  const words: string[] = [];
  for await (const step of steps) {
    for (const { kind, agent: key, reason } of foreseenOutcomes(step))
      words.push([kind, key, ...(reason === undefined ? [] : [reason])].join(" "));
  }
  return words.sort();
}

describe("planning writes nothing, asks no model and remembers nothing", () => {
  const OOM = alert("AgentOutOfMemory", "triage");
  const SECRET = alert("AgentSecretMissing", "billing");
  const UNKNOWN = alert("SomethingElse", "triage");

  test("of alerts that lead to a pull request, an issue, and a question to a model", async () => {
    const fleet = await alertingFleet({ triage: agent("triage"), billing: agent("billing") }, {}, MODEL);
    const world = await open(fleet, NOW);
    const before = fleet.place.git("ls-remote", fleet.place.bare);
    expect(await planned(world, { isDryRun: true, reported: reported([OOM, SECRET, UNKNOWN]) })).toEqual([
      "opened acme/billing report",
      "opened acme/triage",
      "skipped acme/triage model-not-asked",
      ...["updated acme/billing verifying", "updated acme/triage verifying"],
    ]);
    expect(fleet.place.git("ls-remote", fleet.place.bare)).toBe(before);
  });

  test("of what earlier alerts left: a pull request, an issue, and one whose alert has ended", async () => {
    const fleet = await alertingFleet({ triage: agent("triage"), billing: agent("billing") });
    await fleet.reconcile([OOM, SECRET]);
    const later = NOW + 3 * HOUR;
    const world = await open(fleet, later);
    const before = fleet.place.git("ls-remote", fleet.place.bare);
    expect(await planned(world, { reported: reported([OOM, SECRET]) })).toEqual([
      "unchanged acme/billing up-to-date",
      "unchanged acme/triage up-to-date",
      ...["updated acme/billing cannot-tell", "updated acme/triage cannot-tell"],
    ]);
    expect(await planned(world, { reported: reported([], true) })).toEqual([
      "closed acme/billing resolved",
      ...["updated acme/billing cannot-tell", "updated acme/triage cannot-tell"],
      "updated acme/triage text-changed",
    ]);
    expect(fleet.place.git("ls-remote", fleet.place.bare)).toBe(before);
  });

  test("of drift", async () => {
    const fleet = await alertingFleet({ triage: agent("triage") });
    fleet.place.commit({ "agents/acme/triage.yaml": agent("triage", { scaling: "{min: 2, max: 4, hpa: {cpu: 70}}" }) });
    const world = await open(fleet, NOW);
    const before = fleet.place.git("ls-remote", fleet.place.bare);
    expect(await planned(world, {})).toEqual(["opened acme/triage", "updated acme/triage verifying"]);
    expect(fleet.place.git("ls-remote", fleet.place.bare)).toBe(before);
  });

  test("a dry run foresees what the pass then does", async () => {
    const fleet = await alertingFleet({ triage: agent("triage"), billing: agent("billing") });
    fleet.place.commit({
      "agents/acme/billing.yaml": agent("billing", { scaling: "{min: 2, max: 4, hpa: {cpu: 70}}" }),
    });
    const world = await open(fleet, NOW);
    const alerts = reported([OOM, SECRET]);
    const words = (outcomes: readonly { kind: string; agent: string; reason?: string }[]) =>
      outcomes.map(({ kind, agent: key, reason }) => `${kind} ${key} ${reason ?? ""}`).sort();
    const foreseen = words(await foreseePass(withoutWrites(world), alerts));
    expect(foreseen).toEqual([
      ...["opened acme/billing ", "opened acme/billing report", "opened acme/triage "],
      ...["updated acme/billing verifying", "updated acme/triage verifying"],
    ]);
    expect(words(await reconcile(world, alerts))).toEqual(foreseen);
  });

  test("a pass that acts does remember, so the test above can fail", async () => {
    const fleet = await alertingFleet({ billing: agent("billing") });
    const world = await open(fleet, NOW);
    await reconcile(world, reported([SECRET]));
    expect([...world.evidenceReadAt.values()]).toEqual([NOW]);
    await expect(reconcile(withoutWrites(await open(fleet, NOW)), reported([OOM_OF_BILLING]))).rejects.toThrow(
      WriteError,
    );
  });

  const OOM_OF_BILLING = alert("AgentOutOfMemory", "billing");
});
