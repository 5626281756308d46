import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { raos } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** What `raos init` writes, in a folder of a new temporary one, and what `raos validate` says of the outer one. */
async function begun(below = "."): Promise<{ readonly root: string; validate(): Promise<unknown> }> {
  const root = temporaryFolder();
  mkdirSync(join(root, below), { recursive: true });
  await raos(join(root, below), ["init"]);
  return {
    root,
    async validate() {
      const { code, out, err } = await raos(root, ["validate"]);
      const planned = await raos(root, ["plan", "--quiet"]);
      expect(planned).toMatchObject({ code, err: expect.stringContaining(err) });
      return code === 0 ? out : err;
    },
  };
}

function move(root: string, from: string, to: string): void {
  cpSync(join(root, from), join(root, to), { recursive: true });
  rmSync(join(root, from), { recursive: true });
}

describe("a folder in which RAOS reads nothing", () => {
  test("is empty: says how to begin", async () => {
    const root = temporaryFolder();
    expect(await raos(root, ["validate"])).toEqual({
      code: 1,
      out: "",
      err: "raos.yaml:1:1: there is neither raos.yaml nor an agent in agents/<tenant>/ here; raos init writes the first ones\n",
    });
  });

  test("holds the repository's folder further down: names that one", async () => {
    expect(await (await begun("platform")).validate()).toBe(
      "raos.yaml:1:1: there is no raos.yaml at the top of this folder, but in platform: name that folder, or with --repo give it as --path\n",
    );
  });

  test.each(["agent", "Agents", "agnets", "specs/agents"])("has its agents in %s/: names each", async (folder) => {
    const { root, validate } = await begun();
    move(root, "agents", folder);
    expect(await validate()).toBe(
      `${folder}/demo/hello.yaml:1:1: nothing reads this Agent: it belongs in agents/<tenant>/<name>.yaml\n`,
    );
  });

  test("has no agents at all", async () => {
    const { root, validate } = await begun();
    rmSync(join(root, "agents"), { recursive: true });
    expect(await validate()).toBe(
      "raos.yaml:1:1: there are no agents: the spec of one is agents/<tenant>/<name>.yaml\n",
    );
  });
});

describe("a folder with agents", () => {
  test("and documents in a folder whose name is nearly right", async () => {
    const { root, validate } = await begun();
    mkdirSync(join(root, "policy"));
    writeFileSync(
      join(root, "policy/ours.yaml"),
      "apiVersion: raos.dev/v1alpha1\nkind: Guardrail\nmetadata: {name: ours}\nspec: {}\n",
    );
    expect(await validate()).toBe(
      "policy/ours.yaml:1:1: nothing reads this Guardrail: it belongs in policies/<name>.yaml\n",
    );
  });

  test("and examples elsewhere, alone or as a whole repository, is right", async () => {
    const { root, validate } = await begun();
    cpSync(join(root, "agents"), join(root, "docs/examples/agents"), { recursive: true });
    for (const folder of ["agents", "raos.yaml"])
      cpSync(join(root, folder), join(root, "agent/sample", folder), { recursive: true });
    expect(await validate()).toBe("1 agent, no problems\n");
  });
});

describe("a repository that deploys nothing", () => {
  test("since its chart is gone", async () => {
    const { root, validate } = await begun();
    rmSync(join(root, "charts"), { recursive: true });
    expect(await validate()).toBe(
      "raos.yaml:1:1: there is no chart in charts/agent/; raos init writes it, or set spec.chart to an OCI registry\n",
    );
  });

  test("since Argo CD does not know it", async () => {
    const { root, validate } = await begun();
    const text = readFileSync(join(root, "raos.yaml"), "utf8").replace("delivery: flux", "delivery: argocd");
    writeFileSync(join(root, "raos.yaml"), text);
    expect(await validate()).toContain("raos.yaml:5:13 /spec/delivery: Argo CD needs argocd.repoURL");
  });
});
