import { describe, expect, test } from "vitest";
import type { Outcome } from "../../../src/domain/decision.ts";
import { type FleetClone, fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";
import { specOf, UNCONFIGURED } from "../../support/forge/unconfigured.ts";

const TRIAGE = "agents/acme/triage.yaml";
/** A configuration of a person's own. */
const OWN = "apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: {environments: [{name: production}]}\n";
const TENANT = "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: acme}\nspec: {}\n";

function repository(files: Readonly<Record<string, string | undefined>> = {}): FleetClone {
  const place = fleetClone(null);
  const all = Object.entries({ ...UNCONFIGURED, ...files }).filter(([, text]) => text !== undefined);
  place.commit(Object.fromEntries(all));
  return place;
}

async function json(place: FleetClone, ...argv: readonly string[]) {
  const { out, err } = await raos(place.clone, [...argv, "--repo", place.bare, "--output", "json"]);
  expect(err).toBe("");
  return JSON.parse(out);
}

const reconcile = (place: FleetClone): Promise<readonly Outcome[]> => json(place, "reconcile");
const ended = async (place: FleetClone) => (await reconcile(place)).map(({ kind, reason }) => [kind, reason]);
const titles = async (place: FleetClone): Promise<readonly string[]> =>
  (await json(place, "pr", "list")).map(({ title }: { readonly title: string }) => title);
const bodyOf = async (place: FleetClone): Promise<string> => (await json(place, "pr", "show", "1")).body;
const act = (place: FleetClone, ...argv: readonly string[]) => raos(place.clone, ["pr", ...argv, "--repo", place.bare]);

/** The titles that the body lists. */
const listedIn = (body: string) =>
  [...body.matchAll(/^1\. (.*)$/gm)].map(([, title]) => (title ?? "").replaceAll("\\", ""));

describe("a repository with agent specs and without raos.yaml", () => {
  test("gets one pull request, once; merged, the listed pull requests come", async () => {
    const place = repository();
    expect(await reconcile(place)).toMatchObject([
      { cause: "onboarding", agent: "*", kind: "opened", pull: { number: 1, branch: "raos/onboarding" } },
    ]);
    expect(await ended(place)).toEqual([["unchanged", "up-to-date"]]);
    expect(await titles(place)).toEqual(["Configure RAOS"]);
    const listed = listedIn(await bodyOf(place));
    expect(listed).toHaveLength(2);
    await act(place, "merge", "1");
    await reconcile(place);
    expect((await titles(place)).toSorted()).toEqual(listed.toSorted());
    expect(place.files("main")).toEqual(
      expect.arrayContaining(["raos.yaml", "tenants/acme.yaml", "charts/agent/Chart.yaml"]),
    );
    expect((await raos(place.clone, ["validate", "."])).out).not.toContain("raos.yaml:");
  });

  test("closed by a person: one comment, and never again, also for other content", async () => {
    const place = repository();
    await reconcile(place);
    await act(place, "close", "1");
    expect(await ended(place)).toEqual([["skipped", "closed-by-a-person"]]);
    place.commit({ [TRIAGE]: specOf("sorter"), "agents/acme/new.yaml": specOf("new") });
    expect(await ended(place)).toEqual([["skipped", "closed-by-a-person"]]);
    expect(await titles(place)).toEqual([]);
    const comments: readonly unknown[] = (await json(place, "pr", "show", "1")).comments;
    expect(comments).toHaveLength(1);
    expect(JSON.stringify(comments)).toContain("reopen this pull request");
  });

  test("reopened: it goes on", async () => {
    const place = repository();
    await reconcile(place);
    await act(place, "close", "1");
    await reconcile(place);
    await act(place, "reopen", "1");
    place.commit({ "agents/acme/new.yaml": specOf("new") });
    expect(await ended(place)).toEqual([["updated", "text-changed"]]);
    expect(listedIn(await bodyOf(place))).toHaveLength(3);
  });

  test("closed, but a person commits a raos.yaml: ordinary life", async () => {
    const place = repository();
    await reconcile(place);
    await act(place, "close", "1");
    place.commit({ "raos.yaml": OWN, "tenants/acme.yaml": TENANT });
    expect((await reconcile(place)).filter(({ kind }) => kind === "opened")).not.toHaveLength(0);
  });

  test("a raos.yaml appears while it is open: it is closed", async () => {
    const place = repository();
    await reconcile(place);
    place.commit({ "raos.yaml": OWN });
    const found = await reconcile(place);
    expect(found.filter(({ cause }) => cause === "onboarding")).toMatchObject([
      { kind: "closed", reason: "no-longer-needed", pull: { number: 1 } },
    ]);
  });

  test("after a person's commit on its branch it stays as it is", async () => {
    const place = repository();
    await reconcile(place);
    place.git("fetch", "--quiet", "origin", "raos/onboarding");
    place.git("checkout", "--quiet", "-b", "mine", "FETCH_HEAD");
    place.write({ "raos.yaml": OWN });
    place.git("commit", "--quiet", "--all", "--message=Mine");
    place.git("push", "--quiet", "origin", "mine:raos/onboarding");
    place.git("checkout", "--quiet", "-");
    place.commit({ "agents/acme/new.yaml": specOf("new") });
    expect(await ended(place)).toEqual([["skipped", "person-edited-the-branch"]]);
  });

  test("merged, and raos.yaml removed again: nothing", async () => {
    const place = repository();
    await reconcile(place);
    await act(place, "merge", "1");
    place.commit({ "raos.yaml": undefined });
    expect(await ended(place)).toEqual([["skipped", "no-configuration"]]);
  });
});

describe("other repositories", () => {
  test.each([
    ["without agent specs", { [TRIAGE]: undefined, "agents/acme/billing.yaml": undefined }],
    ["with the agents of another tool", { [TRIAGE]: "name: triage\n", "agents/acme/billing.yaml": "kind: Agent\n" }],
    ["that work with the defaults", { "deploy/default/acme/tenant.yaml": "kind: Namespace\n" }],
  ])("%s are not asked", async (_, files) => {
    const place = repository(files);
    expect((await reconcile(place)).filter(({ cause }) => cause === "onboarding")).toEqual([]);
  });
});

test("a hostile spec and hostile names are shown as text", async () => {
  const place = repository({
    [TRIAGE]: specOf("triage").replace(
      "description: Sorts",
      'description: Sorts\n  "<img src=x>@acme/all [a](http://evil)": 1',
    ),
    "agents/acme/`@acme`|<b>#1.yaml": specOf("odd"),
    "agents/<script>/x.yaml": specOf("x"),
    "clusters/@acme/x.yaml": "apiVersion: kustomize.toolkit.fluxcd.io/v1\n",
  });
  await reconcile(place);
  const body = await bodyOf(place);
  expect(body).toContain("unknown key");
  for (const text of ["@acme/all", "<img", "<script", "<b>", "](http"])
    expect(withoutCode(body), text).not.toContain(text);
  expect(place.files("raos/onboarding").filter((path) => path.startsWith("tenants/"))).toEqual(["tenants/acme.yaml"]);
});

/** The body without its code, in which nothing is read as HTML, a mention or a link. */
function withoutCode(body: string): string {
  return body.replace(/(`+)[^\n]*?[^`]\1(?!`)/g, "");
}
