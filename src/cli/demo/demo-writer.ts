import type { RequestWriter } from "../../model/writer/request-writer.ts";

/** What the person of the demonstration asks for. */
export const ASKED = "An agent that answers questions about refunds in German, and may call billing";

/** The answer, as a model writes it within the schema that it is given. */
const DRAFT = {
  tenant: "support",
  name: "refunds",
  template: { ref: "support-agent", parameters: [{ name: "lang", value: "de" }] },
  spec: {
    description: "Answers questions about refunds, in German",
    tools: [{ agent: { name: "billing", namespace: "finance" } }],
  },
  assumptions: ["At most four replicas, as the template says."],
  questions: [],
  refusal: null,
};

/** Stands in for a model where there is no key: it gives one answer, which is checked as any model's. */
export function createDemoWriter(): RequestWriter {
  return {
    begin: async () => ({
      draft: async () => ({ kind: "answer", value: DRAFT }),
      spent: () => ({ tokens: 0, dollars: 0 }),
      end() {},
    }),
  };
}
