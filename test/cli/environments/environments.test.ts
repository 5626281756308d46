import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { git } from "../../adversary/fleet.ts";
import { raos } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** A repository as `raos init` gives it, with a second agent; nothing is committed yet. */
async function initialised(): Promise<string> {
  const root = temporaryFolder();
  git(root, ["init", "--quiet", "--initial-branch", "main"]);
  await raos(root, ["init", "--tenant", "acme"]);
  const spec = readFileSync(join(root, "agents/acme/hello.yaml"), "utf8");
  writeFileSync(join(root, "agents/acme/other.yaml"), spec.replace("name: hello", "name: other"));
  return root;
}

/** Commits the working files, and gives the pull request of this number after a pass. */
async function passed(root: string, subject: string, number: number): Promise<string> {
  git(root, ["add", "."]);
  git(root, ["commit", "--quiet", "-m", subject]);
  expect(await raos(root, ["reconcile", "--repo", "."])).toMatchObject({ code: 0, err: "" });
  return (await raos(root, ["pr", "show", "--repo", ".", String(number)])).out;
}

function edit(root: string, change: (text: string) => string): void {
  const file = join(root, "raos.yaml");
  writeFileSync(file, change(readFileSync(file, "utf8")));
}

async function wrote(root: string, ...argv: readonly string[]): Promise<readonly string[]> {
  const { code, out } = await raos(root, ["init", ...argv]);
  expect(code).toBe(0);
  return out.match(/^wrote .*/gm) ?? [];
}

test("an environment is added in raos.yaml and by raos init, and ended in raos.yaml; titles say so", async () => {
  const root = await initialised();
  expect(await passed(root, "Our agents", 1)).toContain("Deploy acme/hello 0.1.0 to staging and production");
  await raos(root, ["pr", "merge", "--repo", ".", "1", "2"]);

  edit(root, (text) => `${text}    - name: canary\n`);
  expect(await wrote(root)).toEqual(["wrote clusters/canary/raos.yaml", "wrote deploy/canary/README.md"]);
  expect(await passed(root, "A third environment", 3)).toMatch(/^#3 Deploy 2 agents of acme to canary\n/);
  await raos(root, ["pr", "merge", "--repo", ".", "3"]);

  edit(root, (text) => text.replace("    - name: staging\n", ""));
  const ended = await passed(root, "Without staging", 4);
  expect(ended).toMatch(/^#4 Remove 2 agents of acme from staging\n/);
  expect(ended).toContain("- **Keep it**: put `staging` back into `raos.yaml` on the default branch");
});

test("where there are tenants, raos init writes a further one only where it is named", async () => {
  const root = await initialised();
  expect(await wrote(root)).toEqual([]);
  expect(await wrote(root, "--tenant", "bank")).toEqual(["wrote tenants/bank.yaml", "wrote agents/bank/hello.yaml"]);
});

test("where there is a raos.yaml, it names the environments, and not the flag", async () => {
  const { code, err } = await raos(await initialised(), ["init", "--environments", "dev"]);
  expect([code, err]).toEqual([2, expect.stringContaining("write the environments into it")]);
});

test("where raos.yaml has a Problem, raos init says it and writes nothing", async () => {
  const root = temporaryFolder();
  writeFileSync(join(root, "raos.yaml"), "apiVersion: raos.dev/v1alpha1\nkind: Config\nspec: {delivry: flux}\n");
  const { code, out, err } = await raos(root, ["init"]);
  expect([code, out, err]).toEqual([2, "", expect.stringMatching(/raos\.yaml:3:8: unknown key "delivry"/)]);
});
