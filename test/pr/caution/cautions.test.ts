import { describe, expect, test } from "vitest";
import type { AgentChange, ChangeSet, FileChange } from "../../../src/domain/change-set.ts";
import { Config, Tenant } from "../../../src/domain/kinds/kinds.ts";
import { blobOid } from "../../../src/domain/values/object-id.ts";
import type { ProposalContext } from "../../../src/pr/body/body.ts";
import { propose } from "../../../src/pr/propose.ts";
import { agentProfile } from "../../../src/pr/table/agent-profile.ts";
import { dangers } from "../dangers.ts";

const apiVersion = "raos.dev/v1alpha1";
const acme = Tenant.parse({ apiVersion, kind: "Tenant", metadata: { name: "acme" }, spec: {} });
const config = Config.parse({ apiVersion, kind: "Config" });
const file = (path: string, before: string | undefined, text: string | undefined): FileChange => ({
  path,
  before: before === undefined ? undefined : { oid: blobOid(before), text: before },
  text,
});
const removed = (agent: string): AgentChange => ({
  agent,
  environment: "production",
  before: { runtime: { workload: "StatefulSet" } },
  after: undefined,
  spec: undefined,
});

function bodyOf(changes: Partial<ChangeSet>, context: Partial<ProposalContext> = {}): string {
  const agents = [...new Set((changes.changes ?? []).map(({ agent }) => agent))];
  const whole: ChangeSet = {
    cause: { kind: "drift", scope: { kind: "tenant", tenant: "acme" } },
    base: "1".repeat(40),
    agents,
    edits: [],
    files: [],
    changes: [],
    problems: [],
    ...changes,
  };
  const known = { config, tenants: new Map([["acme", acme]]), incident: undefined, ...context };
  const { body } = propose(whole, { kind: "allow", warnings: [], lowRisk: false }, known);
  expect(dangers(body)).toEqual([]);
  return body.replaceAll("\\", "");
}

describe("what a change breaks is said, by name", () => {
  test("an agent that is removed and that others still call", () => {
    const callers = new Map([["acme/old", ["acme/router", "acme/gone"]]]);
    const changes = [removed("acme/old"), removed("acme/gone")];
    const body = bodyOf({ changes }, { callers });
    expect(body).toContain("**`acme/old` is still called** by `acme/router`: their calls fail");
    expect(bodyOf({ changes }, { callers: new Map() })).not.toContain("still called");
  });

  test("a tenant that is removed, with its agents", () => {
    const files = [file("deploy/production/acme/tenant.yaml", "kind: Namespace\n", undefined)];
    const body = bodyOf({ files, changes: [removed("acme/old")] }, { tenants: new Map() });
    expect(body).toContain("**The tenant `acme` is removed** from production");
    expect(body).toContain("Its agents go with it: `acme/old`.");
    expect(bodyOf({ files })).not.toContain("is removed** from");
  });

  test.each([
    ["Argo CD instead of Flux", "release.yaml", "application.yaml"],
    ["Flux instead of Argo CD", "application.yaml", "release.yaml"],
  ])("%s", (what, from, into) => {
    const folder = "deploy/production/acme/triage";
    const files = [file(`${folder}/${into}`, undefined, "a: 1\n"), file(`${folder}/${from}`, "a: 1\n", undefined)];
    expect(bodyOf({ files })).toContain(`**1 agent will be delivered by ${what}**: \`acme/triage\`.`);
  });

  test("another version of the chart, which changes every agent of the tenant", () => {
    const chart = (tag: string) => `kind: Namespace\n---\nkind: OCIRepository\nspec:\n  ref:\n    tag: ${tag}\n`;
    const files = [file("deploy/production/acme/tenant.yaml", chart("1.0.0"), chart("1.1.0"))];
    const body = bodyOf({ files }, { someAgentsOf: () => ["acme/router", "acme/triage"] });
    expect(body).toContain("Merging it upgrades all of them at once: `acme/router` and `acme/triage`.");
    const other = [file("deploy/production/acme/tenant.yaml", chart("1"), chart("1").replace("Namespace", "Other"))];
    expect(bodyOf({ files: other })).not.toContain("upgrades all");
  });

  test("a rename, in both of its pull requests, with the data that does not move along", () => {
    const rename = { from: "acme/old", to: "acme/new", hasVolume: true, hasState: true };
    const notes = { renames: [rename], handEdits: [] };
    const fresh = { ...removed("acme/new"), before: undefined, after: {} };
    for (const [change, other] of [
      [removed("acme/old"), "new"],
      [fresh, "old"],
    ] as const) {
      const body = bodyOf({ changes: [change] }, { notes });
      expect(body).toContain(
        "**This looks like a rename**: `acme/old` was removed, and `acme/new` has the same content.",
      );
      expect(body).toContain(`the pull request from the branch \`raos/agent/acme/${other}\``);
      expect(body).toContain("the volume of its StatefulSet stays with the old name");
    }
    expect(bodyOf({ changes: [removed("acme/other")] }, { notes })).not.toContain("rename");
  });

  test("a change by hand that is taken back: whose it is, escaped, and where to write it", () => {
    const path = "deploy/production/acme/triage/values.yaml";
    const handEdits = [{ path, sha: "a".repeat(40), author: "Eve <b>@acme</b>", at: Date.parse("2026-05-01") }];
    const body = bodyOf({ files: [file(path, "a: 1\n", "a: 2\n")] }, { notes: { renames: [], handEdits } });
    expect(body).toContain("It takes back changes that were made by hand");
    expect(body).toContain("by Eve &lt;b&gt;@&#8203;acme&lt;/b&gt;, `aaaaaaaaaaaa`, 2026-05-01");
    expect(body).toContain("write it into `agents/acme/triage.yaml`");
  });

  test("agents that change together are named", () => {
    const changed = (agent: string): AgentChange => ({ ...removed(agent), before: { a: 1 }, after: { a: 2 } });
    const body = bodyOf({ changes: [changed("acme/a"), changed("acme/b")] });
    expect(body).toContain("Brings 2 agents of `acme` (`acme/a` and `acme/b`) in line with");
  });
});

describe("who can reach a new agent", () => {
  const calledBy = (values: Parameters<typeof agentProfile>[0]) => new Map(agentProfile(values)).get("Called by");
  test.each([
    ["nobody", {}],
    ["pods of the namespace `ingress-nginx`", { networking: { ingress: [{ namespace: "ingress-nginx" }] } }],
    ["**everybody who can reach** `a.example.com`", { networking: { hosts: [{ host: "a.example.com" }] } }],
    [
      "`acme/router`<br>pods of the namespace `web`",
      {
        access: { callers: [{ appId: "router", namespace: "acme" }] },
        networking: { ingress: [{ namespace: "web" }] },
      },
    ],
  ])("%s", (said, values) => {
    expect(calledBy(values)).toBe(said);
  });
});

describe("the copy of the chart with which a tenant's agents are deployed", () => {
  const copy = (path: string, before: string | undefined, text: string | undefined, environment = "production") =>
    file(`deploy/_charts/${environment}/acme/${path}`, before, text);
  const head = (version: string) => `name: agent\nversion: ${version}\n`;
  const someAgentsOf = () => ["acme/one", "acme/two"];

  test("says what differs, where, and whom merging it upgrades; no name of a file is more than text", () => {
    const files = ["production", "staging"].flatMap((environment) => [
      copy("Chart.yaml", head("0.1.0+a"), head("0.1.0+b"), environment),
      copy("templates/`@acme/all`|<b>.yaml", "a: 1\n", "a: 2\n", environment),
    ]);
    const body = bodyOf({ files }, { someAgentsOf });
    expect(body).toContain(
      "**The chart changes with which every agent of `acme` is deployed in production and staging.** Merging it upgrades all of them at once: `acme/one` and `acme/two`.",
    );
    expect(body).toContain("It differs in <code>templates/`");
    expect(body).toContain("| chart | `0.1.0+a` | `0.1.0+b` | production and staging |");
    expect(body.match(/^\+a: 2$/gm)).toHaveLength(1);
    expect(body).toContain("Not shown: 2 files of copies of the chart.");
  });

  test("that is new is told of where agents run already, and not with a new tenant's first agent", () => {
    const files = [copy("Chart.yaml", undefined, head("0.1.0+a")), copy("templates/a.yaml", undefined, "a: 1\n")];
    const fresh: AgentChange = { agent: "acme/one", environment: "production", before: undefined, after: {}, spec: {} };
    expect(bodyOf({ files })).toContain("**From now on `acme` has a copy of the chart of its own** in production");
    expect(bodyOf({ files })).not.toContain("+a: 1");
    expect(bodyOf({ files, changes: [fresh] })).not.toContain("From now on");
  });

  test("that another pull request adds has to be merged before what is released from it", () => {
    const release = (chart: string) => `spec:\n  chart: ./${chart}\n`;
    const moved = file(
      "deploy/production/acme/one/release.yaml",
      release("charts/agent"),
      release("deploy/_charts/production/acme"),
    );
    const first = "**Merge the pull request from `raos/tenant/acme` first**";
    expect(bodyOf({ files: [moved] })).toContain(first);
    expect(bodyOf({ files: [moved, copy("Chart.yaml", undefined, head("0.1.0+a"))] })).not.toContain(first);
  });
});
