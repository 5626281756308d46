import { join } from "node:path";
import { expect, test } from "vitest";
import { git, makeBare } from "../../adversary/fleet.ts";
import { raos } from "../../support/cli/raos.ts";
import { serve } from "../../support/cli/serve.ts";
import { ACME, triage } from "../../support/specs/acme-fleet.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { waitUntil } from "../../support/wait.ts";

const FLEET: Readonly<Record<string, string>> = { ...ACME, "agents/acme/triage.yaml": triage() };

test("each repository is served from the folder that --path gives it", async () => {
  const root = temporaryFolder();
  const [mono, plain] = [join(root, "mono.git"), join(root, "plain.git")];
  const below = Object.entries(FLEET).map(([path, text]) => [`platform/${path}`, text]);
  const config = `${FLEET["raos.yaml"]}  path: platform\n`;
  makeBare(mono, { "README.md": "# All\n", ...Object.fromEntries(below), "platform/raos.yaml": config });
  makeBare(plain, FLEET);
  const served = await serve(["--repo", mono, plain, "--path", `${mono}=platform`], {});
  const branches = (bare: string) => git(bare, ["for-each-ref", "--format=%(refname:short)", "refs/heads/raos"]).trim();
  await waitUntil(async () => branches(mono) !== "" && branches(plain) !== "");
  expect(branches(mono)).toBe("raos/at/platform/agent/acme/triage");
  expect(branches(plain)).toBe("raos/agent/acme/triage");
  expect(await served.stop()).toBe(0);
});

test("a --path for a repository that is not served is wrong usage", async () => {
  const { code, err } = await raos(temporaryFolder(), [
    "serve",
    "--repo",
    "./here",
    "--path",
    "./there=platform",
    "x=y",
  ]);
  expect({ code, err }).toEqual({
    code: 2,
    err: expect.stringContaining("--path: x is none of the repositories of --repo"),
  });
});
