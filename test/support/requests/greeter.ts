import { agentAnswer } from "./strict-answer.ts";

/** What a scripted model answers to a request for an agent: acme/greeter. */
export const GREETER = agentAnswer({
  tenant: "acme",
  name: "greeter",
  spec: {
    description: "Greets customers",
    instructions: { inline: "Greet." },
    model: { name: "gpt-5-mini", apiKeySecretRef: { name: "llm", key: "key" } },
  },
});
