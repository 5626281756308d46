import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toolPath } from "../../../tools/find.ts";
import { ask, type Opinion } from "../process/ask.ts";
import { temporaryFolder } from "../process/loopback.ts";

/** What `promtool check rules` says of a file of rule groups, lint findings included. */
export function checkRules(rules: string): Promise<Opinion> {
  return inFolder({ "rules.yaml": rules }, ["check", "rules", "--lint=all", "--lint-fatal", "rules.yaml"]);
}

/** What `promtool test rules` says: the tests name the rules as `rules.yaml`. */
export function testRules(rules: string, tests: string): Promise<Opinion> {
  return inFolder({ "rules.yaml": rules, "tests.yaml": tests }, ["test", "rules", "tests.yaml"]);
}

async function inFolder(files: Readonly<Record<string, string>>, args: readonly string[]): Promise<Opinion> {
  const folder = await temporaryFolder();
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
    return await ask(toolPath("promtool"), args, { cwd: folder.path });
  } finally {
    await folder.remove();
  }
}
