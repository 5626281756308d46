import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { agentSpec, deployedFleet } from "../../support/cli/deployed-fleet.ts";
import { raos } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { describeReal } from "../component.ts";
import { type ApiServer, apiServerTools, startApiServer } from "../kubernetes/apiserver.ts";
import { clusterObjects, condition, putDeployment } from "./cluster-objects.ts";

const SPEC = `  delivery: argocd
  argocd: {repoURL: "https://git.example.com/fleet"}
  environments:
    - {name: staging, kubernetes: {context: staging}}
    - {name: production, kubernetes: {context: production}}
    - {name: edge, kubernetes: {context: edge}}
`;
const AT = "2026-01-02T03:04:05Z";

describeReal(apiServerTools, "raos status of clusters with Argo CD", () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer();
  });
  afterAll(() => server?.stop());

  /** Production is the real cluster; staging's account may read nothing there; of edge nobody answers. */
  function kubeconfig(): string {
    const file = join(temporaryFolder(), "config");
    const ca = Buffer.from(server.certificate).toString("base64");
    const real = { server: server.url, "certificate-authority-data": ca };
    const context = (name: string, cluster: string, user: string) => ({ name, context: { cluster, user } });
    writeFileSync(
      file,
      JSON.stringify({
        ...{ apiVersion: "v1", kind: "Config", "current-context": "edge" },
        clusters: [
          { name: "real", cluster: real },
          { name: "gone", cluster: { server: "https://127.0.0.1:9" } },
        ],
        users: [
          { name: "admin", user: { token: server.token } },
          { name: "nobody", user: {} },
        ],
        contexts: [
          context("production", "real", "admin"),
          context("staging", "real", "nobody"),
          context("edge", "gone", "admin"),
        ],
      }),
    );
    return file;
  }

  test("tells each environment from its own cluster, and which could not be read", { timeout: 300_000 }, async () => {
    const fleet = await deployedFleet(["crash", "late", "triage"], SPEC);
    const objects = clusterObjects(server);
    const first = fleet.head();
    const old = fleet.digest("production", "late");
    await fleet.merge({ "agents/acme/late.yaml": agentSpec("late", "Sort well.") });
    const head = fleet.head();

    await application("triage", head, { sync: "Synced", health: "Healthy", phase: "Succeeded" });
    await putDeployment(objects, "triage", fleet.digest("production", "triage"), { available: 1 });
    await application("late", first, { sync: "Synced", health: "Healthy", phase: "Succeeded" });
    await putDeployment(objects, "late", old, { available: 1 });
    await application("crash", head, { sync: "Synced", health: "Degraded", phase: "Succeeded" });
    const exceeded = "ReplicaSet has timed out progressing.";
    const late = condition("Progressing", "False", "ProgressDeadlineExceeded", exceeded);
    await putDeployment(objects, "crash", fleet.digest("production", "crash"), { available: 0, conditions: [late] });

    const argv = ["status", "--repo", fleet.place.bare];
    const env = { KUBECONFIG: kubeconfig() };
    const ran = await raos(fleet.place.clone, [...argv, "--output", "json"], env);
    const rows: readonly { readonly [field: string]: unknown }[] = JSON.parse(ran.out);
    const production = rows.filter(({ environment }) => environment === "production");
    const wanted = (name: string) => ({
      digest: fleet.digest("production", name),
      commit: fleet.commit("production", name),
    });
    expect(production).toEqual([
      {
        ...{
          agent: "acme/crash",
          environment: "production",
          wanted: wanted("crash"),
          phase: "failed",
          since: "2026-01-02T03:04:05.000Z",
        },
        reason: `Deployment crash: ProgressDeadlineExceeded: ${exceeded}`,
      },
      {
        ...{ agent: "acme/late", environment: "production", wanted: wanted("late"), phase: "pending" },
        ...{ running: { digest: old }, since: expect.any(String) },
        reason: `Application production.acme.late is at ${first.slice(0, 7)}, which is older`,
      },
      {
        ...{ agent: "acme/triage", environment: "production", wanted: wanted("triage"), phase: "running" },
        ...{ running: { digest: fleet.digest("production", "triage") }, since: "2026-01-02T03:04:05.000Z" },
      },
    ]);
    const others = rows.filter(({ environment }) => environment !== "production");
    expect(new Set(others.map(({ environment, phase, running }) => `${environment} ${phase} ${running}`))).toEqual(
      new Set(["staging unknown undefined", "edge unknown undefined"]),
    );
    expect(ran.code).toBe(3);
    expect(ran.err.split("\n").toSorted()).toEqual([
      "",
      "raos: edge: there is no connection to the API server (list of applications.argoproj.io)",
      expect.stringMatching(
        /^raos: staging: the API server .*(forbids to list applications\.argoproj\.io|credentials)/,
      ),
    ]);

    const table = await raos(fleet.place.clone, [...argv, "--environment", "production"], env);
    expect(table.code).toBe(1);
    expect(table.out.split("\n").map((line) => line.split(/ {3,}/).slice(0, 3))).toEqual([
      ["AGENT", "ENVIRONMENT", "PHASE"],
      ["acme/crash", "production", "failed"],
      ["acme/late", "production", "pending"],
      ["acme/triage", "production", "running"],
      [""],
    ]);
    const fine = await raos(fleet.place.clone, [...argv, "--environment", "production", "--agent", "acme/triage"], env);
    expect([fine.code, fine.err]).toEqual([0, ""]);

    async function application(
      name: string,
      commit: string,
      { sync, health, phase }: { readonly sync: string; readonly health: string; readonly phase: string },
    ): Promise<void> {
      const manifest = fleet.manifest("production", name, "application.yaml");
      const { sources } = Object(manifest.spec);
      const revisions = [commit, commit];
      const result = { revision: "", revisions, sources };
      // Applications have no status of their own path: Argo CD writes it with the object.
      await objects.put("applications", {
        ...manifest,
        status: {
          sync: { status: sync, revisions, comparedTo: { destination: {}, sources } },
          health: { status: health, lastTransitionTime: AT },
          operationState: {
            ...{ phase, startedAt: AT, finishedAt: AT, message: "", syncResult: result },
            operation: { sync: { revisions } },
          },
        },
      });
    }
  });
});
