import * as fc from "fast-check";
import { expect, test } from "vitest";
import { AgentSpec } from "../../../src/domain/agent/agent.ts";
import { scopeOf } from "../../../src/domain/grant/scope.ts";
import { judgeGrant } from "../../../src/grants/judge-grant.ts";
import { asking, granting, lineageOf, NEEDS, viewOf } from "../line.ts";
import { merged } from "./merged.ts";
import { NAMES, reachOf } from "./reach.ts";

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const some = <T>(list: readonly T[]) => fc.subarray([...list], { minLength: 1 });
const one = <T>(list: readonly T[]) => fc.constantFrom(...list);

const tool = fc.record({
  mcp: fc.record(
    {
      name: one(["desk", "shop"]),
      streamableHTTP: fc.record({ url: one(NAMES.hosts.map((host) => `https://${host}/mcp`)) }),
      allow: some(NAMES.tools),
      requireApproval: fc.subarray([...NAMES.tools]),
    },
    { requiredKeys: ["name", "streamableHTTP"] },
  ),
});
const variable = fc.oneof(
  fc.record({ name: one(["LOG", "NODE_OPTIONS"]), value: one(["debug", "--require /tmp/x.js"]) }),
  fc.record({
    name: one(["TOKEN"]),
    valueFrom: fc.record({ secretKeyRef: fc.record({ name: one(NAMES.secrets), key: one(NAMES.keys) }) }),
  }),
);
const caller = fc.record(
  { appId: one(["web", "desk"]), namespace: one(["front"]), operations: some(NAMES.paths), approves: fc.boolean() },
  { requiredKeys: ["appId", "namespace"] },
);

const prefix = fc.record({ keyPrefix: one(["none", "name"]) });
const state = fc.record(
  { type: one(["state.redis"]), host: one(["redis:6379"]), metadata: prefix },
  { requiredKeys: ["type", "host"] },
);
const egress = fc.record({ cidr: one(["10.0.0.0/8", "10.1.0.0/16"]), port: maybe(one([80, 443])) });
const host = fc.record(
  {
    host: one(NAMES.hosts),
    path: one(NAMES.paths),
    ingress: fc.record({ ingressClassName: one(["inner", "public"]) }),
  },
  { requiredKeys: ["host", "ingress"] },
);
const mount = fc.record({ name: one(["shared"]), mountPath: one(["/data"]), readOnly: fc.boolean() });
const volumes = [{ name: "shared", persistentVolumeClaim: { claimName: "shared" } }];
const commands = one([["true"], ["sh", "-c", "x"]]);
const probe = fc.oneof(
  fc.constant({ tcpSocket: { port: 8080 } }),
  fc.record({ exec: fc.record({ command: commands }) }),
);

/** The parts of a spec, each with a few values that are wider and narrower than each other. */
const PARTS: readonly fc.Arbitrary<object>[] = [
  fc.record({ model: fc.record({ name: one(["gpt-5", "gpt-5-mini"]), fallbacks: fc.subarray(["gpt-5-nano"]) }) }),
  fc.record({ tools: fc.array(tool, { maxLength: 2 }) }),
  ...[
    fc.record({ image: one(["ghcr.io/acme/a:1", "ghcr.io/acme/b:1"]) }),
    fc.record({ command: commands }),
    fc.record({ env: fc.array(variable, { maxLength: 2 }) }),
    fc.record({ storage: fc.record({ size: one(["1Gi", "10Gi", "100Gi"]), mountPath: one(["/data"]) }) }),
    ...[
      fc.record({ hostNetwork: fc.boolean() }),
      fc.record({
        envFrom: fc.array(fc.record({ secretRef: fc.record({ name: one(NAMES.secrets) }) }), { maxLength: 1 }),
      }),
      fc.record({ volumes: fc.constant(volumes), volumeMounts: fc.array(mount, { maxLength: 1 }) }),
      fc.record({ livenessProbe: probe }),
    ].map((pod) => fc.record({ pod })),
  ].map((runtime) => fc.record({ runtime })),
  ...[
    fc.record({ state }),
    fc.record({ pubsub: fc.record({ type: one(["pubsub.redis"]), host: one(["redis:6379", "other:6379"]) }) }),
    fc.record({
      subscriptions: fc.array(fc.record({ topic: one(NAMES.topics), route: one(NAMES.paths) }), { maxLength: 2 }),
    }),
    fc.record({ enabled: fc.boolean() }),
  ].map((dapr) => fc.record({ dapr })),
  fc.record({ networking: fc.record({ egress: fc.array(egress, { maxLength: 2 }) }) }),
  fc.record({ networking: fc.record({ hosts: fc.array(host, { maxLength: 1 }) }) }),
  fc.record({ access: fc.record({ callers: fc.array(caller, { maxLength: 2 }) }) }),
  fc.record({ supervision: fc.record({ allowedPaths: some(NAMES.pointers) }) }),
  fc.record({ supervision: fc.record({ autoMerge: one(["never", "low-risk"]) }) }),
  fc.record({ supervision: fc.record({ maxChangesPerDay: one([1, 2, 4]) }) }),
];

const BASE = { description: "Helps", instructions: { inline: "Help." }, model: { name: "gpt-5-mini" } };

/** A parent and its child: each part of the child is mostly the parent's, else its own, or left out. */
const families = fc
  .tuple(
    ...PARTS.map((part) =>
      fc
        .record({ parent: maybe(part), own: maybe(part), isSame: fc.integer({ min: 0, max: 5 }) })
        .map(({ parent, own, isSame }) => ({ parent, child: isSame > 0 ? parent : own })),
    ),
  )
  .map((parts) => ({
    parent: specOf(parts.map((part) => part.parent)),
    child: specOf(parts.map((part) => part.child)),
  }));

function specOf(parts: readonly (object | undefined)[]): AgentSpec {
  return AgentSpec.parse(parts.reduce<unknown>(merged, BASE));
}

test("a child that the grant covers can do nothing that its parent cannot", () => {
  let covered = 0;
  let narrower = 0;
  fc.assert(
    fc.property(families, ({ parent, child }) => {
      const [above, below] = [parent, child].map((spec) => scopeOf(spec, { tenant: "acme", labels: {} }));
      if (above === undefined || below === undefined) return;
      const asked = asking("acme/c", lineageOf("acme/triage", 1), {
        environments: [{ environment: "production", scope: below, needs: NEEDS, before: undefined }],
      });
      if (judgeGrant(asked, viewOf({ "acme/triage": granting({}, above) })).kind === "refused") return;
      const [most, own] = [reachOf(parent), reachOf(child)];
      expect([...own].filter((deed) => !most.has(deed))).toEqual([]);
      covered += 1;
      if (own.size < most.size) narrower += 1;
    }),
    { numRuns: 4000 },
  );
  // Else nothing was tried.
  expect(covered).toBeGreaterThan(200);
  expect(narrower).toBeGreaterThan(50);
});

test("a child of the same spec as its parent is covered", () => {
  fc.assert(
    fc.property(families, ({ parent: spec }) => {
      const scope = scopeOf(spec, { tenant: "acme", labels: { team: "a" } });
      const asked = asking("acme/c", lineageOf("acme/triage", 1), {
        environments: [{ environment: "production", scope, needs: NEEDS, before: undefined }],
      });
      expect(judgeGrant(asked, viewOf({ "acme/triage": granting({}, scope) }))).toEqual({ kind: "granted" });
    }),
  );
});
