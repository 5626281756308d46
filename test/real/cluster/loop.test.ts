import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { serve } from "../../support/cli/serve.ts";
import { waitUntil } from "../../support/wait.ts";
import { describeReal } from "../component.ts";
import { freePorts } from "../process/loopback.ts";
import type { Cluster } from "./cluster.ts";
import { clusterFleet } from "./fleet.ts";
import { fluxTools, startFluxCluster } from "./flux.ts";

const SECRET = "s3cret-of-flux";
/** What `kubectl create secret` makes of the instructions that `raos init --notify` prints. */
const secretOf = (namespace: string) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "raos-rollouts", namespace },
  stringData: { token: SECRET },
});

describeReal(fluxTools, "from a merge to running pods and back, with Flux", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startFluxCluster();
  }, 300_000);
  afterAll(() => cluster?.stop());

  /** How many pods of the agents of a tenant are ready, as the API server says. */
  async function readyPods(namespace: string): Promise<number> {
    const { body } = await cluster.client.send("GET", `/api/v1/namespaces/${namespace}/pods`);
    return JSON.stringify(body).split('"ready":true').length - 1;
  }

  test("a spec that is pushed runs once its pull request is merged; Flux tells RAOS, which says so on it", {
    timeout: 1_200_000,
  }, async () => {
    const [port = 0] = await freePorts(1);
    const notify = `http://127.0.0.1:${port}`;
    const fleet = await clusterFleet({ tenant: "acme", clusters: { production: cluster }, notify });
    await cluster.apply(secretOf(fleet.namespace));
    expect(await fleet.pass()).toEqual(["drift opened"]);
    const { "raos/agent/acme/hello": pull = 0, ...others } = await fleet.open();
    expect(others).toEqual({});

    // The timer rings once in an hour: what is told later comes from Flux.
    const served = await serve(["--repo", fleet.place.bare, "--port", String(port)], {
      ...fleet.env,
      ROLLOUTS_SECRET: SECRET,
    });
    await waitUntil(() => served.log.some(({ msg }) => msg === "repository reconciled"));
    await fleet.merge(pull);
    const shown = () => fleet.cli("pr", "show", String(pull));
    await waitUntil(async () => (await shown()).includes("### Running; looked at again soon"), 500);
    const metrics = await (await fetch(`${served.url}/metrics`)).text();
    expect(metrics).toMatch(/raos_rollout_deliveries_total\{result="taken"\} [1-9]/);
    expect(metrics).not.toMatch(/raos_rollout_deliveries_total\{result="unauthorized"\} [1-9]/);
    await served.stop();
    expect(await fleet.untilPhase("production", "running")).toMatchObject({ agent: "acme/hello" });
    expect(await readyPods("acme")).toBe(1);

    fleet.wait(16 * 60_000);
    expect(await fleet.pass()).toEqual(["rollout updated cannot-tell"]);
    expect(await shown()).toContain("### Cannot tell whether it is well");
    expect(await shown()).toContain("raos.yaml has no Prometheus for this environment");
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
      timeout: 1_200_000,
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
