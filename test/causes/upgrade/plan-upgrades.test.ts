import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { imageReference } from "../../../src/domain/values/image.ts";
import type { RegistryFailure, RegistryReader } from "../../../src/observe/registry/registry-answers.ts";
import type { World } from "../../../src/pass/world.ts";
import { planSteps } from "../../../src/reconcile/plan-steps.ts";
import { foreseePass, reconcile } from "../../../src/reconcile/reconcile.ts";
import type { Pull } from "../../servers/github/model/model.ts";
import { push } from "../../servers/github/model/people.ts";
import { FILES, type ReviewedFleet, reviewedFleet } from "../../support/forge/reviewed-fleet.ts";

const NAMES = ["one", "two", "three"];

/** An agent with an image; `more` are further lines of its spec. */
const agent = (name: string, image: string, more = "") => `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: ${name}, namespace: acme}
spec:
  description: Sorts
  instructions: {inline: Sort.}
  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
  runtime:
    image: ${image}
    upgrade: {range: ^1.2}
${more}`;

const filesOf = (image: string, more = "") =>
  Object.fromEntries(NAMES.map((name) => [`agents/acme/${name}.yaml`, agent(name, image, more)]));

const BASE = {
  "raos.yaml": FILES["raos.yaml"],
  "charts/agent/Chart.yaml": FILES["charts/agent/Chart.yaml"],
  "tenants/acme.yaml": FILES["tenants/acme.yaml"],
};
const IMAGE = "ghcr.io/acme/sort:1.2.0";
const DOWN: RegistryFailure = { kind: "failed", reason: "unreachable", message: "ghcr.io cannot be reached" };
const digestOf = (tag: string) => `sha256:${Buffer.from(tag).toString("hex").padEnd(64, "0")}`;

let fleet: ReviewedFleet;
/** What the registry holds of every repository, or why it does not say, and what it was asked. */
let tags: readonly string[] | RegistryFailure = [];
let asked: string[] = [];
let warned: string[] = [];
/** How much later than now it is, in milliseconds. */
let later = 0;

const registry: RegistryReader = {
  async tags(image) {
    asked.push(imageReference(image).name);
    return "kind" in tags ? tags : { kind: "tags", tags };
  },
  digest: async (_image, tag) => ({ kind: "digest", digest: digestOf(tag) }),
  image: async (_image, tag) => ({ kind: "image", digest: digestOf(tag), created: undefined, platforms: [] }),
};

function world(): World {
  const { world: own } = fleet.opened;
  const warn = (_fields: unknown, message: string) => {
    warned.push(message);
  };
  return { ...own, now: () => Date.now() + later, registry, log: { ...own.log, warn } };
}

const pass = async () =>
  (await reconcile(world())).map(({ cause, agent: of, kind, reason }) => [cause, of, kind, reason]);
const open = (): readonly Pull[] => [...fleet.repository.pulls.values()].filter(({ state }) => state === "OPEN");
const write = (files: Readonly<Record<string, string>>) =>
  push(fleet.github.world, fleet.repository, fleet.person, "main", files, "A change");

async function begin(files: Readonly<Record<string, string>>): Promise<void> {
  fleet = await reviewedFleet({ ...BASE, ...files });
  await fleet.settle();
}

beforeEach(() => {
  [tags, asked, warned, later] = [["1.2.0"], [], [], 0];
});
afterEach(() => fleet.close());

describe("many agents with one image", () => {
  test("the registry is asked once in a pass, each agent has its pull request, and a settled fleet none", async () => {
    await begin(filesOf(IMAGE));
    expect(await pass()).toEqual([]);
    expect(asked).toEqual(["ghcr.io/acme/sort"]);
    tags = ["1.2.0", "1.4.0"];
    expect(await pass()).toEqual([...NAMES].sort().map((name) => ["upgrade", `acme/${name}`, "opened", undefined]));
    expect(
      open()
        .map(({ headRef }) => headRef)
        .toSorted(),
    ).toEqual([...NAMES].sort().map((name) => `raos/upgrade/acme/${name}`));
    expect(open()[0]?.title).toMatch(/^acme\/\w+: image 1\.2\.0 → 1\.4\.0 in production$/);
    expect(asked).toHaveLength(2);
    for (const pull of (await fleet.opened.forge.pullRequests([])).pulls) await fleet.opened.forge.merge(pull);
    expect(await pass()).toEqual([]);
  });

  test("a registry that fails is one line of the log, an outcome for each, and leaves pull requests open", async () => {
    await begin(filesOf(IMAGE));
    tags = ["1.4.0"];
    await pass();
    tags = DOWN;
    const outcomes = (await reconcile(world())).map(({ kind, reason, message, pull }) => [
      kind,
      reason,
      message,
      pull !== undefined,
    ]);
    expect(outcomes).toEqual(NAMES.map(() => ["skipped", "registry-unavailable", "ghcr.io cannot be reached", true]));
    expect(warned).toEqual(["a registry cannot be read; nothing changes"]);
    expect(open()).toHaveLength(3);
  });

  test("limits hold, and a dry run says what a pass would do", async () => {
    await begin({ ...filesOf(IMAGE), "raos.yaml": `${BASE["raos.yaml"]}  limits: {openPulls: 2}\n` });
    tags = ["1.4.0"];
    expect((await foreseePass(world())).map(({ kind }) => kind)).toEqual(["opened", "opened", "skipped"]);
    expect((await pass()).map(([, , kind, reason]) => reason ?? kind).toSorted()).toEqual([
      "limits.openPulls",
      "opened",
      "opened",
    ]);
  });
});

describe("one agent", () => {
  const SPEC = "agents/acme/one.yaml";
  const POLICY = `apiVersion: raos.dev/v1alpha1
kind: Guardrail
metadata: {name: images-merge}
spec:
  description: Newer images merge by themselves.
  causes: [upgrade]
  rules:
    - {allow: 'edits.all(edit, edit.path == "/spec/runtime/image")', message: a newer image}
`;

  test("is merged where a policy says so and its spec allows it", async () => {
    const own = agent("one", IMAGE, "  supervision: {autoMerge: low-risk}\n");
    await begin({ [SPEC]: own, "policies/images-merge.yaml": POLICY });
    tags = ["1.4.0"];
    expect(await pass()).toMatchObject([["upgrade", "acme/one", "opened", undefined]]);
    // Checks of a new commit may begin later.
    expect(await pass()).toMatchObject([["upgrade", "acme/one", "unchanged", "checks-pending"]]);
    later = 600_000;
    expect(await pass()).toMatchObject([["upgrade", "acme/one", "merged", "low-risk"]]);
    expect(await pass()).toEqual([]);
    expect(await fleet.repository.git.git("show", `main:${SPEC}`)).toContain(`:1.4.0@${digestOf("1.4.0")}`);
  });

  test("is opened for the first wave of a promotion alone", async () => {
    const waves = `${BASE["raos.yaml"].replace("[{name: production}]", "[{name: staging}, {name: production}]")}  promotion: {waves: [[staging], [production]]}\n`;
    await begin({ [SPEC]: agent("one", IMAGE), "raos.yaml": waves });
    await fleet.settle();
    tags = ["1.4.0"];
    expect(await pass()).toMatchObject([["upgrade", "acme/one", "opened", undefined]]);
    const files = await fleet.repository.git.git("diff", "--name-only", "main...refs/heads/raos/upgrade/acme/one");
    const folders = new Set(
      files
        .trim()
        .split("\n")
        .map((path) => path.split("/").slice(0, 2).join("/")),
    );
    expect([...folders].sort()).toEqual(["agents/acme", "deploy/staging"]);
  });

  test("is not looked at before it is deployed, while its spec is broken, nor by raos plan", async () => {
    await begin({ [SPEC]: agent("one", IMAGE) });
    tags = ["1.4.0"];
    const planned = await planSteps(world(), { isUnlimited: true, isDryRun: true });
    for await (const step of planned.steps) expect(step.cause.kind).not.toBe("upgrade");
    expect(asked).toEqual([]);
    await write({ "agents/acme/two.yaml": agent("two", IMAGE) });
    expect((await pass()).map(([cause, of]) => `${cause} ${of}`).toSorted()).toEqual([
      "drift acme/two",
      "upgrade acme/one",
    ]);
    await write({ [SPEC]: agent("one", IMAGE, "  scalling: {}\n") });
    expect(await pass()).toContainEqual(["upgrade", "acme/one", "skipped", "spec-has-problems"]);
    expect(open().map(({ headRef }) => headRef)).toContain("raos/upgrade/acme/one");
  });

  test("that was taken back after the merge stays back until a newer one comes", async () => {
    await begin({ [SPEC]: agent("one", IMAGE) });
    tags = ["1.4.0"];
    await pass();
    for (const pull of (await fleet.opened.forge.pullRequests([])).pulls) await fleet.opened.forge.merge(pull);
    await write({ [SPEC]: agent("one", IMAGE) });
    const about = async () =>
      (await pass()).filter(([cause]) => cause === "upgrade").map(([, , kind, reason]) => [kind, reason]);
    expect(await about()).toEqual([["skipped", "version-taken-back"]]);
    tags = ["1.4.0", "1.4.1"];
    expect(await about()).toEqual([["opened", undefined]]);
  });

  test("keeps a person's commit on the branch", async () => {
    await begin({ [SPEC]: agent("one", IMAGE) });
    tags = ["1.4.0"];
    await pass();
    await push(
      fleet.github.world,
      fleet.repository,
      fleet.person,
      "raos/upgrade/acme/one",
      { "NOTES.md": "wait" },
      "Wait",
    );
    tags = ["1.5.0"];
    expect(await pass()).toMatchObject([["upgrade", "acme/one", "skipped", "person-edited-the-branch"]]);
  });
});
