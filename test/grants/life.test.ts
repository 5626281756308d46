import { expect, test } from "vitest";
import { expired } from "../../src/grants/expired.ts";
import { mayImprove, selfGrants } from "../../src/grants/may-improve.ts";
import { mayRetire } from "../../src/grants/may-retire.ts";
import { newLineage } from "../../src/grants/new-lineage.ts";
import { orphansOf } from "../../src/grants/orphans.ts";
import { GRANT, granting, HOUR, lineageOf, member, viewOf } from "./line.ts";

const A = member("acme/a", lineageOf("acme/triage", 1));
const A1 = member("acme/a1", lineageOf("acme/a", 2, "acme/triage", 1));
const OWNED = member("acme/o", { ...lineageOf("acme/triage", 1), owner: "@acme/support" });
const ALL = [A, A1, OWNED];
const around = { root: "acme/triage", members: ALL, owner: "@acme/owners" };

test("what is below a deleted agent is handed over, or goes with it; what people have stays theirs", () => {
  expect(orphansOf("acme/triage", GRANT, around)).toEqual({
    kind: "handOver",
    owner: "@acme/owners",
    agents: ["acme/a"],
  });
  expect(orphansOf("acme/triage", { ...GRANT, onDelete: "remove" }, around)).toEqual({
    kind: "remove",
    agents: ["acme/a1", "acme/a"],
  });
  expect(orphansOf("acme/a", undefined, around)).toEqual({
    kind: "handOver",
    owner: "@acme/owners",
    agents: ["acme/a1"],
  });
  expect(orphansOf("acme/a1", undefined, around)).toEqual({ kind: "none" });
});

test("the time of an agent is that of the grant it was asked for by", () => {
  const view = viewOf(
    { "acme/triage": granting({ timeToLive: 2 * HOUR }), "acme/a": granting({ timeToLive: 5 * HOUR }) },
    ALL,
  );
  expect(expired(view, HOUR)).toEqual([]);
  expect(expired(view, 10 * HOUR)).toEqual([
    { agent: "acme/a", since: 2 * HOUR },
    { agent: "acme/a1", since: 6 * HOUR },
  ]);
});

test("who may ask for the end or a change of another agent", () => {
  const facts = new Map(ALL.map(({ agent, lineage, needs }) => [agent, { lineage: { lineage, needs } }]));
  const retire = (asker: string, agent: string) => mayRetire(asker, agent, facts).kind;
  expect([retire("acme/triage", "acme/a1"), retire("acme/a", "acme/a1")]).toEqual(["granted", "granted"]);
  expect([retire("acme/a", "acme/a"), retire("acme/a1", "acme/a"), retire("acme/triage", "acme/o")]).toEqual([
    "refused",
    "refused",
    "refused",
  ]);
  const grant = { createAgents: undefined, improves: ["support/*", "acme/a"], scopes: {} };
  const improve = (agent: string) => mayImprove("acme/triage", grant, agent).kind;
  expect([improve("support/x"), improve("acme/a"), improve("acme/b")]).toEqual(["granted", "granted", "refused"]);
  expect(mayImprove("acme/triage", undefined, "acme/a")).toMatchObject({ reason: "not-among-improved" });
});

test("no agent changes what agents may do, nor where they come from", () => {
  const edit = (at: string, by: "agent" | "person") =>
    ({ kind: "set", agent: "acme/a", file: "agents/acme/a.yaml", at, from: 1, to: 2, why: "", by }) as const;
  const paths = [
    "/spec/scaling/max",
    "/spec/supervision/createAgents/max",
    "/spec/environments/eu/supervision",
    "/metadata/annotations/x",
  ];
  const refused = (by: "agent" | "person") => selfGrants(paths.map((at) => edit(at, by))).map(({ pointer }) => pointer);
  expect(refused("agent")).toEqual(paths.slice(1));
  expect(refused("person")).toEqual([]);
});

test("a new agent is one generation below the one that asks", () => {
  const asking = { agent: "acme/a", environment: "production", request: "r1", at: 1234 };
  const facts = { ...granting(), lineage: { lineage: A.lineage, needs: {} } };
  expect(newLineage(asking, facts)).toEqual({
    kind: "lineage",
    lineage: { ...lineageOf("acme/a", 2), request: "r1", createdAt: 1000 },
  });
  expect(newLineage(asking, {})).toMatchObject({ kind: "refused", reason: "no-grant" });
  expect(newLineage(asking, granting({ sponsor: undefined }))).toMatchObject({ reason: "no-sponsor" });
  expect(newLineage(asking, undefined)).toMatchObject({ reason: "asker-deleted" });
});
