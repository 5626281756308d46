import { describe, expect, test } from "vitest";
import type { AgentScope } from "../../src/domain/grant/scope.ts";
import { grantRefusals, judgeGrant } from "../../src/grants/judge-grant.ts";
import type { LineageView, RequestedAgent } from "../../src/grants/lineage-view.ts";
import { asking, GRANT, granting, HOUR, lineageOf, member, NEEDS, SCOPE, viewOf } from "./line.ts";

const ROOT = { "acme/triage": granting() };
const child = (name: string, hour = 0) => member(`acme/${name}`, lineageOf("acme/triage", 1, "acme/triage", hour));

function reasons(asked: RequestedAgent, view: LineageView): readonly string[] {
  return grantRefusals(asked, view).map(({ reason }) => reason);
}

describe("a grant", () => {
  test("covers a first child", () => {
    expect(judgeGrant(asking("acme/refunds", lineageOf("acme/triage", 1)), viewOf(ROOT))).toEqual({ kind: "granted" });
  });

  test("is needed", () => {
    const asked = asking("acme/refunds", lineageOf("acme/triage", 1));
    expect(judgeGrant(asked, viewOf({ "acme/triage": {} }))).toEqual({
      kind: "refused",
      reason: "no-grant",
      message:
        "acme/triage may ask for no agents; a person can grant it with supervision.createAgents in agents/acme/triage.yaml",
      pointer: undefined,
    });
  });

  test("ends with the agent that has it", () => {
    const asked = asking("acme/refunds", lineageOf("acme/triage", 1));
    expect(judgeGrant(asked, viewOf({}))).toMatchObject({
      reason: "asker-deleted",
      message:
        "acme/triage asked for acme/refunds and is not there any more; retire acme/refunds, or write who has it now into its annotation raos.dev/owner",
    });
  });

  test("counts every agent below the root, not those of each parent", () => {
    const facts = { ...ROOT, "acme/a": granting({ max: 4, maxDepth: 1 }) };
    const a = child("a");
    const below = [1, 2, 3].map((n) => member(`acme/a${n}`, lineageOf("acme/a", 2)));
    const view = viewOf(facts, [a, child("b"), ...below]);
    const asked = asking("acme/a4", lineageOf("acme/a", 2, "acme/triage", 100));
    expect(grantRefusals(asked, view)).toEqual([
      {
        reason: "too-many-agents",
        message: "acme/triage has 5 agents below it, and may have 5; retire one first",
        pointer: undefined,
      },
    ]);
  });

  test("counts what open pull requests would add", () => {
    const reserved = member("acme/e", lineageOf("acme/triage", 1, "acme/triage", 40), "reserved");
    const view = viewOf(ROOT, [child("a"), child("b"), child("c"), child("d"), reserved]);
    const asked = asking("acme/f", lineageOf("acme/triage", 1, "acme/triage", 100));
    expect(judgeGrant(asked, view)).toMatchObject({
      reason: "too-many-agents",
      message: "acme/triage has 5 agents below it, 1 of them in open pull requests, and may have 5; retire one first",
    });
  });

  test("gives the last place to the one that was asked for first, when two were merged at once", () => {
    const few = { "acme/triage": granting({ max: 1 }) };
    const [first, second] = [1, 2].map((hour) => lineageOf("acme/triage", 1, "acme/triage", hour));
    if (first === undefined || second === undefined) throw new Error("two lineages");
    const view = viewOf(few, [member("acme/a", first, "planned"), member("acme/b", second, "planned")]);
    expect(reasons(asking("acme/a", first), view)).toEqual([]);
    expect(reasons(asking("acme/b", second), view)).toEqual(["too-many-agents"]);
  });

  test("is as deep as it says", () => {
    const facts = { ...ROOT, "acme/a": granting({ max: 2, maxDepth: 1 }), "acme/b": granting({ max: 1, maxDepth: 1 }) };
    const view = viewOf(facts, [child("a"), member("acme/b", lineageOf("acme/a", 2))]);
    expect(judgeGrant(asking("acme/c", lineageOf("acme/b", 3)), view)).toMatchObject({
      reason: "too-deep",
      message: "acme/c would be generation 2 below acme/a, which may have 1; let an agent nearer to acme/a ask for it",
    });
  });

  test.each([
    ["another depth", lineageOf("acme/triage", 2)],
    ["another root", lineageOf("acme/triage", 1, "acme/other")],
  ])("covers nothing with annotations that do not follow from the parent's: %s", (_, lineage) => {
    expect(reasons(asking("acme/refunds", lineage), viewOf(ROOT))).toEqual(["lineage-unreadable"]);
  });

  test("is of one tenant, and of the templates and the sponsor it names", () => {
    const lineage = { ...lineageOf("acme/triage", 1), sponsor: "@acme/others" };
    const asked = asking("bank/refunds", lineage, { template: "root-agent" });
    expect(reasons(asked, viewOf(ROOT))).toEqual(["tenant-not-granted", "template-not-granted", "sponsor-differs"]);
    const unsaid = viewOf({ "acme/triage": granting({ sponsor: undefined, templates: [] }) });
    expect(reasons(asking("acme/refunds", lineage), unsaid)).toEqual(["template-not-granted", "no-sponsor"]);
  });

  test("has a rate that counts refused requests, too", () => {
    const at = (hour: number) => ({ id: `request-${hour}`, asker: "acme/triage", at: hour * HOUR });
    const view = viewOf(ROOT, [child("a", 98)], [at(80), at(90), at(91), at(92)]);
    const asked = asking("acme/b", lineageOf("acme/triage", 1, "acme/triage", 100));
    expect(judgeGrant(asked, view)).toMatchObject({
      reason: "rate-exceeded",
      message: "acme/triage asked for 5 agents within 24 hours, and may ask for 5; ask again later",
    });
    const later = asking("acme/b", lineageOf("acme/triage", 1, "acme/triage", 105));
    expect(reasons(later, view)).toEqual([]);
  });

  test("has a budget for the whole line, in each environment", () => {
    const view = viewOf(ROOT, [child("a"), child("b")]);
    const needs = { cpu: 1.75, memory: 4 * 2 ** 30, dollars: 2.5 };
    const asked = asking("acme/c", lineageOf("acme/triage", 1, "acme/triage", 100), {
      environments: [{ environment: "production", scope: SCOPE, needs, before: undefined }],
    });
    expect(grantRefusals(asked, view).map(({ message }) => message)).toEqual([
      "acme/c takes 1750m of CPU in production; of the 2 that may be used below acme/triage, 1500m are left",
      "acme/c takes 4Gi of memory in production; of the 4Gi that may be used below acme/triage, 3584Mi are left",
      "acme/c takes $2.50 of model cost a day in production; of the $3 that may be used below acme/triage, $2 are left",
    ]);
  });

  test("refuses what does not say what it takes", () => {
    const needs = { ...NEEDS, dollars: undefined };
    const asked = asking("acme/c", lineageOf("acme/triage", 1), {
      environments: [{ environment: "production", scope: SCOPE, needs, before: undefined }],
    });
    expect(judgeGrant(asked, viewOf(ROOT))).toMatchObject({
      reason: "needs-unknown",
      message: "acme/c does not say how much model cost a day it takes; write limits.dollarsPerDay",
    });
  });

  test("does not take from a deployed agent what others took, and does not let it grow into what is theirs", () => {
    const others = ["a", "b", "c", "d", "e", "f", "g"].map((name) => child(name));
    const lineage = lineageOf("acme/triage", 1);
    const changed = (cpu: number) =>
      asking("acme/h", lineage, {
        isNew: false,
        environments: [{ environment: "production", scope: SCOPE, needs: { ...NEEDS, cpu }, before: NEEDS }],
      });
    const view = viewOf(ROOT, [...others, member("acme/h", lineage)]);
    expect(reasons(changed(0.25), view)).toEqual([]);
    expect(reasons(changed(0.5), view)).toEqual(["cpu-exceeded"]);
  });

  test("covers nothing that its agent does not have itself", () => {
    const scope: AgentScope = {
      ...SCOPE,
      models: ["openai/gpt-5@"],
      tools: [{ name: "payments", target: "http payments", allow: undefined, approve: [] }],
      egress: [{ name: "10.0.0.0/7", cidr: "10.0.0.0/7", target: undefined, port: undefined }],
      secrets: ["llm/admin-key"],
      images: ["docker.io/evil/miner"],
      identity: ["role view"],
      privileges: ["hostNetwork true"],
      exposure: [{ name: "host shop.example.com", target: "host shop.example.com", path: undefined }],
      program: [{ kind: "variable", name: "variable NODE_OPTIONS", value: { name: "NODE_OPTIONS", value: "-r x" } }],
      dapr: [{ name: "messages of topic orders", target: "messages of topic orders" }],
      disks: { "ephemeral-storage": 1 },
      supervision: { autoMerge: true, allowedPaths: [], maxChangesPerDay: 3 },
    };
    const asked = asking("acme/c", lineageOf("acme/triage", 1), {
      environments: [{ environment: "production", scope, needs: NEEDS, before: undefined }],
    });
    const wide = granting(
      {},
      { egress: [{ name: "10.0.0.0/8", cidr: "10.0.0.0/8", target: undefined, port: undefined }] },
    );
    expect(reasons(asked, viewOf({ "acme/triage": wide }))).toEqual([
      "model-wider-than-parents",
      "tools-wider-than-parents",
      "egress-wider-than-parents",
      "secrets-wider-than-parents",
      "image-wider-than-parents",
      "program-wider-than-parents",
      "dapr-wider-than-parents",
      "identity-wider-than-parents",
      "privileges-wider-than-parents",
      "storage-wider-than-parents",
      "exposure-wider-than-parents",
      "supervision-wider-than-parents",
    ]);
  });

  test("covers less of a tool, and not its approvals left out", () => {
    const tool = (allow: readonly string[] | undefined, approve: readonly string[]) => ({
      name: "tickets",
      target: "http tickets",
      allow,
      approve,
    });
    const view = viewOf({ "acme/triage": granting({}, { tools: [tool(["get", "close"], ["close"])] }) });
    const judged = (allow: readonly string[] | undefined, approve: readonly string[]) =>
      reasons(
        asking("acme/c", lineageOf("acme/triage", 1), {
          environments: [
            {
              environment: "production",
              scope: { ...SCOPE, tools: [tool(allow, approve)] },
              needs: NEEDS,
              before: undefined,
            },
          ],
        }),
        view,
      );
    expect(judged(["get"], [])).toEqual([]);
    expect(judged(["get", "close"], ["close"])).toEqual([]);
    expect(judged(["get", "close"], [])).toEqual(["tools-wider-than-parents"]);
    expect(judged(undefined, ["close"])).toEqual(["tools-wider-than-parents"]);
  });

  test("is passed on in part only", () => {
    const view = viewOf(ROOT, [child("a"), child("b")]);
    const passed = (grant: Partial<typeof GRANT>) =>
      grantRefusals(
        asking("acme/c", lineageOf("acme/triage", 1, "acme/triage", 100), {
          grant: { ...GRANT, max: 2, maxDepth: 1, budget: { cpu: 1.25, memory: 2 ** 30, dollars: 1.5 }, ...grant },
        }),
        view,
      ).map(({ message }) => message.slice("acme/c would grant more than it was granted: ".length));
    expect(passed({})).toEqual([]);
    expect(passed({ max: 3 })).toEqual(["max 3 (2 are left below acme/triage)"]);
    expect(passed({ maxDepth: 2 })).toEqual(["maxDepth 2 (1 are left below acme/triage)"]);
    expect(passed({ budget: { cpu: 1.5, memory: 2 ** 30, dollars: 1.5 } })).toEqual([
      "a budget of 1500m of cpu (1250m are left below acme/triage)",
    ]);
    expect(passed({ templates: ["support-agent", "other"], sponsor: "@acme/b" })).toEqual([
      "templates other, which acme/triage may not use",
      "another sponsor, @acme/b",
    ]);
  });

  test("says nothing of an agent that people took over", () => {
    const lineage = { ...lineageOf("acme/gone", 1, "acme/gone"), owner: "@acme/support" };
    expect(judgeGrant(asking("acme/a", lineage), viewOf({}))).toEqual({ kind: "granted" });
    const view = viewOf({ "acme/a": granting() }, [member("acme/a", lineage)]);
    expect(reasons(asking("acme/b", lineageOf("acme/a", 2, "acme/gone")), view)).toEqual(["asker-handed-over"]);
  });
});
