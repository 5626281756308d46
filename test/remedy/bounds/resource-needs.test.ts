import { describe, expect, test } from "vitest";
import { scalingMode } from "../../../src/compile/sections/scaling.ts";
import { tenantObjects } from "../../../src/compile/tenant.ts";
import { Tenant } from "../../../src/domain/kinds/kinds.ts";
import { at } from "../../../src/domain/values/json.ts";
import { baseUnits } from "../../../src/domain/values/quantity.ts";
import { resourceNeedsOf } from "../../../src/remedy/bounds/resource-needs.ts";
import { fixtureFleet } from "../../support/specs/fixture-fleet.ts";

const MI = 2 ** 20;
const tenantOf = (spec: Readonly<Record<string, unknown>>) =>
  Tenant.parse({ apiVersion: "raos.dev/v1alpha1", kind: "Tenant", metadata: { name: "support" }, spec });
const { agents, fleet } = fixtureFleet();

describe("what an agent asks of its tenant", () => {
  test.each([
    ["a fixed number of replicas", { scaling: { min: 3, max: 9 } }, { pods: 3 }],
    ["one, where nothing is said", {}, { pods: 1 }],
    ["the most of an autoscaler", { scaling: { min: 3, max: 9, hpa: { cpu: 70 } } }, { pods: 9 }],
    ["the most of KEDA", { scaling: { min: 0, max: 9, keda: { kafkaLag: 5 } } }, { pods: 9 }],
    ["ten, where an autoscaler's most is not said", { scaling: { hpa: { cpu: 70 } } }, { pods: 10 }],
    [
      "requests of container and sidecar",
      {
        scaling: { min: 2 },
        runtime: { resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { cpu: "1", memory: "1Gi" } } },
        dapr: { enabled: true, sidecar: { cpuRequest: "50m", memoryLimit: "128Mi" } },
      },
      { pods: 2, cpu: 0.6, memory: 768 * MI },
    ],
    [
      "limits, where no requests are said",
      {
        runtime: { resources: { limits: { cpu: "1", memory: "1Gi" } } },
        dapr: { enabled: false },
      },
      { pods: 1, cpu: 1, memory: 1024 * MI },
    ],
  ])("%s", (_, spec, expected) => {
    expect(resourceNeedsOf(spec, undefined)).toMatchObject(expected);
  });

  test.each([
    ["a quota", { quota: { pods: 1 } }],
    ["limits of its own", { limits: { default: { cpu: "500m", memory: "512Mi" } } }],
    ["a ceiling", { limits: { max: { cpu: "2", memory: "2Gi" } } }],
  ])("what nobody says is what the LimitRange of a tenant with %s gives", (_, spec) => {
    const tenant = tenantOf(spec);
    const range = tenantObjects(tenant, "production").find((object) => at(object, "kind") === "LimitRange");
    const limits = at(range, "spec", "limits");
    const container = Array.isArray(limits) ? limits[0] : undefined;
    const given = (resource: string) =>
      at(container, "defaultRequest", resource) ?? at(container, "default", resource) ?? at(container, "max", resource);
    const asked = resourceNeedsOf({ dapr: { enabled: false } }, tenant);
    for (const resource of ["cpu", "memory"] as const) expect(asked[resource]).toBe(baseUnits(String(given(resource))));
  });

  test("its replicas are the most that are rendered, and no agent of the fixture fleet is over its quota", () => {
    for (const agent of agents.values()) {
      for (const { environment, spec } of agent.environments.values()) {
        const mode = scalingMode(spec);
        const tenant = fleet.tenants.get(agent.tenant);
        const asked = resourceNeedsOf(JSON.parse(JSON.stringify(spec)), tenant);
        expect([agent.key, environment, asked.pods]).toEqual([
          agent.key,
          environment,
          mode.kind === "fixed" ? mode.replicas : mode.max,
        ]);
        expect(asked.cpu).toBeLessThanOrEqual(baseUnits(tenant?.spec.quota?.cpu ?? "1000") ?? 0);
        expect(asked.memory).toBeLessThanOrEqual(baseUnits(tenant?.spec.quota?.memory ?? "1Ei") ?? 0);
      }
    }
  });
});
