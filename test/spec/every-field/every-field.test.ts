import { describe, expect, test } from "vitest";
import { fieldsOfKinds, QUESTIONS } from "./fields.ts";
import { agentRows } from "./rows/agent.ts";
import { configRows } from "./rows/config.ts";
import { containerRows } from "./rows/containers.ts";
import { daprRows } from "./rows/dapr.ts";
import { exposureRows } from "./rows/exposure.ts";
import { jobRows } from "./rows/jobs.ts";
import { modelRows } from "./rows/models.ts";
import { operationRows } from "./rows/operations.ts";
import { policyRows } from "./rows/policies.ts";
import { runtimeRows } from "./rows/runtime.ts";
import { schedulingRows } from "./rows/scheduling.ts";
import { tenantRows } from "./rows/tenant.ts";
import { upgradeRows } from "./rows/upgrades.ts";
import { volumeRows } from "./rows/volumes.ts";
import { holds, type Row } from "./rows.ts";

/** What becomes of every field of every kind with a wrong unit, a near miss, nothing in it, or another field against it. */
const TABLES: Readonly<Record<string, readonly Row[]>> = {
  agent: agentRows,
  models: modelRows,
  runtime: runtimeRows,
  upgrades: upgradeRows,
  jobs: jobRows,
  volumes: volumeRows,
  containers: containerRows,
  scheduling: schedulingRows,
  dapr: daprRows,
  exposure: exposureRows,
  operations: operationRows,
  tenant: tenantRows,
  config: configRows,
  policies: policyRows,
};
const rows = Object.values(TABLES).flat();
const fields = fieldsOfKinds();

describe("what is said", () => {
  for (const [name, table] of Object.entries(TABLES)) {
    const said = table.flatMap((row) => (row.kind === "said" ? [row] : []));
    describe.skipIf(said.length === 0)(name, () => {
      test.each(said.map((row) => [row.title, row] as const))("%s", (_title, row) => {
        expect(row.find()).toContain(row.said);
      });
    });
  }
});

test("every field has an answer to every question that can be asked of it", () => {
  const open = fields.flatMap((field) =>
    QUESTIONS[field.type]
      .filter((question) => !rows.some((row) => row.questions.includes(question) && holds(row.fields, field)))
      .map((question) => `${field.path} (${field.type}): ${question}`),
  );
  expect(open).toEqual([]);
});

test("no row is about a field that there is not", () => {
  const lost = rows.flatMap(({ fields: named }) =>
    named.of.filter((of) => !fields.some((field) => holds({ of: [of] }, field))),
  );
  expect(lost).toEqual([]);
});

test("a reason is a sentence", () => {
  const reasons = rows.flatMap((row) => (row.kind === "silent" ? [row.reason] : []));
  expect(reasons.filter((reason) => reason.split(" ").length < 5)).toEqual([]);
});
