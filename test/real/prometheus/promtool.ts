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

/** A test of rules leaves much garbage in a small heap: collecting it would take a third of the time. */
const FEW_COLLECTIONS = { GOGC: "800", GOMAXPROCS: "1" };

async function inFolder(files: Readonly<Record<string, string>>, args: readonly string[]): Promise<Opinion> {
  const folder = await temporaryFolder();
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
    return await ask(toolPath("promtool"), args, { cwd: folder.path, env: { ...process.env, ...FEW_COLLECTIONS } });
  } finally {
    await folder.remove();
  }
}
