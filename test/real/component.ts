import { describe, it } from "vitest";
import { findTool } from "../../tools/find.ts";
import type { ToolName } from "../../tools/pins.ts";

/**
 * A suite against real components. Where one is missing the suite is skipped, with a line that names it; under `CI=true`
 * it fails instead, so that a build never passes for want of what it should be tested with.
 */
export function describeReal(needs: ToolName | readonly ToolName[], title: string, body: () => void): void {
  const names = typeof needs === "string" ? [needs] : needs;
  const reasons = names.flatMap((name) => {
    const tool = findTool(name);
    return tool.kind === "missing" ? [tool.reason] : [];
  });
  if (reasons.length === 0) {
    describe(title, body);
    return;
  }
  if (process.env.CI === "true") {
    describe(title, () => {
      it(`has ${names.join(", ")}`, () => {
        throw new Error(reasons.join("\n"));
      });
    });
    return;
  }
  console.warn(`skipped: ${title}: ${reasons.join("; ")}`);
  describe.skipIf(true)(title, body);
}
