/** Prints `N passed, N failed, N skipped` for a JSON report of vitest; exits 1 where there is no report or a failure. */
import { readFileSync } from "node:fs";
import { z } from "zod";

const Report = z.object({
  testResults: z.array(
    z.object({
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
});

const { testResults } = Report.parse(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")));
let passed = 0;
let failed = 0;
let skipped = 0;
for (const { status, assertionResults } of testResults) {
  const statuses = assertionResults.map((result) => result.status);
  const failures = statuses.filter((each) => each === "failed").length;
  passed += statuses.filter((each) => each === "passed").length;
  skipped += statuses.filter((each) => each !== "passed" && each !== "failed").length;
  // A file that does not load, or whose preparations fail, has no failed test of its own.
  failed += status === "failed" ? Math.max(failures, 1) : failures;
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
