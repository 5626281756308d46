import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import type { Alert } from "../../src/domain/alert/alert.ts";
import { branchFor } from "../../src/domain/branch-name.ts";
import type { RolloutOutlook } from "../../src/domain/rollout/report.ts";
import { ForgeError } from "../../src/forge/forge.ts";
import type { World } from "../../src/pass/world.ts";
import { rolloutText } from "../../src/pr/rollout/rollout-text.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { proposalFor } from "../support/forge/proposal.ts";
import { agentOf, FILES, type ReviewedFleet, reviewedFleet, TRIAGE } from "../support/forge/reviewed-fleet.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const REMEDY = `apiVersion: raos.dev/v1alpha1
kind: Remedy
metadata: {name: more-memory}
spec:
  on: {alerts: [MemoryShort]}
  edits:
    - {at: /spec/runtime/resources/limits/memory, to: 'quantity(current) * 2.0', as: memory, most: 'quantity("8Gi")', why: It is short.}
`;
const SUPERVISED = `${agentOf("triage", "768Mi")}  supervision: {autoMerge: low-risk, allowedPaths: [/spec/runtime/resources]}\n`;
/** As docs/guardrails.md says: the shipped file, turned on. */
const TURNED_ON = readFileSync("policies/earned-trust.yaml", "utf8").replace("enforce: never", "enforce: default");
const OWN = { ...FILES, [TRIAGE]: SUPERVISED, "policies/more-memory.yaml": REMEDY };
const WITH_TRUST = { ...OWN, "policies/earned-trust.yaml": TURNED_ON };

const ALERT: Alert = {
  ...{ name: "MemoryShort", status: "firing", endsAt: undefined, generatorURL: undefined, sender: "alertmanager" },
  labels: { alertname: "MemoryShort", raos_agent: "triage", raos_tenant: "acme" },
  ...{ annotations: {}, startsAt: Date.now() - 1_200_000, fingerprint: "f".repeat(64) },
};

let fleet: ReviewedFleet;
/** How long ago the forge was asked for pull requests, in days, for each time it was. */
let asked: number[] = [];
let later = 0;
let isForgeDown = false;
afterEach(() => fleet.close());

async function begin(files: Readonly<Record<string, string>>): Promise<void> {
  [asked, later, isForgeDown] = [[], 0, false];
  fleet = await reviewedFleet(files);
  await fleet.settle();
}

function world(): World {
  const { world: own } = fleet.opened;
  const now = () => Date.now() + later;
  const recentPulls: World["forge"]["recentPulls"] = async (since) => {
    const days = Math.round((now() - since) / DAY);
    asked.push(days);
    if (isForgeDown && days > 7) throw new ForgeError("unavailable", "GitHub does not answer");
    return own.forge.recentPulls(since);
  };
  return { ...own, now, forge: { ...own.forge, recentPulls } };
}

/** The outcomes of a pass in which the memory of acme/triage is short. */
const pass = async () =>
  (await reconcile(world(), { alerts: [ALERT], whole: true }))
    .filter(({ cause }) => cause === "alert")
    .map(({ kind, reason }) => (reason === undefined ? kind : `${kind}: ${reason}`));

/** The remedy's merged change of another agent, about which the bot says what became of it. */
async function changed(agent: string, outlook: RolloutOutlook, remedy = "more-memory"): Promise<void> {
  const { forge } = fleet.opened;
  const { name, sha = "" } = await forge.defaultBranch();
  const branch = branchFor({ kind: "alert", agent, environment: "production", remedy });
  const text = `${agent} ${remedy} ${outlook}\n`;
  const proposal = proposalFor("any", { [`notes/${agent}-${remedy}.txt`]: text }, { branch });
  const pull = await forge.open(proposal, { branch: name, sha });
  await forge.merge(pull);
  const row = { agent, environment: "production", digest: "d", state: "running", outlook } as const;
  await forge.showRollout(pull, rolloutText({ rows: [row], isFinal: true }, []));
}

async function verified(count: number, tenant = "acme"): Promise<void> {
  for (let index = 0; index < count; index += 1) await changed(`${tenant}/a${index}`, "same");
}

describe("with the policy that trust is earned", () => {
  test("nine verified changes earn nothing, the tenth does, where it can be read", { timeout: 60_000 }, async () => {
    await begin(WITH_TRUST);
    // What was verified in another tenant, of another remedy, or cannot be told.
    await changed("bank/b", "same");
    await changed("acme/c", "same", "crash-loop");
    await changed("acme/d", "cannot-tell");
    await verified(9);
    expect(await pass()).toEqual(["opened"]);
    later = HOUR;
    expect(await pass()).toEqual(["unchanged: up-to-date"]);

    await changed("acme/b", "better");
    isForgeDown = true;
    expect(await pass()).toEqual(["unchanged: up-to-date"]);
    isForgeDown = false;
    expect(await pass()).toEqual(["merged: low-risk"]);
    expect(await fleet.repository.git.git("show", `main:${TRIAGE}`)).toContain("memory: 1536Mi");
  });

  test("one that is worse loses it, also while a pull request waits", { timeout: 60_000 }, async () => {
    await begin(WITH_TRUST);
    await verified(10);
    expect(await pass()).toEqual(["opened"]);
    later = HOUR;
    await changed("acme/c", "worse");
    expect(await pass()).toEqual(["unchanged: up-to-date"]);
  });

  test("the forge is asked for 90 days once in a pass, and only where it judges a change", async () => {
    await begin(WITH_TRUST);
    await reconcile(world());
    expect(asked).not.toContain(90);
    await pass();
    expect(asked.filter((days) => days > 7)).toEqual([90]);
  });
});

test("without it nothing more is asked, and nothing merges by itself", { timeout: 60_000 }, async () => {
  await begin(OWN);
  await verified(10);
  await pass();
  later = HOUR;
  expect(await pass()).toEqual(["unchanged: up-to-date"]);
  expect(asked.filter((days) => days > 7)).toEqual([]);
});
