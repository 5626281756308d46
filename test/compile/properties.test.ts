import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import { load } from "js-yaml";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { compile, values } from "../../src/compile/index.ts";
import { joinedName } from "../../src/compile/names.ts";
import { anyAgent } from "../support/specs/arbitrary-agent.ts";

const chart = resolve(import.meta.dirname, "../../charts/agent");

test("whatever a spec holds, its values fit the chart's schema", () => {
  const validate = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true }).compile(
    JSON.parse(readFileSync(resolve(chart, "values.schema.json"), "utf8")),
  );
  fc.assert(
    fc.property(anyAgent, ({ agent, fleet }) => {
      expect(validate(values(agent, "default", fleet)) ? [] : validate.errors).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("whatever a spec holds, each file is one document of YAML, the same for every reader, and the same when compiled again", () => {
  fc.assert(
    fc.property(anyAgent, ({ agent, fleet }) => {
      const files = compile(agent, fleet);
      expect(compile(structuredClone(agent), { ...fleet })).toEqual(files);
      for (const text of files.values()) expect(load(text)).toEqual(parse(text, { version: "1.1" }));
    }),
    { numRuns: 150 },
  );
});

test("files lie in the agent's own folder, whatever it is called", () => {
  fc.assert(
    fc.property(anyAgent, ({ agent, fleet }) => {
      for (const path of compile(agent, fleet).keys())
        expect(path.startsWith(`deploy/default/${agent.tenant}/${agent.name}/`)).toBe(true);
    }),
  );
});

test("secrets are named, never held: no file is or makes a Secret", () => {
  fc.assert(
    fc.property(anyAgent, ({ agent, fleet }) => {
      for (const text of compile(agent, fleet).values())
        expect(text).not.toMatch(/kind: Secret\b|secretGenerator|stringData/);
    }),
  );
});

test("no two tenants and agents share a release object's name, and each name is legal as a label value", () => {
  const part = fc.stringMatching(/^[a-z]([-a-z0-9]{0,51}[a-z0-9])?$/);
  fc.assert(
    fc.property(fc.tuple(part, part), fc.tuple(part, part), (one, other) => {
      const [a, b] = [joinedName(...one), joinedName(...other)];
      expect(a).toMatch(/^(?=.{1,63}$)[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/);
      expect(a === b).toBe(one.join("/") === other.join("/"));
    }),
  );
  expect(joinedName("a-b", "c")).not.toBe(joinedName("a", "b-c"));
});
