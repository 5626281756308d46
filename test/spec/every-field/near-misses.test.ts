import { describe, expect, test } from "vitest";
import * as z from "zod";
import { AgentFile, AgentTemplate, Config, Model, Tenant } from "../../../src/domain/kinds/kinds.ts";
import { allComplaints } from "../../../src/spec/problems/problems.ts";
import { type Field, fieldsOfKinds } from "./fields.ts";

const KINDS: Readonly<Record<string, z.ZodType>> = { Tenant, AgentTemplate, Config, Model };
/** Policies are read below `spec/`, whose messages name the key alone. */
const fields = fieldsOfKinds().filter(({ path }) => !/^(?:Guardrail|Remedy)\b/.test(path));

/** The kind of a field, and the path to it in a file; the entry of a list is its first. */
function placeOf({ path }: Field): readonly [schema: z.ZodType, steps: readonly PropertyKey[]] {
  const [, kind = "", below = path] = /^([A-Z][A-Za-z]+)\.(.*)$/.exec(path) ?? [];
  const steps = below.split(".").flatMap(stepsOf);
  const joined = joinDomains(steps);
  return kind === "" ? [AgentFile, ["spec", ...joined]] : [KINDS[kind] ?? z.never(), joined];
}

function stepsOf(step: string): readonly PropertyKey[] {
  if (step === "*") return ["x"];
  return step.endsWith("[]") ? [step.slice(0, -2), 0] : [step];
}

/** `nvidia.com/gpu` is one step. */
function joinDomains(steps: readonly PropertyKey[]): readonly PropertyKey[] {
  const at = steps.findIndex((step) => String(step).endsWith("com/gpu"));
  return at < 1 ? steps : [...steps.slice(0, at - 1), `${String(steps[at - 1])}.${String(steps[at])}`];
}

/** A file with nothing but a value at a path. */
function fileWith(steps: readonly PropertyKey[], value: unknown): unknown {
  return steps.reduceRight<unknown>((below, step) => (typeof step === "number" ? [below] : { [step]: below }), value);
}

function saidOf(schema: z.ZodType, file: unknown): readonly string[] {
  const parsed = schema.safeParse(file);
  return parsed.success ? [] : allComplaints(parsed.error.issues, schema, file).map(({ message }) => message);
}

/** The word with its last letter doubled. */
const misspelt = (word: string) => `${word}${word.at(-1) ?? ""}`;

describe("a key that nearly is one", () => {
  test.each(fields.map((field) => [field.path, field] as const))("%s", (_path, field) => {
    const [schema, steps] = placeOf(field);
    const key = String(steps.at(-1));
    const file = fileWith([...steps.slice(0, -1), misspelt(key)], "x");
    expect(saidOf(schema, file).join("\n")).toMatch(
      new RegExp(`unknown key "${misspelt(key)}"(; did you mean "|; known here: )`),
    );
  });
});

describe("a word that nearly is one of a list", () => {
  const words = fields.flatMap((field) =>
    field.schema instanceof z.ZodEnum && field.schema.options.every((word) => String(word).length > 2)
      ? [[field.path, field, String(field.schema.options[0])] as const]
      : [],
  );
  test.each(words)("%s", (_path, field, word) => {
    const [schema, steps] = placeOf(field);
    expect(saidOf(schema, fileWith(steps, misspelt(word))).join("\n")).toContain(`did you mean "${word}"?`);
  });
});

describe("a value of another type", () => {
  test.each(fields.map((field) => [field.path, field] as const))("%s", (_path, field) => {
    const [schema, steps] = placeOf(field);
    if (field.path === "AgentTemplate.spec.agent") return;
    const wrong = ["object", "map", "list"].includes(field.type) ? "x" : [1];
    expect(saidOf(schema, fileWith(steps, wrong)).join("\n")).not.toBe("");
  });
});
