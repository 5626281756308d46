import { expect, test } from "vitest";
import type { Outcome } from "../../../src/domain/decision.ts";
import { fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";

async function opened() {
  const place = fleetClone();
  const run = (...args: readonly string[]) => raos(place.clone, [...args, "--repo", place.bare]);
  const create = (...args: readonly string[]) => run("create", "--tenant", "support", "--name", "refunds", ...args);
  const outcomes = async (...args: readonly string[]): Promise<readonly Outcome[]> =>
    JSON.parse((await create(...args, "--output", "json")).out);
  return { place, run, create, outcomes };
}

const FAQ = ["--template", "support-agent", "--set", "lang=de", "--set", "maxReplicas=3"];

test("an agent from a template: one pull request with its spec and everything generated from it", async () => {
  const { place, run, outcomes } = await opened();
  await run("reconcile");
  const wanted = [...FAQ, "--description", "Answers questions about refunds, in German."];
  const [first] = await outcomes(...wanted);
  expect(first).toMatchObject({ cause: "request", agent: "support/refunds", kind: "opened" });
  const branch = first?.pull?.branch ?? "";
  expect(branch).toMatch(/^raos\/request\/[0-9a-f]{16}$/);
  place.git("fetch", "--quiet", "origin");
  const changed = place.git("diff", "--name-only", `origin/main...origin/${branch}`).split("\n").filter(Boolean);
  expect(changed).toContain("agents/support/refunds.yaml");
  expect(changed.every((path) => path === "agents/support/refunds.yaml" || path.includes("/support/refunds/"))).toBe(
    true,
  );
  expect(place.git("show", `origin/${branch}:agents/support/refunds.yaml`)).toMatchInlineSnapshot(`
    "apiVersion: raos.dev/v1alpha1
    kind: Agent
    metadata:
      name: refunds
      namespace: support
    spec:
      description: Answers questions about refunds, in German.
      template:
        ref: support-agent
        parameters:
          lang: de
          maxReplicas: 3
    "
  `);
  const shown = await run("pr", "show", String(first?.pull?.number));
  expect(shown.out).toContain("Made from the template `support-agent`");

  // Asked again, it is the same pull request; and later passes leave it alone.
  expect(await outcomes(...wanted)).toMatchObject([{ kind: "unchanged", pull: { number: first?.pull?.number } }]);
  const later: readonly Outcome[] = JSON.parse((await run("reconcile", "--output", "json")).out);
  expect(later.filter(({ cause }) => cause === "request")).toMatchObject([{ kind: "unchanged", reason: "up-to-date" }]);
  expect(await run("pr", "merge", String(first?.pull?.number))).toMatchObject({ code: 0 });
  const merged: readonly Outcome[] = JSON.parse((await run("reconcile", "--output", "json")).out);
  expect(merged.filter(({ agent, cause }) => agent === "support/refunds" && cause !== "rollout")).toEqual([]);
});

test.each([
  [["--template", "suport-agent"], "there is no template suport-agent; did you mean support-agent?", 1],
  [[...FAQ, "--set", "colour=red"], "the template support-agent has no parameter colour; it has: lang, maxReplicas", 1],
  [["--template", "support-agent", "--set", "maxReplicas=many"], "maxReplicas=many is not of the type integer", 1],
  [["--template", "support-agent", "--set", "lang=xx", "--description", "A"], "lang", 1],
  [["--template", "support-agent", "--set", "lang"], "write parameter=value", 2],
  [[], "say which template", 2],
] as const)("create %j: %s", async (args, message, code) => {
  const { create } = await opened();
  const answer = await create(...args);
  expect(answer.err + answer.out).toContain(message);
  expect(answer.code).toBe(code);
});

test("a name that is taken is refused, and --dry-run writes nothing", async () => {
  const { place, run, outcomes } = await opened();
  const taken = await run("create", "--tenant", "support", "--name", "triage", ...FAQ);
  expect(taken).toMatchObject({ code: 1 });
  expect(taken.err).toContain("agents/support/triage.yaml exists");
  const refs = place.git("ls-remote", "origin");
  expect(await outcomes(...FAQ, "--description", "A.", "--dry-run")).toMatchObject([{ kind: "opened" }]);
  expect(place.git("ls-remote", "origin")).toBe(refs);
});
