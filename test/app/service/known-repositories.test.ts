import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createKnownRepositories } from "../../../src/app/service/repositories/known-repositories.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const quiet = () => {};

test("a new name of a known id is a rename, and another id under a known name is another repository; also after a restart", () => {
  const file = join(temporaryFolder(), "cache", "repositories.json");
  const first = createKnownRepositories(file, quiet);
  expect(first.meet(1, "acme/fleet")).toEqual({ kind: "same" });
  expect(first.meet(1, "acme/fleet")).toEqual({ kind: "same" });
  const second = createKnownRepositories(file, quiet);
  expect(second.meet(1, "acme/agents")).toEqual({ kind: "renamed", from: "acme/fleet" });
  expect(second.meet(2, "acme/fleet")).toEqual({ kind: "same" });
  expect(second.meet(3, "acme/fleet")).toEqual({ kind: "replaced" });
  expect([second.idOf("acme/fleet"), second.idOf("acme/agents"), second.idOf("acme/none")]).toEqual([3, 1, undefined]);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ "acme/agents": 1, "acme/fleet": 3 });
});

test("two that swap their names keep nothing of each other", () => {
  const known = createKnownRepositories(join(temporaryFolder(), "repositories.json"), quiet);
  known.meet(1, "acme/a");
  known.meet(2, "acme/b");
  expect(known.meet(1, "acme/b")).toEqual({ kind: "replaced" });
  expect(known.meet(2, "acme/a")).toEqual({ kind: "same" });
});

test("a damaged file is a warning, and noted anew", () => {
  const file = join(temporaryFolder(), "repositories.json");
  writeFileSync(file, '{"acme/fleet": "one"}');
  const warnings: string[] = [];
  const known = createKnownRepositories(file, (_, message) => void warnings.push(message));
  expect([warnings, known.meet(1, "acme/fleet")]).toEqual([
    ["the ids of repositories cannot be read; they are noted anew"],
    { kind: "same" },
  ]);
});
