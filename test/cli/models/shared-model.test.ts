import { expect, test } from "vitest";
import { type FleetClone, fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";
import { ACME } from "../../support/specs/acme-fleet.ts";

const HEAD = "apiVersion: raos.dev/v1alpha1";
const model = (spec: string) => `${HEAD}\nkind: Model\nmetadata: {name: gpt}\nspec: ${spec}\n`;
const agent = (tenant: string, name: string) => `${HEAD}
kind: Agent
metadata: {name: ${name}, namespace: ${tenant}}
spec:
  description: Sorts
  instructions: {inline: Sort.}
  modelRef: {name: gpt}
`;
const FILES = {
  ...ACME,
  "tenants/shop.yaml": `${HEAD}\nkind: Tenant\nmetadata: {name: shop}\nspec: {}\n`,
  "models/gpt.yaml": model("{name: gpt-5, apiKeySecretRef: {name: llm, key: key}}"),
  "agents/acme/one.yaml": agent("acme", "one"),
  "agents/acme/two.yaml": agent("acme", "two"),
  "agents/shop/cart.yaml": agent("shop", "cart"),
  "agents/shop/mail.yaml": agent("shop", "mail"),
};

/** A fleet whose generated files are on the default branch. */
async function deployed(): Promise<FleetClone> {
  const fleet = fleetClone(null);
  fleet.commit(FILES);
  expect(await raos(fleet.clone, ["compile", "--output-dir", "."])).toMatchObject({ code: 0 });
  fleet.commit({});
  expect(await raos(fleet.clone, ["plan", "--quiet"])).toMatchObject({ code: 0, out: "nothing to change\n" });
  return fleet;
}

test("a change of a Model is one pull request for each tenant, which says so", async () => {
  const fleet = await deployed();
  fleet.commit({ "models/gpt.yaml": model("{name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}") });
  expect(await raos(fleet.clone, ["reconcile", "--repo", fleet.bare])).toMatchObject({ code: 0 });
  const list = await raos(fleet.clone, ["pr", "list", "--repo", fleet.bare, "--output", "json"]);
  const pulls: readonly { readonly branch: string; readonly body: string }[] = JSON.parse(list.out);
  expect(pulls.map(({ branch }) => branch).sort()).toEqual(["raos/tenant/acme", "raos/tenant/shop"]);
  const acme = pulls.find(({ branch }) => branch.endsWith("acme"))?.body ?? "";
  expect(acme).toContain(
    "Brings 2 agents of `acme` (`acme/one` and `acme/two`) in line with what they share: the tenant, a template, a Model, the chart or `raos.yaml`.",
  );
  expect(acme).toContain("gpt-5-mini");
});

test("a broken Model changes nothing that runs, is one Problem, and names the agents that wait for it", async () => {
  const fleet = await deployed();
  fleet.commit({ "models/gpt.yaml": model("{nmae: gpt-5}") });
  expect(await raos(fleet.clone, ["validate"])).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /^models\/gpt\.yaml:4:8 \/spec\/nmae: unknown key "nmae"; did you mean "name"\? \(agents\/acme\/one\.yaml, agents\/acme\/two\.yaml, agents\/shop\/cart\.yaml and 1 more cannot be read until then\)\n$/m,
    ),
  });
  await raos(fleet.clone, ["reconcile", "--repo", fleet.bare]);
  const { out } = await raos(fleet.clone, ["pr", "list", "--repo", fleet.bare, "--output", "json"]);
  expect(JSON.parse(out)).toEqual([]);
});

test("a guardrail sees the values of the Model", async () => {
  const fleet = await deployed();
  fleet.commit({
    "policies/only-mini.yaml": `${HEAD}
kind: Guardrail
metadata: {name: only-mini}
spec:
  description: Small models only.
  enforce: always
  rules: [{deny: 'after.spec.model.name == "gpt-6"', message: too large}]
`,
    "models/gpt.yaml": model("{name: gpt-6, apiKeySecretRef: {name: llm, key: key}}"),
  });
  const { code, err } = await raos(fleet.clone, ["plan", "--quiet"]);
  expect(code).toBe(1);
  expect(err).toContain("only-mini denies it: too large (in production)");
});
