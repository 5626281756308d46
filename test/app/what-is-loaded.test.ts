import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const MAIN = resolve(import.meta.dirname, "../../src/main.ts");
/** Prints the packages that a process loaded, as it ends. */
const HOOK = `data:text/javascript,${encodeURIComponent(`
import { registerHooks } from "node:module";
const found = new Set();
registerHooks({ load(url, context, next) {
  const [, name] = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url) ?? [];
  if (name !== undefined) found.add(name);
  return next(url, context);
} });
process.once("exit", () => process.stderr.write("loaded: " + [...found].sort().join(" ")));
`)}`;

/** The packages that a command loads. */
function loadedBy(argv: readonly string[]): readonly string[] {
  const line = `"$0" --import "$1" "$2" ${argv.join(" ")} 2>&1 >/dev/null`;
  const said = execFileSync("sh", ["-c", line, process.execPath, HOOK, MAIN], { encoding: "utf8" });
  return said.slice(said.indexOf("loaded: ") + "loaded: ".length).split(" ");
}

/** Half a second and more each. */
const HEAVY = ["@kubernetes/client-node", "@openai/agents-core", "@openai/agents-openai", "openai", "probot"];

test.each([["--version"], ["--help"]])("raos %s loads what reads the command line, and nothing else", (flag) => {
  expect(loadedBy([flag])).toEqual(["commander"]);
});

test.each([["validate"], ["plan"], ["reconcile"], ["issue"]])(
  "raos %s loads no client that it may not need",
  (name) => {
    const loaded = loadedBy([name, "--help"]);
    expect(loaded).toContain("yaml");
    expect(loaded.filter((each) => HEAVY.includes(each))).toEqual([]);
  },
);
