import { join } from "node:path";
import { expect, test } from "vitest";
import { raos } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

test("the demonstration ends with an agent in words, and with one that an agent may not have", {
  timeout: 120_000,
}, async () => {
  const folder = temporaryFolder();
  const { code, out } = await raos(folder, ["demo", join(folder, "agents")]);
  expect(code).toBe(0);
  const end = out.slice(out.indexOf("Somebody asks for an agent in words"));
  expect(end).toContain("No model is asked here: its answer is made up.");
  expect(end).toMatch(/opened +support\/refunds +#\d+/);
  expect(end).toContain("#18 Deploy support/refunds 0.1.0 to staging and production");
  const shown = await raos(folder, ["pr", "show", "18", "--repo", join(folder, "agents")]);
  expect(shown.out).toContain("| `finance/billing` | ⚠️ **caller support\\-agents/refunds** |");
  expect(end).toMatch(/opened +support\/returns +#\d+/);
  expect(end).toMatch(/denied +support\/gifts +grant: too-many-agents: support\/router has 1 agent below it/);
});
