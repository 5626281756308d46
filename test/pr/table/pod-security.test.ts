import { expect, test } from "vitest";
import { compileTenant } from "../../../src/compile/index.ts";
import { fileRows } from "../../../src/pr/table/file-rows.ts";
import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { CONFIG, DEMO_TENANT, snapshotOf } from "../../support/specs/snapshot.ts";

const PATH = "deploy/production/demo/tenant.yaml";

function tenantFileWith(allow: string): string {
  const tenant = DEMO_TENANT.replace("demo-agents}", `demo-agents, allow: [${allow}]}`);
  const { fleet } = readFleet(snapshotOf({ "raos.yaml": CONFIG, "tenants/demo.yaml": tenant }));
  return compileTenant("demo", fleet).get(PATH) ?? "";
}

test("a namespace that no longer enforces baseline is a wider permission, one with root users is not", () => {
  const before = { text: tenantFileWith(""), oid: "" };
  expect(
    fileRows({ path: PATH, before, text: tenantFileWith("rootUser, writableRootFilesystem, metadataServer") }),
  ).toEqual([]);
  expect(fileRows({ path: PATH, before, text: tenantFileWith("hostPath") })).toEqual([
    expect.objectContaining({ before: "baseline", after: "privileged", widens: true }),
  ]);
});
