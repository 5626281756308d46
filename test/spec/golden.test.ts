import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { explain } from "../../src/spec/layers/explain.ts";
import { readFleet } from "../../src/spec/read/read-fleet.ts";
import { line, snapshotOf } from "../support/specs/snapshot.ts";

const ROOT = join(import.meta.dirname, "golden");

/** What a repository is read as: each agent's spec in effect, its facts, and where each value came from. */
function reading(folder: string): ReadonlyMap<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const files = Object.fromEntries(
    paths
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path)]),
  );
  const { agents, problems, fleet } = readFleet(snapshotOf(files));
  const made = new Map([["problems.txt", problems.map((problem) => `${line(problem)}\n`).join("")]]);
  for (const [key, agent] of agents) {
    const environments = Object.fromEntries(
      [...agent.environments].map(([name, { spec, prompt }]) => [name, { spec, prompt }]),
    );
    made.set(`${key}.json`, `${JSON.stringify({ facts: agent.facts, environments }, null, 2)}\n`);
    for (const environment of agent.environments.keys()) {
      const lines = explain(agent, environment, fleet).map(
        ({ pointer, value, origin }) => `${origin.padEnd(12)}${pointer} = ${JSON.stringify(value)}\n`,
      );
      made.set(`${key}.${environment}.txt`, lines.join(""));
    }
  }
  return made;
}

test.each(readdirSync(ROOT).filter((name) => !name.endsWith("-read")))(
  "%s is read as %s-read says (UPDATE=1 rewrites it)",
  (name) => {
    const made = reading(join(ROOT, name));
    const expected = join(ROOT, `${name}-read`);
    for (const [path, text] of made) {
      if (process.env.UPDATE === "1") {
        mkdirSync(join(expected, path, ".."), { recursive: true });
        writeFileSync(join(expected, path), text);
      }
      expect(text, path).toBe(readFileSync(join(expected, path), "utf8"));
    }
    expect(made.get("problems.txt")).toBe("");
  },
);
