import { expect, test } from "vitest";
import { fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";
import { answering, askingFleet } from "../../support/requests/asking-fleet.ts";
import { agentAnswer } from "../../support/requests/strict-answer.ts";

const REFUNDS = agentAnswer({
  tenant: "support",
  name: "refunds",
  template: { ref: "support-agent", parameters: { lang: "de", maxReplicas: 3 } },
  spec: {
    description: "Answers questions about refunds, in German",
    labels: { team: "returns" },
    tools: [{ agent: { name: "billing", namespace: "finance" } }],
  },
  assumptions: ["At most three replicas."],
});

const WORDS = "An agent that answers refund questions in German and calls billing";

test("an agent in words: a pull request with its spec, the template that was used, and what was assumed", async () => {
  const { outcomes, read, run, openai } = await askingFleet(answering(REFUNDS));
  const [first] = await outcomes("create", WORDS);
  expect(first).toMatchObject({ cause: "request", agent: "support/refunds", kind: "opened" });
  expect(read(first?.pull?.branch ?? "", "agents/support/refunds.yaml")).toMatchInlineSnapshot(`
    "apiVersion: raos.dev/v1alpha1
    kind: Agent
    metadata:
      name: refunds
      namespace: support
    spec:
      description: Answers questions about refunds, in German
      template:
        ref: support-agent
        parameters:
          lang: de
          maxReplicas: 3
      tools:
        - agent:
            name: billing
            namespace: finance
      labels:
        team: returns
    "
  `);
  const { out } = await run("pr", "show", String(first?.pull?.number));
  expect(out).toContain(WORDS);
  expect(out).toContain("Made from the template `support-agent`");
  expect(out).toContain("At most three replicas");

  // Asked again in the same words, it is the same pull request, and the model is not asked.
  const asked = openai.requests.length;
  expect(await outcomes("create", WORDS)).toMatchObject([{ kind: "unchanged", pull: { number: first?.pull?.number } }]);
  expect(openai.requests.length).toBe(asked);
  expect(asked).toBe(1);
});

test("without a model: what to set, and the way without one", async () => {
  const { clone, bare } = fleetClone();
  const { code, err } = await raos(clone, ["create", WORDS, "--repo", bare]);
  expect(code).toBe(1);
  expect(err).toContain("set spec.model in raos.yaml, and OPENAI_API_KEY");
  expect(err).toContain("--template");
});
