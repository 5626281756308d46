import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
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

  test.each([
    [
      ...(["an image that nobody can pull", "globex"] as const),
      'runtime: {image: "example.com/hello:broken"}',
      "ImagePullBackOff: Back-off pulling image example.com/hello:broken",
    ],
    [
      ...(["a readiness probe that nobody answers", "initech"] as const),
      "runtime: {pod: {readinessProbe: {httpGet: {path: /broken, port: app}}}}",
      "container agent runs, and is not ready",
    ],
  ])(
    "%s is taken back, with the controller's words, and what ran before runs again",
    {
      timeout: 600_000,
    },
    async (_, tenant, field, words) => {
      const fleet = await clusterFleet({ tenant, clusters: { production: cluster } });
      const file = `agents/${tenant}/hello.yaml`;
      await fleet.pass();
      await fleet.merge(...Object.values(await fleet.open()));
      await fleet.untilPhase("production", "running");
      const before = fleet.place.read(file);

      fleet.place.commit({ [file]: `${before}  ${field}\n` });
      expect(await fleet.pass()).toContain("drift opened");
      const { [`raos/agent/${tenant}/hello`]: bad = 0 } = await fleet.open();
      await fleet.merge(bad);
      const rolling = await fleet.until("production", ({ reason = "" }) => reason.includes(words));
      expect(rolling.phase).toBe("rolling");
      expect(await fleet.pass()).toContain("rollout updated rolling-out");

      // Helm goes back by itself, and tries again: meanwhile it is rolling out once more.
      const failed = await fleet.untilPhase("production", "failed", "rolled-back");
      expect(failed.reason).toContain(`UpgradeFailed: Helm upgrade failed for release ${tenant}/hello`);
      await fleet.untilPass("rollout updated worse");
      const { [`raos/regression/${bad}`]: revert = 0 } = await fleet.open();
      const told = await fleet.cli("pr", "show", String(bad));
      expect(told).toContain("### Worse than before");
      expect(told).toMatch(/UpgradeFailed: Helm upgrade failed.*While it rolled out: /);
      expect(told.replaceAll("\\", "")).toContain(words);
      expect(await fleet.cli("pr", "show", String(revert))).toContain(`#${bad} made things worse`);

      await fleet.merge(revert);
      expect(parse(fleet.place.read(file))).toEqual(parse(before));
      await fleet.untilPhase("production", "running");
      await fleet.pass();
      expect(await fleet.cli("pr", "show", String(bad))).toContain(`#${revert} takes it back.`);
      expect(await fleet.open()).toEqual({});
    },
  );
});
