import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { answerCommands } from "../../src/commands/answer-commands.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import type { Account, Comment, Pull } from "../servers/github/model/model.ts";
import { push } from "../servers/github/model/people.ts";
import { addAccount } from "../servers/github/model/world.ts";
import { addComment } from "../servers/github/pulls/comments.ts";
import { agentOf, FILES, type ReviewedFleet, reviewedFleet, TRIAGE } from "../support/forge/reviewed-fleet.ts";

const GREATER = { [TRIAGE]: agentOf("triage", "1Gi") };

let fleet: ReviewedFleet;
beforeEach(async () => {
  fleet = await reviewedFleet(FILES);
});
afterEach(() => fleet.close());

const say = (pull: Pull, body: string, by: Account = fleet.person): Comment =>
  addComment(fleet.github.world, { kind: "user", user: by, token: "" }, pull, body);
const answers = (pull: Pull) =>
  pull.comments.filter(({ author }) => author.type === "Bot").map(({ body }) => body.replace(/\s*<!--.*-->\s*$/s, ""));

/** A pass: what was asked is answered. */
const answer = () => answerCommands(fleet.opened.world);

/** RAOS's open pull request, which a changed spec on main leads to. */
async function ownPull(): Promise<Pull> {
  await push(fleet.github.world, fleet.repository, fleet.person, "main", GREATER, "1Gi");
  await reconcile(fleet.opened.world);
  const found = [...fleet.repository.pulls.values()].findLast(({ state }) => state === "OPEN");
  if (found === undefined) throw new Error("no pull request");
  return found;
}

describe("a command is answered once", () => {
  test("with a reaction and a comment, also when everything is read again", async () => {
    const pull = await fleet.open("topic", GREATER);
    const comment = say(pull, "/raos help");
    expect(await answer()).toBe(1);
    expect([...(comment.reactions?.get("eyes") ?? [])].map(({ login }) => login)).toEqual(["raos-test[bot]"]);
    expect(answers(pull)).toEqual([expect.stringContaining("`/raos rebase`")]);
    expect(await answer()).toBe(0);
    fleet.opened.world.commentsRead.until = undefined;
    expect(await answer()).toBe(0);
    expect(answers(pull)).toHaveLength(1);
  });

  test("though GitHub's list is older than the answer", async () => {
    const pull = await fleet.open("topic", GREATER);
    say(pull, "/raos help");
    expect(await answer()).toBe(1);
    const [own] = pull.comments.splice(1, 1);
    expect(own?.author.type).toBe("Bot");
    expect(await answer()).toBe(0);
  });

  test("twenty in a pass, the rest in the next", async () => {
    const pull = await fleet.open("topic", GREATER);
    for (let index = 0; index < 23; index += 1) say(pull, "/raos help");
    expect([await answer(), await answer(), await answer()]).toEqual([20, 3, 0]);
  });

  test("where the process ended before the answer", async () => {
    const pull = await fleet.open("topic", GREATER);
    say(pull, "/raos help");
    fleet.github.before = async ({ method, path }) => {
      if (method === "POST" && path.endsWith("/comments")) throw new Error("the process ends here");
    };
    await expect(answer()).rejects.toThrow();
    expect(answers(pull)).toEqual([]);
    fleet.github.before = undefined;
    expect(await answer()).toBe(1);
    expect(answers(pull)).toHaveLength(1);
  });

  test("not where a bot wrote it, where it was edited, or where it is quoted", async () => {
    const pull = await fleet.open("topic", GREATER);
    addComment(fleet.github.world, fleet.bot, pull, "/raos help");
    const edited = say(pull, "Nothing");
    edited.body = "/raos help";
    edited.lastEdit = {
      editor: fleet.person,
      at: new Date(Date.now() + 60_000).toISOString().slice(0, 19).concat("Z"),
    };
    say(pull, "> /raos help");
    expect(await answer()).toBe(0);
  });

  test("though somebody else pretends that RAOS answered", async () => {
    const pull = await fleet.open("topic", GREATER);
    const comment = say(pull, "/raos help");
    say(pull, `<!-- raos:answers:${comment.id} -->`);
    expect(await answer()).toBe(1);
  });
});

describe("who may ask", () => {
  test("who may only read is told so, and nothing is done", async () => {
    const reader = addAccount(fleet.github.world, "casey", "User");
    fleet.repository.collaborators.set("casey", "read");
    const pull = await ownPull();
    const { head } = pull;
    fleet.repository.collaborators.set("casey", "write");
    say(pull, "/raos recreate", reader);
    fleet.repository.collaborators.set("casey", "read");
    await answer();
    expect(answers(pull)).toEqual([
      "`/raos recreate` is for people who may push to this repository, and casey may not.",
    ]);
    expect([pull.state, pull.head]).toEqual(["OPEN", head]);
  });
});

describe("what is answered", () => {
  test("plan: what merging would do", async () => {
    const pull = await fleet.open("topic", GREATER);
    say(pull, "/raos plan");
    await answer();
    const [text = ""] = answers(pull);
    expect(text).toContain("Merging leads to 1 pull request");
    expect(text).toContain("<details>");
  });

  test("generate: the files are on the branch", async () => {
    const pull = await fleet.open("topic", GREATER);
    say(pull, "/raos generate");
    await answer();
    expect(answers(pull)).toEqual(["Committed to this branch."]);
    expect(await fleet.repository.git.git("log", "-1", "--format=%s", "topic")).toBe(
      "Generate the files of acme/triage\n",
    );
  });

  test("why: what the next pass does with it", async () => {
    const pull = await ownPull();
    say(pull, "/raos why");
    await answer();
    expect(answers(pull)).toEqual([expect.stringContaining("**unchanged**")]);
  });

  test("rebase: the branch is built anew on main", async () => {
    const pull = await ownPull();
    const other = { "README.md": "# Ours\n" };
    const main = await push(fleet.github.world, fleet.repository, fleet.person, "main", other, "Readme");
    say(pull, "/raos rebase");
    await answer();
    expect(answers(pull)).toEqual([expect.stringContaining("Built anew on `main`")]);
    expect(await fleet.repository.git.git("merge-base", "main", pull.head)).toBe(`${main}\n`);
  });

  test("recreate: closed, and opened again with a commit of RAOS alone", async () => {
    const pull = await ownPull();
    await push(fleet.github.world, fleet.repository, fleet.person, pull.headRef, { "mine.txt": "mine\n" }, "Mine");
    say(pull, "/raos rebase");
    await answer();
    expect(answers(pull)).toEqual([expect.stringContaining("Somebody else committed to this branch")]);
    say(pull, "/raos recreate");
    await answer();
    expect(pull.state).toBe("CLOSED");
    await reconcile(fleet.opened.world);
    expect([...fleet.repository.pulls.values()].at(-1)).toMatchObject({ state: "OPEN", headRef: pull.headRef });
  });

  test("an unknown word: the commands there are", async () => {
    const pull = await fleet.open("topic", GREATER);
    say(pull, "/raos frobnicate @everyone");
    await answer();
    expect(answers(pull)).toEqual([expect.stringMatching(/^There is no command `\/raos frobnicate`/)]);
  });
});
