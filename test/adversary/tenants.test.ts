import { join } from "node:path";
import { expect, test } from "vitest";
import type { Outcome } from "../../src/domain/decision.ts";
import { agent } from "../support/cli/alerting-fleet.ts";
import { raos } from "../support/cli/raos.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { fleetOf, git, makeBare } from "./fleet.ts";

/**
 * A tenant writes into its own folder alone, and wants in to another's agent: through its own pull request, and through
 * the next one of the other tenant. From the push to what is merged, nothing of the other tenant's changes.
 */
const TENANT = "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: bank}\nspec: {}\n";
const LEDGER = agent("ledger", { a2a: "{enabled: true}" }).replaceAll("acme", "bank");
const CALLER = agent("till", { tools: "[{agent: {name: ledger, namespace: bank}}]" });

test("a tenant that names another's agent as a peer opens nothing of it, now or later", async () => {
  const root = temporaryFolder();
  const bare = join(root, "fleet.git");
  const work = `${bare}.work`;
  makeBare(bare, {
    ...fleetOf({ triage: agent("triage") }),
    "tenants/bank.yaml": TENANT,
    "agents/bank/ledger.yaml": LEDGER,
  });
  const pass = async (): Promise<readonly Outcome[]> =>
    JSON.parse((await raos(root, ["reconcile", "--repo", bare, "--output", "json"])).out);
  const mergeAll = async (): Promise<void> => {
    const listed = JSON.parse((await raos(root, ["pr", "list", "--repo", bare, "--output", "json"])).out);
    for (const { number } of listed) await raos(root, ["pr", "merge", String(number), "--repo", bare]);
  };
  const commit = (path: string, text: string): void => {
    git(work, ["pull", "--quiet", "--ff-only", bare, "main"]);
    git(work, ["checkout", "--quiet", "-B", "main", "FETCH_HEAD"]);
    git(work, [
      "update-index",
      "--add",
      "--cacheinfo",
      `100644,${git(work, ["hash-object", "-w", "--stdin"], text)},${path}`,
    ]);
    git(work, ["commit", "--quiet", "--message=A change"]);
    git(work, ["reset", "--quiet", "--hard"]);
    git(work, ["push", "--quiet", bare, "HEAD:main"]);
  };
  const ofBank = (): string => git(bare, ["rev-parse", "main:deploy/production/bank", "main:deploy/staging/bank"]);

  await pass();
  await mergeAll();
  const before = ofBank();

  commit("agents/acme/till.yaml", CALLER);
  const outcomes = await pass();
  const refused = outcomes.find((outcome) => outcome.agent === "acme/till");
  expect(refused?.kind).toBe("problem");
  expect(refused?.problems?.[0]).toMatchObject({ file: "agents/acme/till.yaml" });
  await mergeAll();
  expect(ofBank()).toBe(before);

  // What was refused is not part of a later change of the other tenant.
  commit("agents/bank/ledger.yaml", LEDGER.replace("Works on ledger", "Keeps the ledger"));
  await pass();
  await mergeAll();
  expect(ofBank()).not.toBe(before);
  const generated = git(bare, ["ls-tree", "-r", "--name-only", "main", "deploy/"]).split("\n");
  expect(generated.filter((path) => git(bare, ["show", `main:${path}`]).includes("till"))).toEqual([]);
}, 120_000);
