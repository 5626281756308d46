import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { agent, alert, alertingFleet, HOUR, MINUTE, NOW } from "../support/cli/alerting-fleet.ts";
import { raos } from "../support/cli/raos.ts";

/** A webhook's line: an alert that began so many hours before now, and how long it fired; 0: it still does. */
function line(one: object, hoursAgo: number, minutes: number): string {
  const startsAt = NOW - hoursAgo * HOUR;
  const moment = (at: number) => new Date(at).toISOString();
  const rest = minutes === 0 ? {} : { status: "resolved", endsAt: moment(startsAt + minutes * MINUTE) };
  return JSON.stringify({ version: "4", alerts: [{ ...one, startsAt: moment(startsAt), ...rest }] });
}

const OOM = alert("AgentOutOfMemory", "triage");
const HISTORY = [
  line(OOM, 700, 30),
  // Said twice: once when it began, once when it ended.
  line(OOM, 500, 0),
  line(OOM, 500, 20),
  line(alert("AgentOutOfMemory", "billing", { cluster: "s1" }), 400, 15),
  line(alert("AgentSecretMissing", "billing"), 300, 600),
  line(alert("AgentToolFailing", "billing"), 200, 60),
  line(alert("AgentOutOfMemory", "nobody"), 100, 0),
  line(alert("Watchdog", "triage"), 50, 0),
].join("\n");

describe("raos replay", () => {
  const fleet = () =>
    alertingFleet(
      {
        triage: agent("triage"),
        billing: agent("billing", {
          environments: "{staging: {runtime: {resources: {limits: {memory: 400Mi}}}}}",
          supervision: "{allowedPaths: [/spec/runtime/resources], autoMerge: low-risk}",
        }),
      },
      {},
      "  model: {name: gpt-5-mini, budget: {tokens: 100000}}\n",
    );

  test("tells by remedy what last month's alerts would have come to, and writes nothing", async () => {
    const { place, pulls, issues } = await fleet();
    const file = join(place.clone, "alerts.jsonl");
    writeFileSync(file, HISTORY);
    const before = place.git("ls-remote", "origin");
    const ran = await raos(place.clone, ["replay", file, "--repo", place.bare, "--output", "json"]);
    expect([ran.code, ran.err]).toEqual([0, ""]);
    const told = JSON.parse(ran.out);
    const row = (remedy: string) => told.remedies.find((one: { remedy: string }) => one.remedy === remedy);
    expect(row("out-of-memory")).toEqual({
      remedy: "out-of-memory",
      alerts: 3,
      agents: 2,
      pulls: 3,
      merged: 1,
      issues: 0,
      refused: 0,
      modelCalls: 0,
      dollars: 0,
    });
    expect(row("secret-missing")).toMatchObject({ alerts: 1, pulls: 0, issues: 1, modelCalls: 0 });
    expect(row("unknown-alert")).toMatchObject({ alerts: 1, agents: 1, pulls: 0, modelCalls: 1, dollars: 0.025 });
    expect(told.total).toMatchObject({ pulls: 3, merged: 1, issues: expect.any(Number) });
    expect(told.ignored).toEqual(["unknown-agent: AgentOutOfMemory"]);
    expect(place.git("ls-remote", "origin")).toBe(before);
    expect([await pulls(), await issues("all")]).toEqual([[], []]);
  });

  test("prints a table", async () => {
    const { place } = await fleet();
    const ran = await raos(place.clone, ["replay", "-", "--repo", place.bare], {}, Date.now, HISTORY);
    expect(ran.out.split("\n").slice(0, 4).join("\n")).toMatch(
      /^7 alerts, \d+ moments at which one began or ended\n\nremedy +alerts +agents +pull requests +merge themselves +issues +refused +model calls +at most\nout-of-memory +3 +2 +3 +1 +0 +0 +0 +\$0\.00$/,
    );
    expect(ran.out).toContain("Led to nothing:\n  unknown-agent: AgentOutOfMemory");
  });

  test.each([
    ["nothing", "", 2, "- holds no alerts"],
    ["no JSON", "a\nb", 2, "-:1: no JSON"],
    ["another thing", '{"a":1}', 2, "no payload of Alertmanager"],
  ])("of %s it says what is wrong", async (_, input, code, said) => {
    const { place } = await alertingFleet({});
    const ran = await raos(place.clone, ["replay", "-", "--repo", place.bare], {}, Date.now, input);
    expect([ran.code, ran.err]).toEqual([code, expect.stringContaining(said)]);
  });
});
