import { expect, test } from "vitest";
import { servedFolders } from "../../../src/app/service/served-folders.ts";

test.each<readonly [paths: readonly string[], folders: Readonly<Record<string, string>>]>([
  [[], { "acme/agents": "", "/srv/agents.git": "" }],
  [["platform"], { "acme/agents": "platform", "https://github.com/acme/other.git": "platform" }],
  [
    ["acme/all=platform", "acme/shop=./ops/raos/", "teams"],
    {
      "acme/all": "platform",
      "Acme/All": "platform",
      "https://github.com/acme/shop.git": "ops/raos",
      "acme/other": "teams",
      "notacme/all": "teams",
    },
  ],
  [["acme/all=platform"], { "acme/all": "platform", "acme/all-of-it": "", all: "" }],
  [["acme/all=", "teams"], { "acme/all": "", "acme/other": "teams" }],
  [["./a=b"], { "acme/all": "a=b" }],
  [["acme/all=a=b"], { "acme/all": "a=b" }],
  [["https://github.com/acme/all.git=platform"], { "https://github.com/acme/all": "platform" }],
])("--path %j", (paths, folders) => {
  const { of } = servedFolders(paths);
  expect(Object.fromEntries(Object.keys(folders).map((repo) => [repo, of(repo)]))).toEqual(folders);
});

test.each<readonly [paths: readonly string[], repos: readonly string[] | undefined, message: string]>([
  [["a", "b"], undefined, "--path: two folders for every repository; serve one of them elsewhere"],
  [["acme/x=a", "Acme/X=b"], undefined, "--path: two folders for acme/x; serve one of them elsewhere"],
  [["acme/x=../a"], undefined, '--path: "../a" is no folder of the repository'],
  [["=a"], undefined, '--path: "=a" names no repository before "="'],
  [["acme/y=a"], ["https://github.com/acme/x"], "--path: acme/y is none of the repositories of --repo"],
])("--path %j, of %j", (paths, repos, message) => {
  expect(() => servedFolders(paths, repos)).toThrow(message);
});

test("names that no served repository has", () => {
  const { unknownAmong } = servedFolders(["acme/all=a", "acme/agnets=b", "c"]);
  expect(unknownAmong(["acme/all", "acme/agents"])).toEqual(["acme/agnets"]);
});
