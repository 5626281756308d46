import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cause } from "../../../src/domain/cause.ts";
import { environmentsOfCause, wavesOf } from "../../../src/domain/deployed/waves.ts";
import { Config } from "../../../src/domain/kinds/kinds.ts";

const configOf = (waves: readonly (readonly string[])[] | undefined): Config =>
  Config.parse({
    apiVersion: "raos.dev/v1alpha1",
    kind: "Config",
    spec: {
      environments: [{ name: "staging" }, { name: "eu" }, { name: "us" }],
      ...(waves === undefined ? {} : { promotion: { waves } }),
    },
  });
/** `old` is still below deploy/, and in raos.yaml no more. */
const ALL = ["staging", "eu", "us", "old"];
const agent = "acme/triage";
const alert = (environment: string): Cause => ({ kind: "alert", agent, environment, remedy: "oom" });
const drift = (wave?: string): Cause => ({
  kind: "drift",
  scope: { kind: "agent", agent, ...(wave === undefined ? {} : { wave }) },
});

describe("which environments' files a pull request may hold", () => {
  test.each<[string, Cause, readonly string[]]>([
    ["a change of a spec: the first wave, and what is taken down", drift(), ["staging", "old"]],
    ["a promotion: its wave", drift("eu"), ["eu"]],
    ["a promotion to a wave that raos.yaml does not have any more: none", drift("eu+us"), []],
    ["an alert in the first wave: that wave", alert("staging"), ["staging", "old"]],
    ["an alert in a later wave: every wave up to it, since it is needed there", alert("eu"), ["staging", "old", "eu"]],
    ["an alert in the last wave: all", alert("us"), ["staging", "old", "eu", "us"]],
    ["a request: the first wave", { kind: "request", id: "r1" }, ["staging", "old"]],
    ["what is taken back: all, wherever it has got to", { kind: "regression", pull: 7 }, ALL],
  ])("%s", (_name, cause, environments) => {
    expect(environmentsOfCause(cause, configOf([["staging"], ["eu"], ["us"]]), ALL)).toEqual(environments);
  });

  test("without promotion: all", () => {
    for (const cause of [drift(), alert("eu")])
      expect(environmentsOfCause(cause, configOf(undefined), ALL)).toEqual(ALL);
  });
});

test("each environment is in exactly one wave, whatever the waves are", () => {
  const names = fc.uniqueArray(fc.constantFrom("staging", "eu", "us"), { minLength: 1 });
  fc.assert(
    fc.property(fc.array(names, { minLength: 1, maxLength: 3 }), (drawn) => {
      const seen = new Set<string>();
      const waves = drawn
        .map((wave) => wave.filter((name) => !seen.has(name) && seen.add(name)))
        .filter((wave) => wave.length > 0);
      const all = wavesOf(configOf(waves), ALL).flatMap(({ environments }) => environments);
      expect(all.toSorted()).toEqual(ALL.toSorted());
    }),
  );
});
