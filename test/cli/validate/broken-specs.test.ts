import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fleetOf, git, makeBare } from "../../adversary/fleet.ts";
import { raos } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

function spec(tenant: string, name: string, fields = ""): string {
  return `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: ${name}, namespace: ${tenant}}
spec:
  description: Answers
  runtime: {image: "ghcr.io/acme/${name}:1.0.0"}
  instructions: {inline: Answer.}
  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
${fields}`;
}
const tenant = (name: string, fields: string) =>
  `apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: ${name}}\nspec: ${fields}\n`;

/** triage calls billing of its own tenant and tracking of another one; everything that they generate is merged. */
function place() {
  const root = temporaryFolder();
  const [bare, clone] = [join(root, "fleet.git"), join(root, "clone")];
  const files = {
    "tenants/acme.yaml": tenant("acme", "{namespace: acme-agents}"),
    "tenants/cargo.yaml": tenant("cargo", "{accepts: [acme]}"),
    "agents/acme/triage.yaml": spec(
      "acme",
      "triage",
      "  tools: [{agent: {name: billing}}, {agent: {name: tracking, namespace: cargo}}]\n",
    ),
    "agents/acme/billing.yaml": spec("acme", "billing", "  a2a: {enabled: true}\n"),
    "agents/cargo/tracking.yaml": spec("cargo", "tracking", "  a2a: {enabled: true}\n"),
  };
  makeBare(bare, fleetOf({}, "", files));
  git(root, ["clone", "--quiet", bare, clone]);
  let caches = 0;
  const plan = async (cache: string) => {
    const argv = ["plan", "--repo", bare, "--output", "json"];
    const { out } = await raos(root, argv, { RAOS_CACHE: join(root, cache) });
    const { pulls, problems } = JSON.parse(out);
    const changes = pulls.flatMap(({ files: changed }: { files: { path: string; diff: string }[] }) => changed);
    return {
      problems: problems.map(({ file }: { file: string }) => file),
      changes: changes.map(({ path }: { path: string }) => path),
      lines: changes
        .filter(({ path }: { path: string }) => path.endsWith("/values.yaml"))
        .flatMap(({ diff }: { diff: string }) => diff.split("\n").filter((line) => /^[+-][^+-]/.test(line))),
    };
  };
  return {
    clone,
    /** Commits, and plans with the memo of before and without one: both have to find the same. */
    async change(texts: Readonly<Record<string, string | undefined>>) {
      for (const [path, text] of Object.entries(texts)) {
        if (text === undefined) git(clone, ["rm", "--quiet", path]);
        else writeFileSync(join(clone, path), text);
      }
      git(clone, ["add", "."]);
      git(clone, ["commit", "--quiet", "--allow-empty", "--message=A change"]);
      git(clone, ["push", "--quiet", "origin", "HEAD:main"]);
      const kept = await plan("cache");
      caches += 1;
      expect(await plan(`fresh-${caches}`)).toEqual(kept);
      return kept;
    },
  };
}

const BROKEN = "apiVersion: raos.dev/v1alpha1\nkind: Agent\nmetadata: {name: triage\n";
const NOTHING = { problems: [], changes: [], lines: [] };

describe("an agent that runs, and whose spec is broken now", () => {
  test("touches nobody: its peers go on to let it call them", async () => {
    const { change } = place();
    expect(await change({})).toEqual(NOTHING);
    expect(await change({ "agents/acme/triage.yaml": BROKEN })).toEqual({
      ...NOTHING,
      problems: ["agents/acme/triage.yaml"],
    });
    const changed = spec("acme", "billing", "  a2a: {enabled: true}\n").replace("Answers", "Explains bills");
    const { lines } = await change({ "agents/acme/billing.yaml": changed });
    expect(new Set(lines)).toEqual(new Set(["-description: Answers", "+description: Explains bills"]));
  });

  test("repaired without the peer, the permission goes; removed, it goes as well", async () => {
    const { change } = place();
    await change({ "agents/acme/triage.yaml": BROKEN });
    const repaired = await change({ "agents/acme/triage.yaml": spec("acme", "triage") });
    expect(repaired.changes).toContain("deploy/staging/acme/billing/values.yaml");
    expect(repaired.lines).toContain("-    - {appId: triage, namespace: acme-agents}");
    await change({ "agents/acme/triage.yaml": BROKEN });
    const { changes, lines } = await change({ "agents/acme/triage.yaml": undefined });
    expect(changes).toContain("deploy/staging/cargo/tracking/values.yaml");
    expect(lines).toContain("-    - {appId: triage, namespace: acme-agents}");
  });

  test("its caller has no Problem, and can still change", async () => {
    const { change } = place();
    await change({ "agents/cargo/tracking.yaml": BROKEN.replace("triage", "tracking") });
    const triage = spec(
      "acme",
      "triage",
      "  tools: [{agent: {name: billing}}, {agent: {name: tracking, namespace: cargo}}]\n",
    ).replace("Answers", "Sorts");
    const { problems, lines } = await change({ "agents/acme/triage.yaml": triage });
    expect(problems).toEqual(["agents/cargo/tracking.yaml"]);
    expect(new Set(lines)).toEqual(new Set(["-description: Answers", "+description: Sorts"]));
  });
});

describe("a tenant whose file is", () => {
  const isTouched = (path: string) => path.startsWith("deploy/");

  test("broken: its agents, their peers and its own objects stay as they are", async () => {
    const { change } = place();
    const { problems, changes } = await change({ "tenants/acme.yaml": "kind: Tenant\nspec: [\n" });
    expect(problems).toContain("tenants/acme.yaml");
    expect(changes.filter(isTouched)).toEqual([]);
    const tracking = spec("cargo", "tracking", "  a2a: {enabled: true}\n").replace("Answers", "Follows");
    const { lines } = await change({ "agents/cargo/tracking.yaml": tracking });
    expect(new Set(lines)).toEqual(new Set(["-description: Answers", "+description: Follows"]));
  });

  test("deleted while its agents remain: so too, with one Problem", async () => {
    const { change } = place();
    const { problems, changes } = await change({ "tenants/acme.yaml": undefined });
    expect(problems).toEqual(["agents/acme/billing.yaml"]);
    expect(changes.filter(isTouched)).toEqual([]);
  });

  test("deleted with its agents: everything of it goes", async () => {
    const { change } = place();
    const { problems, changes } = await change({
      "tenants/acme.yaml": undefined,
      "agents/acme/billing.yaml": undefined,
      "agents/acme/triage.yaml": undefined,
    });
    expect(problems).toEqual([]);
    expect(changes).toContain("deploy/staging/acme/tenant.yaml");
    expect(changes).toContain("deploy/production/acme/triage/values.yaml");
  });
});
