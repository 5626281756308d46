import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type DeployPath, parseDeployPath } from "../../../src/domain/deployed/deploy-path.ts";
import { blobOid, nestedTreeOid } from "../../../src/domain/values/object-id.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

test.each<[string, DeployPath | undefined]>([
  [
    "deploy/staging/acme/triage/values.yaml",
    { kind: "agent", environment: "staging", agent: "acme/triage", file: "values.yaml" },
  ],
  ["deploy/staging/acme/triage/a/b", { kind: "agent", environment: "staging", agent: "acme/triage", file: "a/b" }],
  ["deploy/staging/acme/tenant.yaml", { kind: "tenant", environment: "staging", tenant: "acme", file: "tenant.yaml" }],
  [
    "deploy/_charts/staging/acme/Chart.yaml",
    { kind: "chart", environment: "staging", tenant: "acme", file: "Chart.yaml" },
  ],
  [
    "deploy/_charts/staging/acme/templates/_pod.tpl",
    { kind: "chart", environment: "staging", tenant: "acme", file: "templates/_pod.tpl" },
  ],
  ["deploy/staging/README.md", undefined],
  ["deploy/_charts/README.md", undefined],
  ["deploy/_charts/staging/acme", undefined],
  ["agents/acme/triage.yaml", undefined],
  ["charts/agent/Chart.yaml", undefined],
])("whose file it is: %s", (path, expected) => {
  expect(parseDeployPath(path)).toEqual(expected);
});

test("a tree's id is the one that Git gives, whatever is in it", () => {
  const root = temporaryFolder();
  const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  git("init", "--quiet");
  const name = fc.constantFrom("a", "a.b", "a-b", "a0", "b", "templates", "é");
  const files = fc.uniqueArray(fc.array(name, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(files, (all) => {
      const paths = all.map((parts) => parts.join("/")).filter((path, _, list) => isFileAmong(path, list));
      git("rm", "-r", "-q", "-f", "--ignore-unmatch", ".");
      for (const path of paths) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), path);
      }
      git("add", "-A");
      expect(nestedTreeOid(new Map(paths.map((path) => [path, blobOid(path)])))).toBe(git("write-tree"));
    }),
    { numRuns: 40 },
  );
});

/** Whether no other path has this one as its folder. */
function isFileAmong(path: string, all: readonly string[]): boolean {
  return all.indexOf(path) === all.lastIndexOf(path) && !all.some((other) => other.startsWith(`${path}/`));
}
