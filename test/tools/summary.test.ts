import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../real/process/loopback.ts";

const summary = resolve(import.meta.dirname, "../../.ci/summary.ts");

it.each([
  { files: [["passed", "passed", "passed"]], line: "2 passed, 0 failed, 0 skipped", status: 0 },
  { files: [["passed", "passed", "pending", "skipped"]], line: "1 passed, 0 failed, 2 skipped", status: 0 },
  { files: [["failed", "failed", "failed", "passed"]], line: "1 passed, 2 failed, 0 skipped", status: 1 },
  // A file that does not load, and one whose beforeAll throws.
  { files: [["failed"], ["failed", "skipped"]], line: "0 passed, 2 failed, 1 skipped", status: 1 },
])("counts $line", async ({ files, line, status }) => {
  const folder = await temporaryFolder();
  const testResults = files.map(([file, ...tests]) => ({
    status: file,
    assertionResults: tests.map((each) => ({ status: each })),
  }));
  const report = join(folder.path, "report.json");
  await writeFile(report, JSON.stringify({ testResults }));
  const { stdout, status: ended } = spawnSync(process.execPath, [summary, report], { encoding: "utf8" });
  await folder.remove();
  expect({ line: stdout.trimEnd(), status: ended }).toEqual({ line, status });
});
