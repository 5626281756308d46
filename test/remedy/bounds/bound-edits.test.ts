import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { WantedEdit } from "../../../src/domain/alert/incident.ts";
import { Tenant } from "../../../src/domain/kinds/kinds.ts";
import type { Json } from "../../../src/domain/values/scalars.ts";
import { type Bounds, boundEdits, type RecentChange } from "../../../src/remedy/bounds/bound-edits.ts";
import { isOverLimit, resourceNeedsOf } from "../../../src/remedy/bounds/resource-needs.ts";

const HOUR = 3_600_000;
const NOW = Date.parse("2026-06-01T12:00:00Z");
const spec = {
  model: { name: "gpt-5", maxConcurrency: 8 },
  scaling: { min: 2, max: 10, hpa: { cpu: 70 } },
  runtime: {
    image: "ghcr.io/acme/triage:2",
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
  },
  dapr: { enabled: true },
  labels: { team: "support" },
};
const bounds: Bounds = {
  allowedPaths: ["/spec/scaling", "/spec/runtime/resources", "/spec/model/name", "/spec/labels"],
  spec,
  recent: [],
  maxEdits: 10,
  evidenceIds: new Set(["e1"]),
  now: NOW,
  cooldownMs: 24 * HOUR,
  tenant: undefined,
  otherEnvironments: [],
};

function edit(at: string, to: Json | undefined, more: Partial<WantedEdit> = {}): WantedEdit {
  const kind = to === undefined ? "remove" : "set";
  return { kind, agent: "support/triage", at, from: undefined, to, why: "So.", by: "rule", evidence: [], ...more };
}

/** What becomes of edits: `kept`, or why not, one for each in their order. */
function fates(edits: readonly WantedEdit[], more: Partial<Bounds> = {}): readonly string[] {
  const { edits: kept, dropped } = boundEdits(edits, { ...bounds, ...more });
  return edits.map((one) =>
    kept.includes(one)
      ? "kept"
      : (dropped.find(({ at, to }) => at === one.at.slice(0, 256) && to === one.to)?.reason ?? "lost"),
  );
}

function tenantOf(fields: Readonly<Record<string, unknown>>): Tenant {
  return Tenant.parse({ apiVersion: "raos.dev/v1alpha1", kind: "Tenant", metadata: { name: "support" }, spec: fields });
}

describe("what may be changed", () => {
  test.each([
    ["/spec/scaling/max", 20],
    ["/spec/scaling", { min: 2, max: 20 }],
    ["/spec/scaling/keda/threshold", 5],
    ["/spec/model/name", "gpt-5-mini"],
    ["/spec/labels/a~1b", "x"],
  ])("%s is allowed", (at, to) => {
    expect(fates([edit(at, to)])).toEqual(["kept"]);
  });

  test.each([
    ["/spec/model", { name: "x" }],
    ["/spec/model/maxConcurrency", 4],
    ["/spec/scalings/max", 20],
    ["/spec/runtime/image", "x"],
    ["/spec/supervision/allowedPaths", ["/spec"]],
    ["/spec/scaling~1max", 20],
  ])("%s is outside of what is allowed", (at, to) => {
    expect(fates([edit(at, to)])).toEqual(["outside-allowed-paths"]);
  });

  test.each([
    "/spec",
    "/spec/",
    "",
    "spec/scaling/max",
    "/metadata/name",
    "/spec/scaling/",
    "/spec/scaling//max",
    "/spec/scaling/../model/maxConcurrency",
    "/spec/scaling/./max",
    "/spec/scaling/-",
    "/spec/scaling/__proto__/max",
    "/spec/scaling/constructor/prototype/max",
    "/spec/scaling/~2",
    "/spec/scaling/~",
    "/spec/environments/production/scaling/max",
    "/spec/scaling/environments",
    `/spec/scaling/${"a".repeat(300)}`,
  ])("%s is no place in a spec", (at) => {
    expect(fates([edit(at, 20)], { allowedPaths: ["/spec/scaling", "/spec/environments", "/spec"] })).toEqual([
      "invalid",
    ]);
  });

  test("nothing, where nothing is allowed, and nothing by a pointer that leads nowhere", () => {
    for (const allowedPaths of [[], ["/spec"], [""], ["/"], ["/spec/environments"], ["/spec/scaling/max/deeper"]])
      expect(fates([edit("/spec/scaling/max", 20)], { allowedPaths })).toEqual(["outside-allowed-paths"]);
  });

  test("whatever is asked, all that is kept lies below an allowed path, once, and changes something", () => {
    const step = fc.constantFrom(
      "scaling",
      "max",
      "min",
      "model",
      "name",
      "runtime",
      "resources",
      "limits",
      "memory",
      "labels",
      "..",
      "",
      "~0",
      "~1",
      "__proto__",
      "environments",
      "0",
      "-",
      "é",
    );
    const at = fc.array(step, { maxLength: 5 }).map((steps) => ["/spec", ...steps].join("/"));
    const to = fc.oneof(
      fc.jsonValue().map((value): Json => JSON.parse(JSON.stringify(value))),
      fc.constant(undefined),
    );
    const wanted = fc.tuple(at, to, fc.constantFrom("rule", "model"), fc.constantFrom([], ["e1"], ["e9"]));
    fc.assert(
      fc.property(fc.array(wanted, { maxLength: 6 }), fc.array(at, { maxLength: 3 }), (asked, allowedPaths) => {
        const edits = asked.map(([path, value, by, evidence]) => edit(path, value, { by, evidence }));
        const { edits: kept, dropped } = boundEdits(edits, { ...bounds, allowedPaths, maxEdits: 3 });
        expect(kept.length + dropped.length).toBe(edits.length);
        expect(kept.length).toBeLessThanOrEqual(3);
        for (const [index, one] of kept.entries()) {
          expect(allowedPaths.some((path) => one.at === path || one.at.startsWith(`${path}/`))).toBe(true);
          expect(one.at).not.toMatch(/\/(\.\.|__proto__|environments|-)?(\/|$)/);
          expect(one.by === "rule" || one.evidence.includes("e1")).toBe(true);
          for (const other of kept.slice(index + 1)) {
            expect(`${one.at}/`.startsWith(`${other.at}/`)).toBe(false);
            expect(`${other.at}/`.startsWith(`${one.at}/`)).toBe(false);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a model", () => {
  test("has to name evidence that there is", () => {
    const asked = (evidence: readonly string[]) => fates([edit("/spec/scaling/max", 20, { by: "model", evidence })]);
    expect([asked([]), asked(["e2"]), asked(["E1"]), asked(["e2", "e1"])].flat()).toEqual([
      "no-evidence",
      "no-evidence",
      "no-evidence",
      "kept",
    ]);
  });
});

describe("several edits", () => {
  test("of one place: the first is made", () => {
    expect(fates([edit("/spec/scaling/max", 20), edit("/spec/scaling/max", 30)])).toEqual(["kept", "invalid"]);
  });

  test.each([[["/spec/scaling", "/spec/scaling/max"]], [["/spec/scaling/max", "/spec/scaling"]]])(
    "of overlapping places %j: the first is made",
    ([first = "", second = ""]) => {
      const to = (at: string): Json => (at.endsWith("max") ? 20 : { min: 1, max: 21 });
      expect(fates([edit(first, to(first)), edit(second, to(second))])).toEqual(["kept", "invalid"]);
    },
  );

  test("are no more than a pull request may hold, and those that were dropped do not count", () => {
    const edits = [
      edit("/spec/model/maxConcurrency", 1),
      edit("/spec/scaling/max", 20),
      edit("/spec/scaling/min", 3),
      edit("/spec/model/name", "x"),
    ];
    expect(fates(edits, { maxEdits: 2 })).toEqual(["outside-allowed-paths", "kept", "kept", "too-many-edits"]);
  });

  test.each([
    ["set to what there is", edit("/spec/scaling/max", 10)],
    ["set to a mapping that there is", edit("/spec/scaling/hpa", { cpu: 70 })],
    ["taken away where nothing is", edit("/spec/scaling/keda", undefined)],
  ])("%s: so already", (_, one) => {
    expect(fates([one])).toEqual(["same-as-now"]);
  });
});

describe("what was changed lately", () => {
  const change = (from: Json | undefined, to: Json | undefined, more: Partial<RecentChange> = {}): RecentChange => {
    return { at: "/spec/scaling/max", from, to, when: NOW - HOUR, deployedAt: NOW - HOUR, by: "person", ...more };
  };
  const fate = (recent: RecentChange, to: Json | undefined, at = "/spec/scaling/max") =>
    fates([edit(at, to)], { recent: [recent] })[0];

  test.each([
    ["back to what it was", change(20, 10), 20, "undoes-a-person"],
    ["beyond what it was", change(20, 10), 30, "undoes-a-person"],
    ["part of the way back", change(20, 10), 15, "kept"],
    ["further the same way", change(20, 10), 5, "kept"],
    ["back below what it was raised from", change(5, 10), 4, "undoes-a-person"],
    ["further up", change(5, 10), 30, "kept"],
    ["taken away again", change(undefined, 10), undefined, "undoes-a-person"],
    ["taken away, where there was another", change(20, 10), undefined, "undoes-a-person"],
    ["long ago", change(20, 10, { when: NOW - 25 * HOUR }), 20, "kept"],
    ["by the bot, to and fro", change(20, 10, { by: "bot" }), 20, "flapping"],
    ["by the bot, beyond", change(20, 10, { by: "bot" }), 30, "kept"],
    ["of another place", change(20, 10, { at: "/spec/scaling/min" }), 20, "kept"],
  ])("a value %s", (_, recent, to, expected) => {
    expect(fate(recent, to)).toBe(expected);
  });

  test("quantities are compared, not their spelling", () => {
    const at = "/spec/runtime/resources/limits/memory";
    const lowered = change("2Gi", "512Mi", { at });
    expect(fate(lowered, "2048Mi", at)).toBe("undoes-a-person");
    expect(fate(lowered, "1Gi", at)).toBe("kept");
  });

  test("text goes to and fro as well", () => {
    const at = "/spec/model/name";
    expect(fate(change("gpt-5-mini", "gpt-5", { at, by: "bot" }), "gpt-5-mini", at)).toBe("flapping");
    expect(fate(change("gpt-5-mini", "gpt-5", { at }), "gpt-5-mini", at)).toBe("undoes-a-person");
    expect(fate(change("gpt-5-mini", "gpt-5", { at }), "gpt-5-nano", at)).toBe("kept");
  });

  test("a rule's roll-back may take back what a person did, once: what came again is a person's to decide", () => {
    const rolled = (recent: RecentChange, more: Partial<WantedEdit>) =>
      fates([edit("/spec/scaling/max", 20, { rollback: true, ...more })], { recent: [recent] })[0];
    expect(rolled(change(20, 10), {})).toBe("kept");
    expect(rolled(change(20, 10, { by: "bot" }), {})).toBe("flapping");
    expect(rolled(change(5, 10, { by: "bot" }), {})).toBe("flapping");
    expect(rolled(change(20, 10), { by: "model", evidence: ["e1"] })).toBe("undoes-a-person");
  });

  test("a whole mapping is no way around it", () => {
    const recent = change({ min: 2, max: 20 }, { min: 2, max: 10 }, { at: "/spec/scaling" });
    expect(fate(recent, { min: 3, max: 20 }, "/spec/scaling")).toBe("undoes-a-person");
    expect(fate(recent, { min: 3 }, "/spec/scaling")).toBe("undoes-a-person");
    expect(fate(recent, { min: 3, max: 10 }, "/spec/scaling")).toBe("kept");
  });
});

describe("requests and limits", () => {
  const limit = (to: Json) => edit("/spec/runtime/resources/limits/memory", to);
  const request = (to: Json) => edit("/spec/runtime/resources/requests/memory", to);

  test.each([
    ["a request above its limit", [request("600Mi")], ["request-over-limit"]],
    ["a limit below its request", [limit("200Mi")], ["request-over-limit"]],
    ["a request at its limit", [request("512Mi")], ["kept"]],
    ["both raised", [limit("1Gi"), request("600Mi")], ["kept", "kept"]],
    ["both raised, the other way round", [request("600Mi"), limit("1Gi")], ["kept", "kept"]],
    ["both lowered, the wrong way round", [limit("200Mi"), request("128Mi")], ["kept", "kept"]],
    [
      "both, of which the limit may not be",
      [request("600Mi"), edit("/spec/runtime/limits", "1Gi")],
      ["request-over-limit", "outside-allowed-paths"],
    ],
    [
      "both in a mapping",
      [edit("/spec/runtime/resources", { requests: { memory: "2Gi" }, limits: { memory: "1Gi" } })],
      ["request-over-limit"],
    ],
    ["a request where no limit is", [edit("/spec/runtime/resources/requests/cpu", "8")], ["kept"]],
  ])("%s", (_, edits, expected) => {
    expect(fates(edits)).toEqual(expected);
  });

  test("the tenant's default is a limit, too", () => {
    const tenant = tenantOf({ limits: { default: { cpu: "500m" } } });
    expect(fates([edit("/spec/runtime/resources/requests/cpu", "400m")], { tenant })).toEqual(["kept"]);
    expect(fates([edit("/spec/runtime/resources/requests/cpu", "600m")], { tenant })).toEqual(["request-over-limit"]);
  });

  test("an edit that reaches another environment has to suit it", () => {
    const staging = { ...spec, runtime: { resources: { requests: { memory: "128Mi" }, limits: { memory: "384Mi" } } } };
    const reaching = [{ spec: staging, isChangedBy: () => true }];
    expect(fates([request("500Mi")], { otherEnvironments: reaching })).toEqual(["request-over-limit"]);
    expect(fates([request("300Mi")], { otherEnvironments: reaching })).toEqual(["kept"]);
    expect(fates([request("500Mi")], { otherEnvironments: [{ spec: staging, isChangedBy: () => false }] })).toEqual([
      "kept",
    ]);
  });
});

describe("a tenant's quota", () => {
  const max = (to: number) => [edit("/spec/scaling/max", to)];
  test.each([
    ["fewer pods than it has", { pods: 20 }, 20, "kept"],
    ["more pods than it has", { pods: 20 }, 21, "over-tenant-quota"],
    ["as much CPU as it has: 20 × (100m and the sidecar's 100m)", { cpu: "4" }, 20, "kept"],
    ["more CPU", { cpu: "4" }, 21, "over-tenant-quota"],
    ["as much memory: 20 × (256Mi and the sidecar's 64Mi)", { memory: "6400Mi" }, 20, "kept"],
    ["more memory", { memory: "6400Mi" }, 21, "over-tenant-quota"],
    ["anything, where it has no quota", {}, 9999, "kept"],
  ])("%s", (_, quota, to, expected) => {
    expect(fates(max(to), { tenant: tenantOf({ quota }) })).toEqual([expected]);
  });

  test("what is over it already may shrink, and not grow", () => {
    const tenant = tenantOf({ quota: { pods: 5 } });
    expect([fates(max(8), { tenant }), fates(max(12), { tenant })].flat()).toEqual(["kept", "over-tenant-quota"]);
    expect(fates([edit("/spec/model/name", "gpt-5-mini")], { tenant })).toEqual(["kept"]);
  });

  test("edits count together: each may fit, and both not", () => {
    const tenant = tenantOf({ quota: { cpu: "4" } });
    const cpu = edit("/spec/runtime/resources/requests/cpu", "250m");
    expect(fates([edit("/spec/scaling/max", 15), cpu], { tenant })).toEqual(["kept", "over-tenant-quota"]);
    expect(fates([cpu, edit("/spec/scaling/max", 15)], { tenant })).toEqual(["kept", "over-tenant-quota"]);
  });

  test("no container may have more than the tenant's ceiling", () => {
    const tenant = tenantOf({ limits: { max: { memory: "1Gi" } } });
    expect(fates([edit("/spec/runtime/resources/limits/memory", "1Gi")], { tenant })).toEqual(["kept"]);
    expect(fates([edit("/spec/runtime/resources/limits/memory", "2Gi")], { tenant })).toEqual(["over-tenant-quota"]);
  });

  test("whatever is asked, it is kept, and so is the limit", () => {
    const tenant = tenantOf({ quota: { cpu: "4", memory: "8Gi", pods: 30 } });
    const amount = fc.constantFrom("10m", "100m", "1", "3", "64Mi", "256Mi", "512Mi", "1Gi", "9Gi", 1, 5, 25, 50);
    const path = fc.constantFrom(
      "scaling/min",
      "scaling/max",
      "runtime/resources/requests/cpu",
      "runtime/resources/limits/cpu",
      "runtime/resources/requests/memory",
      "runtime/resources/limits/memory",
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(path, amount), { maxLength: 6 }), (asked) => {
        const { edits } = boundEdits(
          asked.map(([at, to]) => edit(`/spec/${at}`, to)),
          { ...bounds, tenant },
        );
        const set = (at: string, otherwise: Json) => edits.find((one) => one.at === `/spec/${at}`)?.to ?? otherwise;
        const after = {
          scaling: { min: set("scaling/min", 2), max: set("scaling/max", 10), hpa: { cpu: 70 } },
          runtime: {
            resources: {
              requests: {
                cpu: set("runtime/resources/requests/cpu", "100m"),
                memory: set("runtime/resources/requests/memory", "256Mi"),
              },
              limits: {
                cpu: set("runtime/resources/limits/cpu", "999"),
                memory: set("runtime/resources/limits/memory", "512Mi"),
              },
            },
          },
          dapr: { enabled: true },
        };
        const { cpu, memory, pods } = resourceNeedsOf(after, tenant);
        expect([cpu <= 4 + 1e-6, memory <= 8 * 2 ** 30, pods <= 30, isOverLimit(after, tenant)]).toEqual([
          true,
          true,
          true,
          false,
        ]);
      }),
      { numRuns: 2000 },
    );
  });

  test("says what was dropped, and why", () => {
    expect(boundEdits(max(21), { ...bounds, tenant: tenantOf({ quota: { pods: 20 } }) }).dropped).toEqual([
      {
        at: "/spec/scaling/max",
        to: 21,
        by: "rule",
        reason: "over-tenant-quota",
        message: "at its maximum of replicas, the agent alone would need more than its tenant's quota or limits allow",
      },
    ]);
  });
});

describe("an edit that rests on partial evidence", () => {
  const some = { ...bounds, partialEvidence: new Set(["e1"]) };
  const wanted = (at: string, to: Json | undefined, evidence: readonly string[]) => {
    const kind = to === undefined ? ("remove" as const) : ("set" as const);
    const edit: WantedEdit = { kind, agent: "acme/triage", at, from: undefined, to, why: "", by: "rule", evidence };
    return boundEdits([edit], some).dropped.map(({ reason }) => reason);
  };

  test("may raise a value, and neither lower nor remove one", () => {
    expect(wanted("/spec/runtime/resources/limits/memory", "1Gi", ["e1"])).toEqual([]);
    expect(wanted("/spec/runtime/resources/limits/memory", "400Mi", ["e1"])).toEqual(["partial-evidence"]);
    expect(wanted("/spec/labels/team", undefined, ["e1"])).toEqual(["partial-evidence"]);
  });

  test("may lower a value where it rests on other evidence", () => {
    expect(wanted("/spec/runtime/resources/limits/memory", "400Mi", ["e2"])).toEqual([]);
  });
});
