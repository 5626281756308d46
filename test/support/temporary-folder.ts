import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A new folder, removed at the end of the test; for a test, or a `beforeEach`. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "raos-test-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    // A command that runs in the folder keeps its cache beside it.
    rmSync(`${folder}.cache`, { recursive: true, force: true, maxRetries: 3 });
  });
  return folder;
}
