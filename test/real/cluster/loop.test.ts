import { afterAll, beforeAll, expect, test } from "vitest";
import { describeReal } from "../component.ts";
import type { Cluster } from "./cluster.ts";
import { clusterFleet } from "./fleet.ts";
import { fluxTools, startFluxCluster } from "./flux.ts";

describeReal(fluxTools, "from a merge to running pods and back, with Flux", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startFluxCluster();
  });
  afterAll(() => cluster?.stop());

  /** How many pods of the agents of a tenant are ready, as the API server says. */
  async function readyPods(namespace: string): Promise<number> {
    const { body } = await cluster.client.send("GET", `/api/v1/namespaces/${namespace}/pods`);
    return JSON.stringify(body).split('"ready":true').length - 1;
  }

  test("a spec that is pushed runs once its pull request is merged, and the pull request says so", {
    timeout: 600_000,
  }, async () => {
    const fleet = await clusterFleet({ tenant: "acme", clusters: { production: cluster } });
    expect(await fleet.pass()).toEqual(["drift opened"]);
    const opened = await fleet.open();
    expect(Object.keys(opened)).toEqual(["raos/agent/acme/hello"]);
    await fleet.merge(...Object.values(opened));
    expect(await fleet.untilPhase("production", "running")).toMatchObject({ agent: "acme/hello" });
    expect(await readyPods("acme")).toBe(1);

    expect(await fleet.pass()).toEqual(["rollout updated verifying"]);
    fleet.wait(16 * 60_000);
    expect(await fleet.pass()).toEqual(["rollout updated cannot-tell"]);
    const shown = await fleet.cli("pr", "show", String(opened["raos/agent/acme/hello"]));
    expect(shown).toContain("### Cannot tell whether it is well");
    expect(shown).toContain("raos.yaml has no Prometheus for this environment");
    expect(await fleet.pass()).toEqual([]);
  });
});
