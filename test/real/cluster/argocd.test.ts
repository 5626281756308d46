import { afterAll, beforeAll, expect, test } from "vitest";
import { waitFor } from "../../support/wait.ts";
import { describeReal } from "../component.ts";
import { playArgocd } from "./argocd.ts";
import { type Cluster, clusterTools, startCluster } from "./cluster.ts";
import { clusterFleet } from "./fleet.ts";

const SPEC = "agents/acme/hello.yaml";
const BRANCH = "raos/agent/acme/hello";

describeReal(
  [...clusterTools, "helm"],
  "from a merge to running pods and back, Argo CD's controller played by the test",
  () => {
    let cluster: Cluster;
    beforeAll(async () => {
      cluster = await startCluster();
    });
    afterAll(() => cluster?.stop());

    test("what is merged runs; an image that nobody can pull is taken back, with the Deployment's words", {
      timeout: 1_200_000,
    }, async () => {
      const fleet = await clusterFleet({ tenant: "acme", clusters: { production: cluster }, delivery: "argocd" });
      const argocd = playArgocd(cluster, fleet.place, "production");
      /** Merges, lets Argo CD sync, and waits until the agent is in this phase. */
      async function deploy(pull: number, phase: string) {
        await fleet.merge(pull);
        await argocd.sync();
        return waitFor(async () => {
          await argocd.refresh();
          const row = await fleet.status("production");
          return row.phase === phase ? row : undefined;
        }, 500);
      }

      expect(await fleet.pass()).toEqual(["drift opened"]);
      const { [BRANCH]: first = 0 } = await fleet.open();
      await deploy(first, "running");
      expect(await fleet.pass()).toEqual(["rollout updated verifying"]);
      fleet.wait(16 * 60_000);
      expect(await fleet.pass()).toEqual(["rollout updated cannot-tell"]);

      // The chart leaves it at Kubernetes' ten minutes, and so an operator's own value stays.
      const patched = await cluster.client.send("PATCH", "/apis/apps/v1/namespaces/acme/deployments/hello", {
        ...{ type: "application/merge-patch+json", text: '{"spec": {"progressDeadlineSeconds": 5}}' },
      });
      expect(patched.status).toBe(200);
      const before = fleet.place.read(SPEC);
      fleet.place.commit({ [SPEC]: `${before}  runtime: {image: "example.com/hello:broken"}\n` });
      await fleet.pass();
      const { [BRANCH]: bad = 0 } = await fleet.open();
      const failed = await deploy(bad, "failed");
      expect(failed.reason).toMatch(
        /^Deployment hello: ProgressDeadlineExceeded: .*ImagePullBackOff: Back-off pulling image/,
      );
      expect(await fleet.pass()).toEqual(expect.arrayContaining(["rollout updated worse", "regression opened"]));
      const { [`raos/regression/${bad}`]: revert = 0 } = await fleet.open();
      await deploy(revert, "running");
      expect(fleet.place.read(SPEC)).not.toContain("broken");
      await fleet.pass();
      expect(await fleet.cli("pr", "show", String(bad))).toContain(`#${revert} takes it back.`);
    });
  },
);
