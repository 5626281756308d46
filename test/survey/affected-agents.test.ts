import { expect, test } from "vitest";
import { readFleet } from "../../src/spec/read/read-fleet.ts";
import { findAffectedAgents } from "../../src/survey/affected-agents.ts";
import { SurveyStore } from "../../src/survey/memo/store.ts";
import { assumeFacts } from "../../src/survey/presumed-facts.ts";
import { CONFIG, snapshotOf } from "../support/specs/snapshot.ts";

const { fleet } = readFleet(snapshotOf({ "raos.yaml": CONFIG }));

/** A memo with an agent for each key, and what it shares. */
function storeOf(agents: Readonly<Record<string, { models?: string[]; prompts?: string[] }>>): SurveyStore {
  const store = new SurveyStore(":memory:");
  for (const [key, shares] of Object.entries(agents)) {
    const assumed = assumeFacts(fleet).get(key);
    if (assumed === undefined) throw new Error(key);
    const path = `agents/${key}.yaml`;
    store.put({ path, key, oid: "", facts: { ...assumed, path, ...shares }, problems: [] });
  }
  return store;
}

test.each([
  ["models/gpt.yaml", ["a/one", "b/two"]],
  ["models/claude.json", ["a/one"]],
  ["models/unused.yaml", []],
  ["models/prompt.md", ["b/three"]],
  ["extra/production/a/one.yaml", []],
])("a change of %s may affect %j", async (path, expected) => {
  const store = storeOf({
    "a/one": { models: ["claude", "gpt"] },
    "b/two": { models: ["gpt"] },
    "b/three": { prompts: ["models/prompt.md"] },
  });
  expect([...(await findAffectedAgents([{ path, after: "" }], store))].sort()).toEqual(expected);
  store.close();
});

test("an agent that is removed, or names no Model any more, is not affected", async () => {
  const store = storeOf({ "a/one": { models: ["gpt"] }, "a/two": { models: ["gpt"] } });
  store.remove("agents/a/one.yaml");
  const [row] = store.rowsOf("a/two");
  if (row?.facts !== undefined) store.put({ ...row, facts: { ...row.facts, models: [] } });
  expect([...(await findAffectedAgents([{ path: "models/gpt.yaml", after: "" }], store))]).toEqual([]);
  store.close();
});
