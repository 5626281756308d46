import { expect, onTestFinished, test } from "vitest";
import { createLocalForge } from "../../../src/forge/local/forge.ts";
import { openRepository } from "../../../src/git/repository.ts";
import { agent, alert, alertingFleet, HOUR, NOW, outcomeTexts } from "../../support/cli/alerting-fleet.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const DAY = 24 * HOUR;
const MISSING = "AgentSecretMissing";

/** Closes every open issue, as a person at a moment. */
async function closeAll(bare: string, at: number): Promise<void> {
  const repository = await openRepository(bare, { env: process.env, cache: temporaryFolder() });
  const forge = createLocalForge(repository, { clock: () => at });
  onTestFinished(async () => {
    await forge.dispose();
    await repository.close();
  });
  for (const issue of await forge.listIssues()) if (issue.state === "open") await forge.closeIssueAsPerson(issue);
}

test("an issue that a person closed stays closed for as long as its alert fires", async () => {
  const { place, reconcile, issues } = await alertingFleet({ triage: agent("triage") });
  const firing = alert(MISSING, "triage");
  await reconcile([firing]);
  await closeAll(place.bare, NOW + HOUR);
  for (const at of [NOW + 2 * HOUR, NOW + 8 * DAY, NOW + 60 * DAY])
    expect(outcomeTexts(await reconcile([firing], at))).toEqual([
      "unchanged acme/triage secret-missing: closed-by-a-person",
    ]);
  expect(await issues()).toEqual([]);
  // It ended, and began again.
  const again = alert(MISSING, "triage", {}, { startsAt: new Date(NOW + 60 * DAY).toISOString() });
  await reconcile([again], NOW + 60 * DAY + HOUR);
  expect(await issues()).toHaveLength(1);
});

test("where the sender never says since when it fires, a person's no counts for a week", async () => {
  const { place, reconcile, issues } = await alertingFleet({ triage: agent("triage") });
  const firing = alert(MISSING, "triage", {}, { startsAt: undefined });
  await reconcile([firing]);
  await reconcile([firing], NOW + HOUR);
  expect(await issues()).toHaveLength(1);
  await closeAll(place.bare, NOW + 2 * HOUR);
  await reconcile([firing], NOW + 6 * DAY);
  expect(await issues()).toEqual([]);
  await reconcile([firing], NOW + 8 * DAY);
  expect(await issues()).toHaveLength(1);
});
