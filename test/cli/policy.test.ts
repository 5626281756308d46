import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { agent, alert } from "../support/cli/alerting-fleet.ts";
import { fleetClone } from "../support/cli/fleet-clone.ts";
import { raos } from "../support/cli/raos.ts";

const REMEDY = `apiVersion: raos.dev/v1alpha1
kind: Remedy
metadata: {name: slow-start}
spec:
  on: {alerts: [OurSlowStart]}
  evidence:
    - {name: cpu, promql: 'max(rate(container_cpu_usage_seconds_total{pod=~"{{agent.name}}-.*"}[5m]))', unit: cores}
  edits:
    - {at: /spec/runtime/resources/requests/cpu, to: evidence.cpu.p95 * 1.2, as: cpu, why: It starts slowly for want of CPU.}
`;
const SPEC = agent("triage");
const FILES: Readonly<Record<string, string>> = {
  "policies/slow-start.yaml": REMEDY,
  "fixtures/alerts/slow-start/alert.json": JSON.stringify({
    version: "4",
    alerts: [alert("OurSlowStart", "triage", { raos_environment: "production" })],
  }),
  "fixtures/alerts/slow-start/evidence.json": JSON.stringify({ cpu: { values: [0.1, 0.2, 0.3], unit: "cores" } }),
  "fixtures/alerts/slow-start/before/raos.yaml":
    "apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: {environments: [{name: production}]}\n",
  "fixtures/alerts/slow-start/before/tenants/acme.yaml":
    "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: acme}\nspec: {}\n",
  "fixtures/alerts/slow-start/before/agents/acme/triage.yaml": SPEC,
  "fixtures/alerts/slow-start/after/agents/acme/triage.yaml": SPEC.replace("cpu: 100m", "cpu: 360m"),
};

async function tested(changed: Readonly<Record<string, string>> = {}, ...argv: readonly string[]) {
  const { clone } = fleetClone(null);
  for (const [path, text] of Object.entries({ ...FILES, ...changed })) {
    // An empty text stands for a file that is not there.
    if (text === "") continue;
    mkdirSync(dirname(join(clone, path)), { recursive: true });
    writeFileSync(join(clone, path), text);
  }
  return raos(clone, ["policy", "test", ".", ...argv]);
}

describe("raos policy test with a remedy of one's own", () => {
  test("passes where its alert gives its edits", async () => {
    expect(await tested()).toEqual({
      code: 0,
      out: "ok   slow-start: its fixture gives its edits\n1 passed, 0 failed\n",
      err: "",
    });
  });

  test.each([
    ["a schedule", "{schedule: '0 6 * * Mon'}", undefined],
    ["a query", "{query: busy}", [{ labels: { raos_tenant: "acme", raos_agent: "triage" } }]],
  ])("passes where %s gives its edits", async (_, on, series) => {
    const ran = await tested({
      "policies/slow-start.yaml": REMEDY.replace("{alerts: [OurSlowStart]}", on),
      "fixtures/alerts/slow-start/alert.json": "",
      "fixtures/alerts/slow-start/evidence.json": JSON.stringify({ cpu: { values: [0.3], days: 7, unit: "cores" } }),
      ...(series === undefined
        ? {}
        : { "fixtures/alerts/slow-start/series.json": JSON.stringify({ environment: "production", series }) }),
    });
    expect(ran).toEqual({
      code: 0,
      out: "ok   slow-start: its fixture gives its edits\n1 passed, 0 failed\n",
      err: "",
    });
  });

  test("says why a schedule or a query applies to nothing", async () => {
    const late = { "policies/slow-start.yaml": REMEDY.replace("{alerts: [OurSlowStart]}", "{schedule: '0 6 2 6 *'}") };
    expect((await tested(late)).out).toContain("it is not due: no scheduled time lies in the week before Monday");
    const nobody = { "policies/slow-start.yaml": REMEDY.replace("{alerts: [OurSlowStart]}", "{query: busy}") };
    expect((await tested(nobody)).out).toContain("it applies to no agent: no series of series.json names one");
  });

  test("fails where the edit is another, and says which line", async () => {
    const ran = await tested({ "policies/slow-start.yaml": REMEDY.replace("* 1.2", "* 2.0") });
    expect(ran.code).toBe(1);
    expect(ran.out).toContain("FAIL slow-start: its fixture gives its edits");
    expect(ran.out).toContain('expected "      requests: {cpu: 360m, memory: 256Mi}", got "      requests: {cpu: 600m');
  });

  test("is tested where the folder is left out, and one without fixtures is named", async () => {
    const { clone } = fleetClone(null);
    for (const [path, text] of Object.entries({
      ...FILES,
      "policies/other.yaml": REMEDY.replace("slow-start", "other").replace("OurSlowStart", "Other"),
    })) {
      mkdirSync(dirname(join(clone, path)), { recursive: true });
      writeFileSync(join(clone, path), text);
    }
    expect(await raos(clone, ["policy", "test"])).toEqual({
      code: 0,
      out: "none other: write fixtures/alerts/other/\nok   slow-start: its fixture gives its edits\n1 passed, 0 failed\n",
      err: "",
    });
  });

  test.each([
    ["misspelt", REMEDY.replace("evidence:", "evidenc:"), /^policies\/slow-start\.yaml:6:3 .*evidenc/m],
    [
      "no CEL",
      REMEDY.replace("evidence.cpu.p95 * 1.2", '"evidence.cpu.p95 *"'),
      /^policies\/slow-start\.yaml:9:\d+ \/spec\/edits\/0\/to: /m,
    ],
    [
      "of evidence that is not there",
      REMEDY.replace("evidence.cpu.p95", "evidence.memory.p95"),
      /there is no evidence named "memory"/,
    ],
    [
      "a query that can be broken out of",
      REMEDY.replace('"{{agent.name}}-.*"', "{{agent.name}}"),
      /is outside of quotes/,
    ],
  ])("a remedy that is %s is a Problem at its place", async (_, remedy, said) => {
    const ran = await tested({ "policies/slow-start.yaml": remedy });
    expect([ran.code, ran.err]).toEqual([1, expect.stringMatching(said)]);
  });

  test("every remedy and guardrail that ships passes its fixtures", async () => {
    const { clone } = fleetClone(null);
    const ran = await raos(clone, ["policy", "test", "--output", "json"]);
    const told = JSON.parse(ran.out);
    expect(ran.code).toBe(0);
    expect(told.problems).toEqual([]);
    expect(new Set(told.remedies.map(({ remedy }: { remedy: string }) => remedy)).size).toBeGreaterThanOrEqual(20);
  });
});
