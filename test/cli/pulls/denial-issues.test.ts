import { expect, test } from "vitest";
import type { Outcome } from "../../../src/domain/decision.ts";
import { fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";
import { ACME, politeGuardrail, triage } from "../../support/specs/acme-fleet.ts";

const agent = (description: string) => triage({ description });
const guardrail = (message: string) => politeGuardrail("Rude", message);

interface Listed {
  readonly title: string;
  readonly body: string;
  readonly state: string;
  readonly number: number;
}

function fleet() {
  const place = fleetClone(null);
  place.commit({ ...ACME, "agents/acme/triage.yaml": agent("Rude"), "policies/polite.yaml": guardrail("say please") });
  const reconcile = async (...more: readonly string[]): Promise<readonly string[]> => {
    const { out } = await raos(place.clone, ["reconcile", "--repo", place.bare, "--output", "json", ...more]);
    const outcomes: readonly Outcome[] = JSON.parse(out);
    return outcomes.map(({ kind, reason, issue }) => `${kind} ${reason ?? ""}${issue === undefined ? "" : " (issue)"}`);
  };
  const issues = async (): Promise<readonly Listed[]> => {
    const { out } = await raos(place.clone, [
      "issue",
      "list",
      "--repo",
      place.bare,
      "--state",
      "all",
      "--output",
      "json",
    ]);
    return JSON.parse(out);
  };
  return { place, reconcile, issues };
}

test("a denied change is one issue, which follows the guardrails and closes with the denial", async () => {
  const { place, reconcile, issues } = fleet();
  expect(await reconcile("--dry-run")).toEqual(["denied polite: say please", "opened denied"]);
  expect(await issues()).toEqual([]);
  expect(await reconcile()).toEqual(["denied polite: say please", "opened denied (issue)"]);
  const [issue] = await issues();
  expect(issue?.title).toBe("Denied: acme/triage");
  expect(issue?.body).toContain("**The guardrails deny what the default branch asks for** of `acme/triage`");
  expect(issue?.body).toContain("- `polite`: say please (in production)");
  expect(await reconcile()).toEqual(["denied polite: say please"]);
  place.commit({ "policies/polite.yaml": guardrail("say thanks") });
  expect(await reconcile()).toContain("updated denied (issue)");
  expect((await issues()).map(({ body }) => body.includes("say thanks"))).toEqual([true]);
  place.commit({ "agents/acme/triage.yaml": agent("Friendly") });
  expect((await reconcile()).toSorted()).toEqual(["closed no-longer-denied (issue)", "opened "]);
  expect((await issues()).map(({ state }) => state)).toEqual(["closed"]);
});

test("an issue that a person closed stays closed until the guardrails say something else", async () => {
  const { place, reconcile, issues } = fleet();
  await reconcile();
  await raos(place.clone, ["issue", "close", "--repo", place.bare, "1"]);
  expect(await reconcile()).toEqual(["denied polite: say please"]);
  place.commit({ "policies/polite.yaml": guardrail("say thanks") });
  expect(await reconcile()).toContain("opened denied (issue)");
  expect((await issues()).map(({ state }) => state)).toEqual(["closed", "open"]);
});

test("the issue names the file that is there", async () => {
  const { place, reconcile, issues } = fleet();
  place.commit({ "agents/acme/triage.yaml": undefined, "agents/acme/triage.yml": agent("Rude") });
  await reconcile();
  expect((await issues())[0]?.body).toContain("Change `agents/acme/triage.yml` so that");
});

test("while the spec is broken, its issue stays", async () => {
  const { place, reconcile, issues } = fleet();
  await reconcile();
  place.commit({ "agents/acme/triage.yaml": triage({ description: "Friendly", scalling: "1" }) });
  await reconcile();
  expect((await issues()).map(({ state }) => state)).toEqual(["open"]);
});

test("raos plan shows the denial alone", async () => {
  const { place } = fleet();
  const { out } = await raos(place.clone, ["plan", "--quiet", "--repo", place.bare]);
  expect(out).toBe("denied by the guardrails: acme/triage\n");
});
