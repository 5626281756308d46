import { expect, test } from "vitest";
import { createFleetDirectory } from "../../src/remedy/fleet-directory.ts";
import { directoryOf } from "../support/alerts/alert-of.ts";

/** A fleet of one agent that notes whose facts are read. */
function counted() {
  const { facts, tenants, config } = directoryOf({ "acme/a": ["production"] });
  const read: string[] = [];
  const noted = {
    get: (key: string) => {
      read.push(key);
      return facts.get(key);
    },
  };
  return { directory: createFleetDirectory({ facts: noted, tenants, config }), facts, read };
}

test("the facts of an agent are read once, however many alerts are about it", () => {
  const { directory, facts, read } = counted();
  for (let alert = 0; alert < 3; alert += 1) expect(directory.facts.get("acme/a")).toBe(facts.get("acme/a"));
  expect(read).toEqual(["acme/a"]);
});

test("a name of no agent is not remembered, so that alerts cannot fill the memory with names", () => {
  const { directory, read } = counted();
  for (let alert = 0; alert < 3; alert += 1) expect(directory.facts.get("acme/nobody")).toBeUndefined();
  expect(read).toEqual(["acme/nobody", "acme/nobody", "acme/nobody"]);
});
