import { expect, test } from "vitest";
import type { ShownDeployment } from "../../../../src/domain/rollout/deployment.ts";
import { counted, start } from "../start.ts";

const shown = (sha: string, fields: Partial<ShownDeployment> = {}): ShownDeployment => ({
  ...{ environment: "production/acme/triage", sha, state: "in_progress", description: "is rolling out" },
  ...fields,
});

test("a deployment is created once, and gets a status where something changed; none merges or ends another", async () => {
  const started = await start();
  const { forge, repository, base, connect } = started;
  await forge.deployments?.show([shown(base.sha)]);
  expect(counted(started).writes).toBe(2);
  await forge.deployments?.show([shown(base.sha)]);
  expect(counted(started).writes).toBe(0);
  // Another process only signs in.
  await connect().deployments?.show([shown(base.sha)]);
  expect(counted(started).writes).toBe(1);
  await forge.deployments?.show([shown(base.sha, { environment: "production/acme/billing", state: "success" })]);
  await forge.deployments?.show([shown(base.sha, { state: "success", description: "verified" })]);
  expect(
    repository.deployments.map(({ environment, isProduction, statuses }) => ({
      ...{ environment, isProduction },
      states: statuses.map(({ state }) => state),
    })),
  ).toEqual([
    { environment: "production/acme/triage", isProduction: true, states: ["in_progress", "success"] },
    { environment: "production/acme/billing", isProduction: true, states: ["success"] },
  ]);
  expect((await forge.defaultBranch()).sha).toBe(base.sha);
});

test("without the permission nothing is shown, nothing fails, and the log says it once", async () => {
  const started = await start();
  const { deployments: _, ...others } = started.installation.permissions;
  started.installation.permissions = others;
  const warned: string[] = [];
  const forge = started.connect({ warn: (_: unknown, message: string) => warned.push(message) });
  await forge.deployments?.show([shown(started.base.sha), shown(started.base.sha, { environment: "staging/x/y" })]);
  await forge.deployments?.show([shown(started.base.sha)]);
  expect(started.repository.deployments).toEqual([]);
  expect(warned).toEqual(["GitHub deployments are not shown; accept the permission"]);
});
