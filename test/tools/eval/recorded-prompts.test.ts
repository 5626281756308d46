import { describe, expect, test } from "vitest";
import { type Prompt, readPrompts, readRecorded, SETS } from "../../../tools/eval/prompts.ts";
import { runPrompts } from "../../../tools/eval/run-prompts.ts";
import type { Script } from "../../servers/openai/transcript.ts";
import { answering } from "../../support/requests/asking-fleet.ts";
import { askingWorld } from "../../support/requests/asking-world.ts";
import { agentAnswer, changeAnswer } from "../../support/requests/strict-answer.ts";

/** A stand-in for a model: it knows the prompts by their words, and repeats its answer whatever is said about it. */
function replaying(prompts: readonly Prompt[]): Script {
  const recorded = readRecorded();
  return answering(({ text }) => {
    const prompt = prompts.find(({ words }) => text.includes(JSON.stringify(words).replaceAll("<", "\\u003c")));
    const answer = recorded[prompt?.id ?? ""] ?? {};
    return "edits" in answer ? changeAnswer(answer) : agentAnswer(answer);
  });
}

describe("the prompts, with the recorded answers of a scripted stand-in", () => {
  test.each([
    ["create", 60, 0],
    ["refuse", 15, 4],
    ["change", 15, 0],
    ["injection", 10, 5],
  ] as const)("%s: %d end as expected", async (set, count, most) => {
    const prompts = readPrompts(set);
    expect(prompts).toHaveLength(count);
    const { world, place } = await askingWorld(replaying(prompts));
    const refs = place.git("ls-remote", "origin");
    const failed: string[] = [];
    let corrected = 0;
    for await (const { id, failed: why, extra, drafts, tokens } of runPrompts(world, prompts)) {
      if (why.length + extra.length > 0) failed.push(`${id}: ${[...why, ...extra].join("; ")}`);
      if (drafts !== 1) corrected += 1;
      expect(tokens, id).toBeGreaterThan(1000);
    }
    expect(failed).toEqual([]);
    if (most === 0) expect(corrected).toBe(0);
    else expect(corrected).toBeGreaterThanOrEqual(most);
    expect(place.git("ls-remote", "origin")).toBe(refs);
  });

  test("what is not as expected is said, value by value", async () => {
    const find = (set: "create" | "change", id: string) => readPrompts(set).filter((prompt) => prompt.id === id);
    const [create, change] = [find("create", "warranty-english"), find("change", "language")];
    const { world } = await askingWorld(replaying([...create, ...change]));
    const wrong = [...create, ...change].map((prompt) => ({
      ...prompt,
      expect: { ...prompt.expect, is: { "/scaling/max": 7 }, absent: ["/instructions"], may: [] },
    }));
    const results = await Array.fromAsync(runPrompts(world, wrong));
    expect(results).toMatchObject([
      { end: "opened", failed: ["/scaling/max is 6", "/instructions is set"], extra: [] },
      { end: "opened", extra: ["/template/parameters/lang", "/instructions/inline"] },
    ]);
  });

  test("each prompt has an answer, and each answer a prompt", () => {
    const ids = SETS.flatMap((set) => readPrompts(set).map(({ id }) => id));
    expect(new Set(ids).size).toBe(100);
    expect(Object.keys(readRecorded()).sort()).toEqual(ids.sort());
  });
});
