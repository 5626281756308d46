import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeReal } from "../component.ts";
import { freePorts } from "../process/loopback.ts";
import { startPrometheus } from "../prometheus/prometheus.ts";
import type { Cluster } from "./cluster.ts";
import { clusterFleet } from "./fleet.ts";
import { fluxTools, startFluxCluster } from "./flux.ts";
import { measuredHistory } from "./history.ts";

const MINUTE = 60_000;
const SPEC = "agents/acme/hello.yaml";
const STAGING = "raos/agent/acme/hello";
const VALUES = "deploy/production/acme/hello/values.yaml";

describeReal([...fluxTools, "prometheus", "promtool"], "from staging to production, two clusters with Flux", () => {
  let clusters: { readonly staging: Cluster; readonly production: Cluster };
  beforeAll(async () => {
    const [staging, production] = await Promise.all([startFluxCluster(), startFluxCluster()]);
    clusters = { staging, production };
  }, 300_000);
  afterAll(() => Promise.all(Object.values(clusters ?? {}).map((cluster) => cluster.stop())));

  test("production has a change after staging's verdict, not what made staging worse, nor what a person took back", {
    timeout: 1_200_000,
  }, async () => {
    const [first = 0, second = 0] = await freePorts(2);
    const ports = { staging: first, production: second };
    const prometheus = (port: number) => `prometheus: {url: "http://127.0.0.1:${port}"}`;
    const fleet = await clusterFleet({
      ...{ tenant: "acme", clusters },
      environments: { staging: prometheus(first), production: prometheus(second) },
      config: ["promotion: {waves: [[staging], [production]], soak: 1m}"],
    });
    const deployed = () => fleet.place.read(VALUES);
    /** Changes the spec as a person does, and merges what RAOS makes of it for staging. */
    async function changed(instructions: string): Promise<{ readonly pull: number; readonly at: number }> {
      // What came before is no other change in the time that is compared.
      fleet.wait(40 * MINUTE);
      fleet.place.commit({ [SPEC]: fleet.place.read(SPEC).replace(/inline: .*/, `inline: ${instructions}`) });
      expect(await fleet.pass()).toContain("drift opened");
      const { [STAGING]: pull = 0, ...others } = await fleet.open();
      expect(others).toEqual({});
      const at = fleet.now();
      await fleet.merge(pull);
      await fleet.untilPhase("staging", "running");
      expect(await fleet.pass()).toEqual(
        expect.arrayContaining(["rollout updated verifying", "drift skipped not-verified"]),
      );
      return { pull, at };
    }

    /** What a pass finds half an hour after a change, where each environment's Prometheus has measured calls so many times as bad. */
    async function judged(changeAt: number, times: { readonly staging: number; readonly production: number }) {
      fleet.wait(36 * MINUTE);
      const of = { name: "hello", namespace: "acme", end: fleet.now(), changeAt };
      const started = await Promise.all(
        (["staging", "production"] as const).map((environment) =>
          startPrometheus({
            ...{ port: ports[environment], targets: [] },
            history: measuredHistory({ ...of, times: times[environment] }),
          }),
        ),
      );
      try {
        return await fleet.pass();
      } finally {
        await Promise.all(started.map((one) => one.stop()));
      }
    }

    // The first deployment, for which nothing is measured yet.
    await fleet.pass();
    await fleet.merge(...Object.values(await fleet.open()));
    await fleet.untilPhase("staging", "running");
    expect(existsSync(join(fleet.place.clone, VALUES))).toBe(false);
    expect(await fleet.pass()).toContain("rollout updated verifying");
    fleet.wait(36 * MINUTE);
    await fleet.untilPass("rollout updated cannot-tell");
    await fleet.pass();
    await fleet.merge(...Object.values(await fleet.open()));
    await fleet.untilPhase("production", "running");
    const greeting = deployed();

    // Calls fail and take twice as much in staging: taken back, and production never had it.
    const bad = await changed("Be rude.");
    expect(await judged(bad.at, { staging: 2, production: 1 })).toEqual(
      expect.arrayContaining(["rollout updated worse", "regression opened", "drift skipped not-verified"]),
    );
    const verdict = await fleet.cli("pr", "show", String(bad.pull));
    expect(verdict).toMatch(/\| calls that failed \| \*\*worse\*\*/);
    expect(verdict).toMatch(/\| latency, 95th percentile \| \*\*worse\*\*/);
    expect(deployed()).toBe(greeting);
    const { [`raos/regression/${bad.pull}`]: revert = 0 } = await fleet.open();
    await fleet.merge(revert);
    await fleet.untilPhase("staging", "running");
    expect(deployed()).toBe(greeting);
    expect(fleet.place.read(VALUES.replace("production", "staging"))).not.toContain("rude");

    // Well in staging, and worse in production by production's own figures; a person takes it back there.
    const good = await changed("Be kind.");
    expect(await judged(good.at, { staging: 1, production: 1 })).toContain("rollout updated verified");
    expect(await fleet.pass()).toEqual(["drift opened"]);
    const { "raos/promote/acme/hello/production": promotion = 0 } = await fleet.open();
    const promotedAt = fleet.now();
    await fleet.merge(promotion);
    expect(deployed()).toContain("Be kind.");
    await fleet.untilPhase("production", "running");
    expect(await fleet.pass()).toContain("rollout updated verifying");
    expect(await judged(promotedAt, { staging: 1, production: 2 })).toEqual(
      expect.arrayContaining(["rollout updated worse", "regression opened"]),
    );
    expect(await fleet.cli("pr", "show", String(good.pull))).toContain("### Verified");
    fleet.place.git("revert", "--no-edit", "--mainline=1", "HEAD");
    fleet.place.git("push", "--quiet", "origin", "HEAD:main");
    expect(deployed()).toBe(greeting);
    await fleet.untilPhase("production", "running");
    for (const _ of [1, 2]) expect(await fleet.pass()).toContain("drift skipped taken-back-by-a-person");
    expect(Object.keys(await fleet.open())).toEqual([`raos/regression/${promotion}`]);
  });
});
