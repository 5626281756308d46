import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { submitWords } from "../../../src/cli/requests/submit-words.ts";
import { createFromWords } from "../../../src/commands/requests/create-from-words.ts";
import { fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos, shellFor } from "../../support/cli/raos.ts";
import { answering, askingFleet } from "../../support/requests/asking-fleet.ts";
import { askingWorld } from "../../support/requests/asking-world.ts";
import { agentAnswer, changeAnswer } from "../../support/requests/strict-answer.ts";

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
  expect(out).toContain("Deploy support/refunds 0.1.0 to staging and production");
  // What follows for the agent that it calls is said to be about that one.
  expect(out).toContain("may do so now (`finance/billing`, staging and production)");
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

test("questions are printed, and answered by --answer", async () => {
  const question = agentAnswer({ tenant: "support", name: "x", questions: ["In which language?"] });
  const { run, outcomes } = await askingFleet(
    answering(({ text }) => (text.includes("In German, please") ? REFUNDS : question)),
  );
  expect(await run("create", WORDS)).toMatchObject({
    code: 1,
    out: "In which language?\n",
    err: expect.stringContaining("nothing was opened; ask again in the same words, with --answer"),
  });
  expect(await outcomes("create", WORDS)).toEqual([
    { cause: "request", agent: "*", kind: "questions", questions: ["In which language?"] },
  ]);
  expect(await outcomes("create", WORDS, "--answer", "In German, please")).toMatchObject([{ kind: "opened" }]);
});

test("on a terminal questions are asked there, once; an empty answer to all leaves them open", async () => {
  const question = agentAnswer({ tenant: "support", name: "x", questions: ["In which language?", "For whom?"] });
  const { world } = await askingWorld(
    answering(({ text }) => (text.includes("In which language? German") ? REFUNDS : question)),
  );
  let asked = "";
  const typing = (typed: string) => ({
    ...shellFor("/tmp"),
    input: () => Readable.from([typed]),
    err: (text: string) => {
      asked += text;
    },
  });
  const ask = (answers: readonly string[]) =>
    createFromWords({
      from: { kind: "person", login: "octocat" },
      words: WORDS,
      answers,
      tenant: undefined,
      name: undefined,
    });
  const options = { answers: [], isDryRun: true, isInteractive: true };
  expect(await submitWords(typing("\n\n"), world, ask, options)).toMatchObject({ kind: "questions" });
  expect(await submitWords(typing(""), world, ask, options)).toMatchObject({ kind: "questions" });
  const submitted = await submitWords(typing("German\n\n"), world, ask, options);
  expect(submitted).toMatchObject({ outcomes: [{ kind: "opened" }] });
  expect(asked).toContain("In which language?\n> For whom?\n> ");
});

test.each([
  [["create", "x", "--template", "support-agent"], "write either what the agent is to do, or --template"],
  [["change", "triage", "x"], "triage is no agent's name; write tenant/name"],
  [["create", "x", "--tenant", "support", "--name", "../x"], "is no agent's name"],
] as const)("%j: %s", async (args, message) => {
  const { code, err } = await raos(fleetClone().clone, args);
  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
});

test("a change in words, and one of an agent that there is not", async () => {
  const edits = [{ at: "/spec/scaling/max", to: 6 }];
  const { outcomes, run } = await askingFleet(answering(changeAnswer({ edits })));
  expect(await outcomes("change", "support/faq", "Six replicas at most")).toMatchObject([
    { cause: "request", agent: "support/faq", kind: "opened" },
  ]);
  const { code, err } = await run("change", "support/fag", "Six replicas at most");
  expect([code, err]).toEqual([1, expect.stringContaining("did you mean support/faq?")]);
});
