import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import * as z from "zod";

const Json = z.json();
const Pointers = z.array(z.string().startsWith("/"));

/** What has to come of a prompt. Pointers lead into the spec in effect, in the environment or the first one. */
const Expected = z.strictObject({
  /** How it may end; left out: with a pull request. */
  end: z
    .array(z.enum(["opened", "refused", "questions"]))
    .min(1)
    .default(["opened"]),
  tenant: z.string().optional(),
  is: z.record(z.string().startsWith("/"), Json).default({}),
  /** Lists that have an item which holds all that each of these holds. */
  has: z.record(z.string().startsWith("/"), z.array(Json)).default({}),
  absent: Pointers.default([]),
  /** Texts that the changed files may not hold. */
  without: z.array(z.string()).default([]),
  /** What else a change may change; ignored where a new agent is asked for. */
  may: Pointers.default([]),
  /** Most agents that it may make. */
  most: z.int().default(1),
});

const Prompt = z.strictObject({
  id: z.string(),
  words: z.string(),
  tenant: z.string().optional(),
  /** The agent that is to change; left out: a new one is asked for. */
  agent: z.string().optional(),
  environment: z.string().optional(),
  expect: Expected,
});
export type Prompt = z.infer<typeof Prompt>;

/** The sets of prompts, each a file of fixtures/prompts. */
export const SETS = ["create", "refuse", "change", "injection"] as const;
export type PromptSet = (typeof SETS)[number];

const FOLDER = resolve(import.meta.dirname, "../../fixtures/prompts");

/** The prompts of a set. Throws where the file is not as it should be. */
export function readPrompts(set: PromptSet): readonly Prompt[] {
  return z.array(Prompt).parse(parse(readFileSync(join(FOLDER, `${set}.yaml`), "utf8")));
}

/** What a scripted stand-in answers, by the prompt's id. */
export function readRecorded(): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const shape = z.record(z.string(), z.record(z.string(), z.unknown()));
  return shape.parse(parse(readFileSync(join(FOLDER, "recorded.yaml"), "utf8")));
}
