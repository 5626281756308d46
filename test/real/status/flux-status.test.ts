import { afterAll, beforeAll, expect, test } from "vitest";
import { agentSpec, deployedFleet } from "../../support/cli/deployed-fleet.ts";
import { raos } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { describeReal } from "../component.ts";
import { type ApiServer, apiServerTools, startApiServer } from "../kubernetes/apiserver.ts";
import { writeKubeconfig } from "../kubernetes/kubeconfig.ts";
import { clusterObjects, condition, putDeployment } from "./cluster-objects.ts";

const AGENTS = ["behind", "broken", "fine", "rolled", "slow", "stuck"];

describeReal(apiServerTools, "raos status of a cluster with Flux", () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer();
  });
  afterAll(() => server?.stop());

  test("tells what is wanted, what runs, and what holds it up, in the controllers' words", {
    timeout: 300_000,
  }, async () => {
    const fleet = await deployedFleet(AGENTS, "  environments: [{name: production}]\n");
    const objects = clusterObjects(server);
    const env = { KUBECONFIG: await writeKubeconfig(temporaryFolder(), server) };
    const status = async (...args: readonly string[]) => {
      const ran = await raos(
        fleet.place.clone,
        ["status", "--repo", fleet.place.bare, "--output", "json", ...args],
        env,
      );
      expect(ran.err).toBe("");
      return { code: ran.code, rows: JSON.parse(ran.out) };
    };
    const old = new Map(AGENTS.map((name) => [name, fleet.digest("production", name)]));
    expect((await status()).rows).toMatchObject(AGENTS.map((name) => ({ agent: `acme/${name}`, phase: "unknown" })));

    // What the controllers made of the first commit.
    await flux(fleet.head(), "True");
    for (const name of AGENTS) {
      await release(name, [condition("Ready", "True", "InstallSucceeded")]);
      await putDeployment(objects, name, old.get(name) ?? "", { available: 1 });
    }
    expect(await status()).toEqual({
      code: 0,
      rows: AGENTS.map((name) => ({
        agent: `acme/${name}`,
        environment: "production",
        wanted: { digest: old.get(name), commit: fleet.commit("production", name) },
        running: { digest: old.get(name) },
        phase: "running",
        since: "2026-01-02T03:04:05.000Z",
      })),
    });

    // A change of all but one, of which the cluster has seen different parts.
    const first = fleet.head();
    await fleet.merge(
      Object.fromEntries(AGENTS.map((name) => [`agents/acme/${name}.yaml`, agentSpec(name, "Sort well.")])),
    );
    const wanted = new Map(AGENTS.map((name) => [name, fleet.digest("production", name)]));
    const behind = await status("--agent", "acme/behind");
    expect(behind.rows).toEqual([
      {
        agent: "acme/behind",
        environment: "production",
        wanted: { digest: wanted.get("behind"), commit: fleet.commit("production", "behind") },
        running: { digest: old.get("behind") },
        phase: "pending",
        reason: `GitRepository flux-system/flux-system has fetched ${first.slice(0, 7)}, which is older`,
        since: expect.any(String),
      },
    ]);
    await flux(first, "False", "Deployment/acme/other dry-run failed: admission webhook denied the request");
    for (const name of ["broken", "fine", "rolled", "slow", "stuck"]) {
      const digest = wanted.get(name) ?? "";
      if (name === "fine") {
        await release(name, [condition("Ready", "True", "UpgradeSucceeded")]);
        await putDeployment(objects, name, digest, { available: 1 });
      } else if (name === "rolled") {
        const failed = "Helm upgrade failed for release acme/rolled: context deadline exceeded";
        await release(name, [
          condition("Ready", "False", "RollbackSucceeded", "Helm rollback to previous release succeeded"),
          condition("Released", "False", "UpgradeFailed", failed),
          condition("Remediated", "True", "RollbackSucceeded", "Helm rollback to previous release succeeded"),
        ]);
      } else if (name === "broken") {
        await release(name, [
          condition(
            "Ready",
            "False",
            "UpgradeFailed",
            "template: agent/templates/workload.yaml: nil pointer, key sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH",
          ),
        ]);
      } else {
        await release(name, [
          condition("Ready", "Unknown", "Progressing", "Running 'upgrade' action with timeout of 5m0s"),
        ]);
        await putDeployment(objects, name, digest, { available: name === "slow" ? 1 : 0 });
      }
    }
    await pod("stuck");
    const { code, rows } = await status();
    expect(code).toBe(1);
    const told = rows.map((row: { readonly [field: string]: unknown }) => [
      row.agent,
      row.phase,
      row.running,
      row.reason,
    ]);
    const running = (name: string) => ({ digest: old.get(name) });
    expect(told).toEqual([
      [
        "acme/behind",
        "held-up",
        running("behind"),
        expect.stringContaining(
          "held up by Kustomization flux-system/raos: ReconciliationFailed: Deployment/acme/other dry-run failed: admission webhook denied the request",
        ),
      ],
      [
        "acme/broken",
        "failed",
        running("broken"),
        expect.stringMatching(/^HelmRelease flux-system\/acme\.broken: UpgradeFailed: template.*\[redacted\]/),
      ],
      ["acme/fine", "running", { digest: wanted.get("fine") }, undefined],
      [
        "acme/rolled",
        "rolled-back",
        running("rolled"),
        "HelmRelease flux-system/acme.rolled: UpgradeFailed: Helm upgrade failed for release acme/rolled: context deadline exceeded",
      ],
      ["acme/slow", "rolling", { digest: wanted.get("slow") }, expect.stringContaining("Running 'upgrade' action")],
      ["acme/stuck", "rolling", undefined, expect.stringContaining("ImagePullBackOff: Back-off pulling image")],
    ]);

    async function flux(commit: string, ready: string, message = ""): Promise<void> {
      const metadata = { name: "flux-system", namespace: "flux-system" };
      const source = { apiVersion: "source.toolkit.fluxcd.io/v1", kind: "GitRepository", metadata };
      const revision = `main@sha1:${commit}`;
      await objects.put(
        "gitrepositories",
        { ...source, spec: { interval: "1m", url: "https://example.com/fleet.git" } },
        (observedGeneration) => ({
          observedGeneration,
          conditions: [condition("Ready", "True", "Succeeded")],
          artifact: {
            path: "p",
            url: "http://x/p",
            revision,
            digest: `sha256:${"0".repeat(64)}`,
            lastUpdateTime: "2026-01-02T03:04:05Z",
          },
        }),
      );
      await objects.put(
        "kustomizations",
        {
          apiVersion: "kustomize.toolkit.fluxcd.io/v1",
          kind: "Kustomization",
          metadata: { ...metadata, name: "raos" },
          spec: {
            ...{ interval: "1m", path: "./deploy/production", prune: true },
            sourceRef: { kind: "GitRepository", name: "flux-system" },
          },
        },
        (observedGeneration) => ({
          observedGeneration,
          conditions: [
            condition("Ready", ready, ready === "True" ? "ReconciliationSucceeded" : "ReconciliationFailed", message),
          ],
          lastAppliedRevision: revision,
        }),
      );
    }

    /** The HelmRelease that the present commit has, with what its controller says. */
    async function release(name: string, conditions: readonly object[]): Promise<void> {
      const manifest = fleet.manifest("production", name, "release.yaml");
      await objects.put("helmreleases", manifest, (observedGeneration) => ({ observedGeneration, conditions }));
    }

    async function pod(name: string): Promise<void> {
      const labels = { "app.kubernetes.io/instance": name };
      await objects.put(
        "pods",
        {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: `${name}-1`, namespace: "acme", labels },
          spec: { containers: [{ name: "agent", image: "example.com/agent:1" }] },
        },
        () => ({
          phase: "Pending",
          containerStatuses: [
            {
              ...{ name: "agent", image: "example.com/agent:1", imageID: "", ready: false, restartCount: 0 },
              state: {
                waiting: { reason: "ImagePullBackOff", message: 'Back-off pulling image "example.com/agent:1"' },
              },
            },
          ],
        }),
      );
    }
  });
});
