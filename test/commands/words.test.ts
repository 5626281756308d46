import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ApiRepositories } from "../../src/api/context.ts";
import { createRequestLines } from "../../src/app/service/api/request-lines.ts";
import { answerCommands } from "../../src/commands/answer-commands.ts";
import { answerLabelledIssues } from "../../src/commands/answer-labelled-issues.ts";
import { createDayBudget } from "../../src/model/day-budget.ts";
import { createRequestWriter } from "../../src/model/writer/request-writer.ts";
import type { World } from "../../src/pass/world.ts";
import { createSurveyMemory } from "../../src/survey/survey.ts";
import type { Account, Pull } from "../servers/github/model/model.ts";
import { addAccount } from "../servers/github/model/world.ts";
import { addComment, ensureLabel } from "../servers/github/pulls/comments.ts";
import { createIssue } from "../servers/github/pulls/issues.ts";
import { KEY, startOpenAI, type TestOpenAI } from "../servers/openai/server.ts";
import { FILES, type ReviewedFleet, reviewedFleet } from "../support/forge/reviewed-fleet.ts";
import { answering } from "../support/requests/asking-fleet.ts";
import { GREETER } from "../support/requests/greeter.ts";
import { agentAnswer, changeAnswer } from "../support/requests/strict-answer.ts";

const QUESTION = agentAnswer({ tenant: "acme", name: "x", questions: ["Which <b>language</b>?"] });
const LARGER = changeAnswer({ edits: [{ at: "/spec/runtime/resources/limits/memory", to: "1Gi" }] });

let fleet: ReviewedFleet;
let openai: TestOpenAI;
beforeEach(async () => {
  fleet = await reviewedFleet(FILES);
  openai = await startOpenAI(
    answering(({ text }) => (text.includes("Change this") ? LARGER : text.includes("unclear") ? QUESTION : GREETER)),
  );
});
afterEach(async () => {
  await openai.stop();
  await fleet.close();
});

/** Says it in a comment, with a model that is asked at the test's OpenAI; returns the answer. */
async function ask(pull: Pull, text: string, user = fleet.person): Promise<string | undefined> {
  addComment(fleet.github.world, { kind: "user", user, token: "" }, pull, text);
  await answerCommands(withModel());
  return pull.comments.at(-1)?.body.replace(/\s*<!--.*-->\s*$/s, "");
}

/** The world, with a model that is asked at the test's OpenAI. */
function withModel(): World {
  const writer = createRequestWriter({
    ...{ apiKey: KEY, name: "gpt-5-mini", endpoint: openai.url, api: "responses" },
    budget: { turns: 20, tokens: 1_000_000, seconds: 60, dollarsPerDay: 1000 },
    now: Date.now,
    spent: createDayBudget(),
  });
  return { ...fleet.opened.world, requestWriter: () => writer };
}

test("/raos create: a pull request, once; in words that are not clear, a question", async () => {
  const pull = await fleet.open("topic", { "README.md": "Our agents\n" });
  const answer = await ask(pull, "/raos create an agent that greets customers");
  expect(answer).toMatch(/^#\d+ is the pull request for `acme\/greeter`\.$/);
  const opened = [...fleet.repository.pulls.values()].findLast(({ state }) => state === "OPEN");
  expect(opened?.body).toContain("**Asked for by** `robin`:\n\n> an agent that greets customers");
  const asked = openai.requests.length;
  expect(await ask(pull, "/raos create an agent that greets customers")).toBe(
    `#${opened?.number} is open for this already.`,
  );
  expect(openai.requests.length).toBe(asked);
  const unclear = await ask(pull, "/raos create something unclear");
  expect(unclear).toContain("Nothing is opened yet");
  expect(unclear).not.toContain("<b>");
  expect(await ask(pull, "/raos create")).toContain("Say what the agent is to do");
});

test("an issue with the label is a request, answered once; only of who may push", async () => {
  const { world } = fleet.github;
  const label = ensureLabel(world, fleet.repository, "raos-create");
  const write = (author: Account, title: string, isLabelled = true) => {
    const caller = { kind: "user", user: fleet.person, token: "" } as const;
    // Everybody may open an issue in a public repository, and only some may label it.
    const issue = createIssue(world, caller, fleet.repository, { title, body: "In the shop, in German." });
    if (isLabelled) issue.labels.push(label);
    return Object.assign(issue, { author });
  };
  const own = write(fleet.person, "An agent that greets customers");
  const plain = write(fleet.person, "An agent that sings", false);
  const stranger = write(addAccount(world, "stranger", "User"), "An agent that reads your secrets");
  const answers = () => [own, plain, stranger].map(({ comments }) => comments.map(({ body }) => body.split("\n")[0]));
  expect(await answerLabelledIssues(withModel())).toBe(2);
  expect(answers()).toEqual([
    [expect.stringMatching(/^#\d+ is the pull request for `acme\/greeter`\.$/)],
    [],
    [expect.stringContaining("stranger may not")],
  ]);
  expect([...fleet.repository.pulls.values()].at(-1)?.body).toContain("An agent that greets customers");
  // Also by another process, which reads their comments once.
  const another = { ...withModel(), memory: createSurveyMemory() };
  const commentsRead = () => fleet.github.requests.filter(({ path }) => /\/issues\/\d+\/comments$/.test(path)).length;
  expect(await answerLabelledIssues(another)).toBe(0);
  const read = commentsRead();
  expect(await answerLabelledIssues(another)).toBe(0);
  expect(commentsRead()).toBe(read);
  expect(answers().map((list) => list.length)).toEqual([1, 0, 1]);
});

describe("a line for requests", () => {
  /** A line whose answers begin when `go` is called; `broken` calls of them fail, as where GitHub is down. */
  function heldLine(broken = 0) {
    const { promise, resolve: go } = Promise.withResolvers<void>();
    const ends: Promise<void>[] = [];
    let failing = broken;
    const draft: ApiRepositories["draft"] = async (_, work) => {
      await promise;
      failing -= 1;
      if (failing >= 0) throw new Error("GitHub is down");
      return work(withModel());
    };
    const watched: ApiRepositories["draft"] = (repo, work) => {
      const end = draft(repo, work);
      ends.push(end.then(nothing, nothing));
      return end;
    };
    const requests = createRequestLines(watched, fleet.opened.world.log)("acme/fleet");
    return { requests, go, ended: () => Promise.all(ends) };
  }
  const nothing = () => {};

  test("a pass answers other comments, and does not wait for the model", async () => {
    const pull = await fleet.open("topic", { "README.md": "Our agents\n" });
    const { requests, go, ended } = heldLine();
    const say = (text: string) =>
      addComment(fleet.github.world, { kind: "user", user: fleet.person, token: "" }, pull, text);
    const answers = () => pull.comments.filter(({ author }) => author.login !== fleet.person.login).length;
    say("/raos create an agent that greets customers");
    say("/raos help");
    expect(await answerCommands(withModel(), requests)).toBe(2);
    expect(answers()).toBe(1);
    // The next pass leaves it alone.
    expect(await answerCommands(withModel(), requests)).toBe(0);
    go();
    await ended();
    expect(answers()).toBe(2);
    expect(pull.comments.at(-1)?.body).toContain("is the pull request for `acme/greeter`");
    expect(await answerCommands(withModel(), requests)).toBe(0);
  });

  test("an issue with the label waits there, too; one that fails is begun again", async () => {
    const { world } = fleet.github;
    const caller = { kind: "user", user: fleet.person, token: "" } as const;
    const issue = createIssue(world, caller, fleet.repository, { title: "An agent that greets customers", body: "" });
    issue.labels.push(ensureLabel(world, fleet.repository, "raos-create"));
    const { requests, go, ended } = heldLine(1);
    expect(await answerLabelledIssues(withModel(), requests)).toBe(1);
    expect(await answerLabelledIssues(withModel(), requests)).toBe(0);
    go();
    await ended();
    expect(issue.comments).toEqual([]);
    expect(await answerLabelledIssues(withModel(), requests)).toBe(1);
    await ended();
    expect(issue.comments).toHaveLength(1);
    expect(await answerLabelledIssues(withModel(), requests)).toBe(0);
  });
});

test("/raos change: a pull request with the edit; who it is and what is to change have to be said", async () => {
  const pull = await fleet.open("topic", { "README.md": "Our agents\n" });
  expect(await ask(pull, "/raos change acme/triage give it 1Gi of memory")).toMatch(/^#\d+ is the pull request/);
  expect(await ask(pull, "/raos change acme/triag more memory")).toContain("did you mean acme/triage?");
  expect(await ask(pull, "/raos change triage")).toContain("Name the agent");
});

test("a request of 2,000 characters is read as a whole, and one that is longer is cut", async () => {
  const pull = await fleet.open("topic", { "README.md": "Our agents\n" });
  await ask(pull, `/raos create ${"word ".repeat(380)}end ${"x".repeat(4000)}`);
  const [request] = openai.requests;
  expect(request?.asked?.text).toContain("word end x");
  expect(request?.asked?.text).not.toContain("x".repeat(200));
});
