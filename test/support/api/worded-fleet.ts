import { onTestFinished } from "vitest";
import { KEY, startOpenAI } from "../../servers/openai/server.ts";
import { answering } from "../requests/asking-fleet.ts";
import { GREETER } from "../requests/greeter.ts";
import { agentAnswer, changeAnswer } from "../requests/strict-answer.ts";
import { FLEET, serveFleet } from "./served-fleet.ts";

const QUESTION = agentAnswer({ tenant: "acme", name: "x", questions: ["Which language?"] });
const REFUSAL = agentAnswer({ tenant: "acme", name: "x", refusal: "That is no agent." });
const LARGER = changeAnswer({ edits: [{ at: "/spec/runtime/resources/limits/memory", to: "1Gi" }] });

/**
 * `serveFleet` with a model: it asks once for the language where the words are "unclear", refuses what is "forbidden", writes more memory
 * where something is to change, and else a greeter.
 */
export async function serveWordedFleet(
  files: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
) {
  const openai = await startOpenAI(
    answering(({ text }) => {
      if (text.includes("Change this")) return LARGER;
      if (text.includes("forbidden")) return REFUSAL;
      return text.includes("unclear") && !text.includes("German") ? QUESTION : GREETER;
    }),
  );
  onTestFinished(() => openai.stop());
  const model = "  model: {name: gpt-5-mini, budget: {tokens: 1000000, dollarsPerDay: 1000}}\n";
  const served = await serveFleet(
    { ...FLEET, "raos.yaml": `${FLEET["raos.yaml"]?.trimEnd()}\n${model}`, ...files },
    { OPENAI_BASE_URL: openai.url, OPENAI_API_KEY: KEY, ...env },
  );
  return { ...served, openai };
}
