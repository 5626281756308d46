import type { NewAgentRequest } from "../../causes/request/words/check-new-agent.ts";
import { createInWords } from "../../causes/request/words/create-in-words.ts";
import type { AskedInPass } from "./submit-request.ts";

/** Asks for a new agent in words, which a model turns into a spec. An agent that asks gets one in its own tenant alone. */
export function createFromWords(asked: NewAgentRequest): AskedInPass {
  return (pass) => createInWords(pass, asked);
}
