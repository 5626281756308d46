import { describe, expect, test } from "vitest";
import { values } from "../../../src/compile/index.ts";
import { plan } from "../../../src/plan/plan.ts";
import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { CONFIG, HELLO, line, snapshotOf } from "../../support/specs/snapshot.ts";

type Files = Readonly<Record<string, string>>;
const tenant = (name: string, spec: string) =>
  `apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
const agent = (key: string, more = "") => {
  const [owner, name] = key.split("/");
  return `${HELLO.replace("name: hello, namespace: demo", `name: ${name}, namespace: ${owner}`)}${more}`;
};
const PEER = "  tools: [{agent: {name: ledger, namespace: bank}}]\n";
const admits = (...callers: readonly string[]) => `access: {callers: [${callers.join(", ")}]}`;
const SHOP = "{appId: till, namespace: shop-agents}";
const base: Files = {
  "raos.yaml": CONFIG,
  "tenants/shop.yaml": tenant("shop", "{namespace: shop-agents}"),
  "tenants/bank.yaml": tenant("bank", "{namespace: bank-agents}"),
  "agents/shop/till.yaml": agent("shop/till", PEER),
  "agents/bank/ledger.yaml": agent("bank/ledger"),
};

function read(files: Files) {
  const { agents, fleet, problems } = readFleet(snapshotOf({ ...base, ...files }));
  const ledger = agents.get("bank/ledger");
  const callers = (environment: string) => {
    const made = ledger === undefined ? null : values(ledger, environment, fleet);
    return JSON.stringify(Object(Object(made).access).callers ?? []);
  };
  return { problems: problems.map(line), staging: callers("staging"), production: callers("production") };
}

const nobody = { staging: "[]", production: "[]" };
const till = '[{"appId":"till","namespace":"shop-agents"}]';
const refused = (where = "") =>
  `tenant bank does not let shop/till call bank/ledger${where}; its owners may add {appId: till, namespace: shop-agents} to spec.access.callers in agents/bank/ledger.yaml, or shop to spec.accepts in tenants/bank.yaml; until then remove the peer`;

describe("an agent that names one of another tenant as a peer", () => {
  test.each<readonly [string, Files, ReturnType<typeof read>]>([
    [
      "without consent: a Problem at the caller, nothing at the callee",
      {},
      { problems: [`agents/shop/till.yaml:9:26 /spec/tools/0/agent/name: ${refused()}`], ...nobody },
    ],
    [
      "with the called agent's consent",
      { "agents/bank/ledger.yaml": agent("bank/ledger", `  ${admits(SHOP)}\n`) },
      { problems: [], staging: till, production: till },
    ],
    [
      "with the tenant's consent",
      { "tenants/bank.yaml": tenant("bank", "{namespace: bank-agents, accepts: [shop]}") },
      { problems: [], staging: till, production: till },
    ],
    [
      "with consent in one environment only",
      {
        "agents/bank/ledger.yaml": agent("bank/ledger", `  environments: {staging: {${admits(SHOP)}}}\n`),
      },
      {
        problems: [`agents/shop/till.yaml:9:26 /spec/tools/0/agent/name: ${refused(" in production")}`],
        staging: till,
        production: "[]",
      },
    ],
    [
      "in the environment that consents only",
      {
        "agents/shop/till.yaml": agent("shop/till", `  environments: {staging: {${PEER.trim()}}}\n`),
        "agents/bank/ledger.yaml": agent("bank/ledger", `  environments: {staging: {${admits(SHOP)}}}\n`),
      },
      { problems: [], staging: till, production: "[]" },
    ],
    [
      "in the environment that does not",
      {
        "agents/shop/till.yaml": agent("shop/till", `  environments: {production: {${PEER.trim()}}}\n`),
        "agents/bank/ledger.yaml": agent("bank/ledger", `  environments: {staging: {${admits(SHOP)}}}\n`),
      },
      {
        problems: [
          `agents/shop/till.yaml:9:54 /spec/environments/production/tools/0/agent/name: ${refused(" in production")}`,
        ],
        staging: till,
        production: "[]",
      },
    ],
    [
      "which an overlay of the called agent refuses",
      {
        "agents/bank/ledger.yaml": agent(
          "bank/ledger",
          `  ${admits(SHOP)}\n  environments: {production: {access: {callers: null}}}\n`,
        ),
      },
      {
        problems: [`agents/shop/till.yaml:9:26 /spec/tools/0/agent/name: ${refused(" in production")}`],
        staging: till,
        production: "[]",
      },
    ],
    [
      "by way of a template",
      {
        "templates/t.yaml": `apiVersion: raos.dev/v1alpha1\nkind: AgentTemplate\nmetadata: {name: t}\nspec:\n  agent:\n  ${PEER}`,
        "agents/shop/till.yaml": agent("shop/till", "  template: {ref: t}\n"),
      },
      { problems: [`templates/t.yaml:6:28 /spec/agent/tools/0/agent/name: ${refused()}`], ...nobody },
    ],
    [
      "consent for another agent, another namespace, or the tenant's name instead of its namespace is none",
      {
        "agents/bank/ledger.yaml": agent(
          "bank/ledger",
          `  ${admits("{appId: tills, namespace: shop-agents}", "{appId: till, namespace: bank-agents}")}\n`,
        ),
      },
      {
        problems: [`agents/shop/till.yaml:9:26 /spec/tools/0/agent/name: ${refused()}`],
        staging: '[{"appId":"till","namespace":"bank-agents"},{"appId":"tills","namespace":"shop-agents"}]',
        production: '[{"appId":"till","namespace":"bank-agents"},{"appId":"tills","namespace":"shop-agents"}]',
      },
    ],
    [
      "the caller's own consent is none",
      { "tenants/shop.yaml": tenant("shop", "{namespace: shop-agents, accepts: [bank]}") },
      { problems: [`agents/shop/till.yaml:9:26 /spec/tools/0/agent/name: ${refused()}`], ...nobody },
    ],
    [
      "a peer of a tenant that there is not, though a file says so",
      {
        "agents/shop/till.yaml": agent("shop/till", PEER.replace("bank", "bank-agents")),
        "agents/bank-agents/ledger.yaml": agent("bank-agents/ledger"),
      },
      {
        problems: [
          "agents/bank-agents/ledger.yaml:3:37 /metadata/namespace: unknown tenant bank-agents; add tenants/bank-agents.yaml",
          "agents/shop/till.yaml:9:26 /spec/tools/0/agent/name: bank-agents/ledger belongs to no tenant; add tenants/bank-agents.yaml, or name another peer",
        ],
        ...nobody,
      },
    ],
    [
      "consent for a caller that there is not opens what it says and holds nobody up",
      {
        "agents/shop/till.yaml": agent("shop/till"),
        "tenants/bank.yaml": tenant("bank", "{namespace: bank-agents, accepts: [nobody-yet]}"),
      },
      { problems: [], ...nobody },
    ],
    [
      "a broken callee says nothing of consent, and nobody else has a Problem",
      { "agents/bank/ledger.yaml": agent("bank/ledger", "  scalling: {}\n") },
      {
        problems: ['agents/bank/ledger.yaml:9:3 /spec/scalling: unknown key "scalling"; did you mean "scaling"?'],
        ...nobody,
      },
    ],
  ])("%s", (_name, files, expected) => expect(read(files)).toEqual(expected));

  test.each<readonly [string, readonly string[]]>([
    [
      "['*']",
      [
        'tenants/bank.yaml:4:42 /spec/accepts/0: "*" is not a tenant\'s name; write each tenant by name (to let one agent in, write access.callers in the agent it calls)',
      ],
    ],
    [
      "[shop/till]",
      [
        'tenants/bank.yaml:4:42 /spec/accepts/0: "shop/till" is not a tenant\'s name; write each tenant by name (to let one agent in, write access.callers in the agent it calls)',
      ],
    ],
    [
      "[bank]",
      ["tenants/bank.yaml:4:42 /spec/accepts/0: a tenant's agents may call each other without consent; remove it"],
    ],
    ["[shop, shop]", ["tenants/bank.yaml:4:48 /spec/accepts/1: a second shop; name each only once"]],
  ])("accepts: %s is a Problem at the tenant", (accepts, expected) => {
    const { problems } = read({ "tenants/bank.yaml": tenant("bank", `{namespace: bank-agents, accepts: ${accepts}}`) });
    expect(problems.filter((problem) => problem.startsWith("tenants/"))).toEqual(expected);
  });

  test("an edit that adds such a peer is refused where it is planned", () => {
    const snapshot = snapshotOf({ ...base, "agents/shop/till.yaml": agent("shop/till", "  tools: []\n") });
    const { fleet, problems } = readFleet(snapshot);
    expect(problems).toEqual([]);
    const edit = {
      kind: "add",
      agent: "shop/till",
      file: "agents/shop/till.yaml",
      at: "/spec/tools/0",
      to: { agent: { name: "ledger", namespace: "bank" } },
      why: "It needs one",
      by: "model",
    } as const;
    const scope = {
      cause: { kind: "request", id: "1" },
      agents: [{ key: "shop/till", path: "agents/shop/till.yaml" }],
      tenants: [],
      environments: ["staging", "production"],
      fleet,
    } as const;
    const made = plan(scope, snapshot, [edit]);
    expect(made.problems.map((problem) => problem.message)).toEqual([refused()]);
    expect(made.files.map((file) => file.path)).toEqual(["agents/shop/till.yaml"]);
  });
});
