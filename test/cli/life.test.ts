import { describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import type { Outcome } from "../../src/domain/decision.ts";
import { type FleetClone, fleetClone } from "../support/cli/fleet-clone.ts";
import { raos } from "../support/cli/raos.ts";

interface Listed {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly branch: string;
  readonly head: string;
  readonly state: string;
}

/** What a pass did, without what became of merged pull requests. */
async function reconcile(place: FleetClone, now?: () => number): Promise<readonly Outcome[]> {
  const ran = await raos(place.clone, ["reconcile", "--repo", place.bare, "--output", "json"], {}, now);
  expect(ran.err).toBe("");
  const outcomes: readonly Outcome[] = JSON.parse(ran.out);
  return outcomes.filter(({ cause }) => cause !== "rollout");
}

/** `opened support/hello`, or with its reason `skipped support/hello: limits.openPulls`. */
function words(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.map(({ kind, agent, reason }) => `${kind} ${agent}${reason === undefined ? "" : `: ${reason}`}`);
}

async function happened(place: FleetClone, now?: () => number): Promise<readonly string[]> {
  return words((await reconcile(place, now)).filter((outcome) => outcome.kind !== "unchanged"));
}

async function planned(place: FleetClone): Promise<Readonly<Record<string, number>>> {
  const ran = await raos(place.clone, ["plan", "--repo", place.bare, "--output", "json"]);
  const counts: Record<string, number> = {};
  for (const { decision } of JSON.parse(ran.out).pulls) counts[decision] = (counts[decision] ?? 0) + 1;
  return counts;
}

async function pulls(place: FleetClone, state = "open"): Promise<readonly Listed[]> {
  const ran = await raos(place.clone, ["pr", "list", "--repo", place.bare, "--state", state, "--output", "json"]);
  return JSON.parse(ran.out);
}

async function numbered(place: FleetClone, branch: string): Promise<string> {
  const found = (await pulls(place, "all")).filter((pull) => pull.branch === branch).at(-1);
  return String(found?.number);
}

async function pr(place: FleetClone, verb: string, ...numbers: readonly string[]): Promise<void> {
  expect(await raos(place.clone, ["pr", verb, "--repo", place.bare, ...numbers])).toMatchObject({ code: 0, err: "" });
}

async function mergeAll(place: FleetClone): Promise<void> {
  await pr(place, "merge", ...(await pulls(place)).map((pull) => String(pull.number)).toReversed());
}

/** A fleet whose every file is merged. */
async function settled(): Promise<FleetClone> {
  const place = fleetClone();
  await reconcile(place);
  await mergeAll(place);
  expect(await reconcile(place)).toEqual([]);
  place.git("pull", "--quiet", "origin", "main");
  return place;
}

const HELLO = "agents/support/hello.yaml";

const reopen = (place: FleetClone, number: string) => raos(place.clone, ["pr", "reopen", number, "--repo", place.bare]);

describe("the life of a pull request on the local forge", () => {
  test("one per agent; nothing more; and once all are merged, in whatever order, the tree is a fixed point", async () => {
    const place = fleetClone();
    expect(await planned(place)).toEqual({ open: 12 });
    const opened = await reconcile(place);
    expect(opened.map((outcome) => outcome.kind)).toEqual(Array.from({ length: 12 }, () => "opened"));
    expect(new Set(opened.map((outcome) => outcome.agent)).size).toBe(12);
    const files = opened.flatMap((outcome) =>
      place.files(outcome.pull?.branch ?? "").filter((file) => file.startsWith("deploy/")),
    );
    expect(new Set(files).size).toBe(files.length);
    const heads = (await pulls(place)).map((pull) => pull.head);
    expect(await happened(place)).toEqual([]);
    expect((await pulls(place)).map((pull) => pull.head)).toEqual(heads);
    expect(await planned(place)).toEqual({ unchanged: 12 });
    await mergeAll(place);
    expect(await reconcile(place)).toEqual([]);
    expect(await planned(place)).toEqual({});
  });

  test("with Argo CD: the same, an Application each and the tenant's AppProject", async () => {
    const place = fleetClone();
    const config = place
      .read("raos.yaml")
      .replace("delivery: flux", 'delivery: argocd\n  argocd: {repoURL: "https://github.com/acme/agents"}');
    place.commit({ "raos.yaml": config });
    expect((await reconcile(place)).map((outcome) => outcome.kind)).toEqual(Array.from({ length: 12 }, () => "opened"));
    await mergeAll(place);
    expect(place.files("main")).toEqual(
      expect.arrayContaining([
        "deploy/staging/support/hello/application.yaml",
        "deploy/production/support/project.yaml",
      ]),
    );
    expect(await reconcile(place)).toEqual([]);
    expect(await planned(place)).toEqual({});
  });

  test("a change of the spec updates it, a change back closes it with a sentence", async () => {
    const place = await settled();
    const before = place.read(HELLO);
    place.commit({ [HELLO]: before.replace("Greet", "Warmly greet") });
    expect(await happened(place)).toEqual(["opened support/hello"]);
    place.commit({ [HELLO]: before.replace("Greet", "Coldly greet") });
    expect(await happened(place)).toEqual(["updated support/hello: content-changed"]);
    place.commit({ [HELLO]: before });
    expect(await happened(place)).toEqual(["closed support/hello: no-longer-needed"]);
    const { out } = await raos(place.clone, [
      "pr",
      "show",
      "--repo",
      place.bare,
      await numbered(place, "raos/agent/support/hello"),
    ]);
    expect(out).toContain("there is nothing left to merge");
    expect(place.files("main").some((file) => file.startsWith("deploy/"))).toBe(true);
  });

  test("closed by a person, it is no until its content changes", async () => {
    const place = await settled();
    place.commit({ [HELLO]: place.read(HELLO).replace("Greet", "Warmly greet") });
    await reconcile(place);
    await pr(place, "close", await numbered(place, "raos/agent/support/hello"));
    expect(await happened(place)).toEqual(["skipped support/hello: closed-by-a-person"]);
    place.commit({ "README.md": "# Something else\n" });
    expect(await happened(place)).toEqual(["skipped support/hello: closed-by-a-person"]);
    place.commit({ [HELLO]: place.read(HELLO).replace("Warmly", "Coldly") });
    expect(await happened(place)).toEqual(["opened support/hello"]);
  });

  test("closed by a person and opened again, it is the same one, and the bot goes on with it", async () => {
    const place = await settled();
    place.commit({ [HELLO]: place.read(HELLO).replace("Greet", "Warmly greet") });
    await reconcile(place);
    const number = await numbered(place, "raos/agent/support/hello");
    await pr(place, "close", number);
    await pr(place, "reopen", number);
    expect(await reopen(place, number)).toMatchObject({ code: 3, err: expect.stringContaining("is open") });
    expect(await happened(place)).toEqual([]);
    place.commit({ [HELLO]: place.read(HELLO).replace("Warmly", "Coldly") });
    expect(await happened(place)).toEqual(["updated support/hello: content-changed"]);
    await mergeAll(place);
    expect(await reopen(place, number)).toMatchObject({ code: 3, err: expect.stringContaining("is merged") });
  });

  test("closed, it is not opened again over another person's branch", async () => {
    const place = await settled();
    place.commit({ [HELLO]: place.read(HELLO).replace("Greet", "Warmly greet") });
    await reconcile(place);
    const number = await numbered(place, "raos/agent/support/hello");
    await pr(place, "close", number);
    place.git("push", "--quiet", "origin", "main:refs/heads/raos/agent/support/hello");
    expect(await reopen(place, number)).toMatchObject({ code: 3, err: expect.stringContaining("other commits") });
  });

  test("a no to a tenant's first agent does not hold up its tenant", async () => {
    const place = fleetClone();
    await reconcile(place);
    await pr(place, "close", await numbered(place, "raos/agent/support/faq"));
    expect(await happened(place)).toEqual(["opened support/*", "skipped support/faq: closed-by-a-person"]);
    await mergeAll(place);
    expect(await happened(place)).toEqual(["skipped support/faq: closed-by-a-person"]);
    expect(place.files("main")).toContain("deploy/staging/support/tenant.yaml");
  });

  test("a person's commit on the branch means hands off, said once", async () => {
    const place = await settled();
    place.commit({ [HELLO]: place.read(HELLO).replace("Greet", "Warmly greet") });
    await reconcile(place);
    place.git("fetch", "--quiet", "origin", "raos/agent/support/hello");
    place.git("checkout", "--quiet", "FETCH_HEAD");
    place.git("commit", "--quiet", "--allow-empty", "--message=Mine");
    place.git("push", "--quiet", "origin", "HEAD:raos/agent/support/hello");
    place.git("checkout", "--quiet", "main");
    place.commit({ [HELLO]: place.read(HELLO).replace("Warmly", "Coldly") });
    expect(await happened(place)).toEqual(["skipped support/hello: person-edited-the-branch"]);
    expect(await happened(place)).toEqual(["skipped support/hello: person-edited-the-branch"]);
    const { out } = await raos(place.clone, [
      "pr",
      "show",
      "--repo",
      place.bare,
      await numbered(place, "raos/agent/support/hello"),
    ]);
    expect(out.match(/no longer changes this pull request/g)).toHaveLength(1);
  });

  test("a generated file changed on the default branch is a stale base: the change is replayed on it", async () => {
    const place = await settled();
    place.commit({ [HELLO]: place.read(HELLO).replace("Greet", "Warmly greet") });
    await reconcile(place);
    const values = "deploy/staging/support/hello/values.yaml";
    place.commit({ [values]: `# by hand\n${place.read(values)}` });
    expect(await happened(place)).toEqual(["updated support/hello: stale-base"]);
    await mergeAll(place);
    expect(await reconcile(place)).toEqual([]);
  });

  test("a removed spec removes its files, loudly", async () => {
    const place = await settled();
    place.commit({ [HELLO]: undefined });
    expect(await happened(place)).toEqual(["opened support/hello"]);
    const [pull] = await pulls(place);
    expect(pull?.title).toMatch(/^Remove support\/hello/);
    await mergeAll(place);
    expect(place.files("main").filter((file) => file.includes("support/hello"))).toEqual([]);
    expect(await reconcile(place)).toEqual([]);
  });

  test("an environment that ends keeps its folder, and a tenant's objects while an agent with a Problem needs them", async () => {
    const place = await settled();
    const config = place.read("raos.yaml").replace("    - {name: staging, alerts: {cluster: staging-eu}}\n", "");
    place.commit({ "raos.yaml": config });
    const told = words(await reconcile(place));
    // Five agents have an overlay for the environment that is no more.
    expect(told.filter((word) => word.startsWith("problem "))).toHaveLength(5);
    expect((await pulls(place)).map((pull) => pull.branch).sort()).toEqual([
      "raos/tenant/finance",
      "raos/tenant/logistics",
      "raos/tenant/support",
    ]);
    await mergeAll(place);
    const held = () => place.files("main").filter((file) => /^deploy\/staging\/([^/]+\/)?[^/]+$/.test(file));
    const tenants = ["finance", "logistics", "support"].map((tenant) => `deploy/staging/${tenant}/tenant.yaml`);
    expect(held()).toEqual(["deploy/staging/README.md", ...tenants]);
    place.git("pull", "--quiet", "origin", "main");
    const overlaid = place.git("grep", "-l", "^    staging:", "--", "agents").trim().split("\n");
    const mended = (text: string) => {
      const document = parseDocument(text);
      document.deleteIn(["spec", "environments", "staging"]);
      return document.toString();
    };
    place.commit(Object.fromEntries(overlaid.map((path) => [path, mended(place.read(path))])));
    await reconcile(place);
    await mergeAll(place);
    expect(place.files("main").filter((file) => file.startsWith("deploy/staging/"))).toEqual([
      "deploy/staging/README.md",
    ]);
    expect(await reconcile(place)).toEqual([]);
    place.git("pull", "--quiet", "origin", "main");
    place.commit({ "deploy/staging/README.md": undefined });
    expect(await reconcile(place)).toEqual([]);
  });

  test("a shared input under many agents is one pull request per tenant", async () => {
    const place = await settled();
    place.commit({
      "raos.yaml": place.read("raos.yaml").replace("delivery: flux", "delivery: flux\n  flux: {interval: 5m}"),
    });
    const outcomes = await reconcile(place);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(Array.from({ length: 12 }, () => "opened"));
    expect((await pulls(place)).map((pull) => pull.branch).sort()).toEqual([
      "raos/tenant/finance",
      "raos/tenant/logistics",
      "raos/tenant/support",
    ]);
    expect(await happened(place)).toEqual([]);
    await mergeAll(place);
    expect(await reconcile(place)).toEqual([]);
  });

  test("no more than the limits allow, and the rest later", async () => {
    const place = fleetClone();
    const config = place.read("raos.yaml");
    place.commit({ "raos.yaml": config.replace("openPulls: 20", "openPulls: 5") });
    expect((await happened(place)).map((word) => word.split(" ")[0])).toEqual([
      ...Array(5).fill("opened"),
      ...Array(7).fill("skipped"),
    ]);
    await mergeAll(place);
    place.commit({ "raos.yaml": config.replace("pullsPerHour: 30", "pullsPerHour: 5") });
    const soon = (await happened(place)).filter((word) => word.startsWith("opened"));
    const later = (await happened(place, () => Date.now() + 3_700_000)).filter((word) => word.startsWith("opened"));
    expect([soon.length, later.length]).toEqual([0, 5]);
  });

  test("outside the schedule nothing new is opened", async () => {
    const place = fleetClone();
    place.commit({
      "raos.yaml": `${place.read("raos.yaml")}  schedule: {timezone: Europe/Berlin, windows: [{days: [Mon], from: "08:00", to: "17:00"}]}\n`,
    });
    const sunday = () => Date.parse("2026-03-01T12:00:00Z");
    expect(new Set((await happened(place, sunday)).map((word) => word.split(": ")[1]))).toEqual(
      new Set(["outside-schedule"]),
    );
    const monday = () => Date.parse("2026-03-02T12:00:00Z");
    expect((await happened(place, monday)).filter((word) => word.startsWith("opened"))).toHaveLength(12);
  });

  test("a broken spec has its Problem, and keeps its pull request and its files", async () => {
    const place = await settled();
    place.commit({ [HELLO]: place.read(HELLO).replace("Greet", "Warmly greet") });
    await reconcile(place);
    place.commit({
      [HELLO]: "kind: Agent\nspec: [\n",
      "agents/support/faq.yaml": place.read("agents/support/faq.yaml").replace("2.0.3", "2.0.4"),
    });
    const outcomes = await reconcile(place);
    expect(words(outcomes)).toEqual(["opened support/faq", "problem support/hello"]);
    expect(outcomes.find((outcome) => outcome.kind === "problem")?.problems?.[0]).toMatchObject({
      file: HELLO,
      line: 3,
    });
    expect((await pulls(place)).map((pull) => pull.branch).sort()).toEqual([
      "raos/agent/support/faq",
      "raos/agent/support/hello",
    ]);
  });
});
