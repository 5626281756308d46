import { expect, test, vi } from "vitest";
import { judge } from "../../charts/rules/shapes.ts";
import { describeReal } from "../component.ts";
import { type Recorded, recorded } from "./recorded.ts";

vi.setConfig({ testTimeout: 60_000 });

/** Half an hour of what was recorded; what counts restarts goes on counting, or stands still. */
function lasting(series: Recorded, counts: boolean): Readonly<Record<string, string>> {
  const values = (name: string, value: number) =>
    counts && name.startsWith("kube_pod_container_status_restarts_total") && value > 0
      ? `${value}+0.5x30`
      : `${value}x30`;
  return Object.fromEntries(Object.entries(series).map(([name, value]) => [name, values(name, value)]));
}

const ILL = [
  "AgentEvicted",
  "AgentImagePullFailed",
  "AgentOutOfMemory",
  "AgentQueueLag",
  "AgentQuotaNearlyFull",
  "AgentRestarting",
  "AgentSecretMissing",
];

describeReal(["promtool", "helm"], "the rules on what kube-state-metrics gives", () => {
  test.each(["honours", "renames"])(
    "each alert fires that should, under a Prometheus that %s its labels",
    async (how) => {
      const series = lasting(recorded(`kube-state-metrics-${how}`), true);
      expect(await judge({ shape: "consumer", series, firing: { 28: ILL } })).toBe("");
      expect(await judge({ shape: "absent", series, firing: { 28: ["AgentUnavailable"] } })).toBe("");
    },
  );

  test("where both scrape it, each fires once", async () => {
    const both = { ...recorded("kube-state-metrics-honours"), ...recorded("kube-state-metrics-renames") };
    expect(await judge({ shape: "consumer", series: lasting(both, true), firing: { 28: ILL } })).toBe("");
  });

  test.each(["honours", "renames"])("what was killed long ago is silent, under a Prometheus that %s", async (how) => {
    const series = lasting(recorded(`kube-state-metrics-${how}`), false);
    const still = ILL.filter((name) => name !== "AgentOutOfMemory" && name !== "AgentRestarting");
    expect(await judge({ shape: "consumer", series, firing: { 28: still } })).toBe("");
  });

  test("the rules of an agent of another name see nothing", async () => {
    const series = lasting(recorded("kube-state-metrics-renames"), true);
    expect(await judge({ shape: "longest", series, firing: { 28: [] } })).toBe("");
  });
});
