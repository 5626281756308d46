import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openWorld } from "../../../src/app/world/open-world.ts";
import { proposeEdits } from "../../../src/commands/requests/propose-edits.ts";
import { retireAgent } from "../../../src/commands/requests/retire-agent.ts";
import { type Submitted, submitRequest } from "../../../src/commands/requests/submit-request.ts";
import type { Principal } from "../../../src/domain/request/principal.ts";
import { reconcile } from "../../../src/reconcile/reconcile.ts";
import { type FleetClone, fleetClone } from "../../support/cli/fleet-clone.ts";
import { shellFor } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const PERSON: Principal = { kind: "person", login: "octocat" };
const AGENT: Principal = { kind: "agent", agent: "support/router", environment: "production", chain: [] };

let place: FleetClone;
let opened: Awaited<ReturnType<typeof openWorld>>;
beforeEach(async () => {
  place = fleetClone();
  opened = await openWorld(shellFor(temporaryFolder(), Date.now, {}), place.bare);
});
afterEach(() => opened.close());

const edit = (at: string, to: number | string | undefined, evidence: readonly string[] = []) => ({
  ...{ at, to, evidence },
  why: "It is slow.",
});

/** Deploys the whole fleet. */
async function deploy(): Promise<void> {
  await reconcile(opened.world);
  const { pulls } = await opened.world.forge.pullRequests([]);
  for (const pull of pulls) await opened.world.forge.merge(pull);
}

function change(from: Principal, edits: Parameters<typeof proposeEdits>[0]["edits"], agent = "support/faq") {
  const asked = { from, agent, environment: undefined, edits, words: "Make it faster.", evidence: [] };
  return submitRequest(opened.world, proposeEdits(asked));
}

function pullOf(submitted: Submitted) {
  const [outcome] = submitted.kind === "submitted" ? submitted.outcomes : [];
  return outcome?.pull;
}

async function bodyOf(submitted: Submitted): Promise<string> {
  return (await opened.world.forge.pull(pullOf(submitted)?.number ?? 0))?.body ?? "";
}

describe("a change of an agent, value by value", () => {
  test("a person's: one pull request, which says who asked, and which never merges by itself", async () => {
    await deploy();
    const submitted = await change(PERSON, [edit("/spec/scaling/max", 6)]);
    expect(submitted).toMatchObject({ outcomes: [{ cause: "request", agent: "support/faq", kind: "opened" }] });
    const body = await bodyOf(submitted);
    expect(body).toContain("Changes `support/faq` as it was asked for.");
    expect(body).toContain("**Asked for by** `octocat`:\n\n> Make it faster.");
    expect(submitted.kind === "submitted" && submitted.step.proposal?.autoMerge).toBe(false);
    const again = await change(PERSON, [edit("/spec/scaling/max", 6)]);
    expect(again).toMatchObject({ outcomes: [{ kind: "unchanged" }] });
    expect(pullOf(again)).toEqual(pullOf(submitted));
  });

  test.each([
    ["no agent", [edit("/spec/scaling/max", 6)], "support/faqs", "unknown-agent"],
    ["no value", [edit("/spec/nothing/here", 6)], "support/faq", undefined],
    ["nothing", [], "support/faq", "wrong-edits"],
  ])("%s", async (_, edits, agent, reason) => {
    const submitted = await change(PERSON, edits, agent);
    if (reason !== undefined) expect(submitted).toMatchObject({ kind: "refused", reason });
    else expect(submitted).toMatchObject({ outcomes: [{ kind: "problem" }] });
    expect((await opened.world.forge.pullRequests([])).pulls).toEqual([]);
  });

  test("an agent's is bounded as a model's: it needs evidence and a permission", async () => {
    expect(await change(AGENT, [edit("/spec/scaling/max", 6)])).toMatchObject({
      kind: "refused",
      reason: "no-evidence",
    });
    expect((await opened.world.forge.pullRequests([])).pulls).toEqual([]);
  });
});

describe("the end of an agent", () => {
  const retire = (agent: string) =>
    submitRequest(opened.world, retireAgent({ from: PERSON, agent, words: "Nobody uses it." }));

  test("deletes its spec and all that is generated from it", async () => {
    await deploy();
    const submitted = await retire("support/hello");
    expect(submitted).toMatchObject({ outcomes: [{ kind: "opened" }] });
    const gone = submitted.kind === "submitted" ? (submitted.step.proposal?.files ?? []) : [];
    expect(gone.map(({ path }) => path)).toContain("agents/support/hello.yaml");
    expect(gone.length).toBeGreaterThan(4);
    expect(gone.every(({ path, text }) => path.endsWith("/README.md") || text === undefined)).toBe(true);
    expect(await bodyOf(submitted)).toContain("**Retires support/hello**");
    // Nothing else takes the agent down while it is asked about.
    const later = await reconcile(opened.world);
    expect(later.filter(({ cause }) => cause === "request")).toMatchObject([{ kind: "unchanged" }]);
  });

  test("waits for those that call it", async () => {
    const submitted = await retire("support/triage");
    expect(submitted).toMatchObject({ outcomes: [{ kind: "problem" }] });
    const [outcome] = submitted.kind === "submitted" ? submitted.outcomes : [];
    expect(outcome?.problems?.[0]?.message).toBe(
      "support/router calls support/triage; take it from support/router's tools first",
    );
  });
});
