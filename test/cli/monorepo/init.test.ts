import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { git } from "../../adversary/fleet.ts";
import { raos } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** What `raos init` tells Flux, and what it writes as `spec.path`. */
async function pathsOf(folder: string, cwd: string, argv: readonly string[]) {
  expect(await raos(cwd, ["init", ...argv])).toMatchObject({ code: 0, err: "" });
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  return {
    said: /^ {2}path: "(.*)"$/m.exec(read("raos.yaml"))?.[1],
    flux: /^ {2}path: (.*)$/m.exec(read("clusters/staging/raos.yaml"))?.[1],
  };
}

test("a folder of a repository is told to Flux with its path, which raos.yaml holds", async () => {
  const root = temporaryFolder();
  git(root, ["init", "--quiet"]);
  const expected = { said: "platform/agents-of-us", flux: "./platform/agents-of-us/deploy/staging" };
  const folder = join(root, "platform/agents-of-us");
  mkdirSync(join(root, "platform"));
  expect(await pathsOf(folder, root, ["platform/agents-of-us"])).toEqual(expected);
  const other = join(root, "platform/others");
  mkdirSync(other);
  expect(await pathsOf(other, other, [])).toEqual({
    said: "platform/others",
    flux: "./platform/others/deploy/staging",
  });
});

test("the top of a repository, and a folder of none, have no path; --path says it", async () => {
  const root = temporaryFolder();
  const none = { said: undefined, flux: "./deploy/staging" };
  expect(await pathsOf(join(root, "alone"), root, ["alone"])).toEqual(none);
  expect(await pathsOf(join(root, "told"), root, ["told", "--path", "a/b"])).toEqual({
    said: "a/b",
    flux: "./a/b/deploy/staging",
  });
  const top = join(root, "top");
  mkdirSync(top);
  git(top, ["init", "--quiet"]);
  expect(await pathsOf(top, top, [])).toEqual(none);
});
