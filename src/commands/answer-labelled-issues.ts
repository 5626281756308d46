import { REQUEST_LABEL, type RequestIssue } from "../domain/review/command.ts";
import { type Conversation, ForgeError } from "../forge/forge.ts";
import type { World } from "../pass/world.ts";
import { answersIssue, issueAnswer, refusedIssueText } from "../pr/command/answer.ts";
import { createForPerson } from "./answers/request-in-words.ts";

/** Issues that one pass answers; the next pass answers the rest. */
const MOST_ANSWERED = 5;
/** Characters of an issue that are read as the request. */
const LONGEST = 4000;

/** The issues that are known to be answered: they stay open, and their comments need not be read in every pass. */
const ANSWERED = new WeakMap<World["memory"], ReadonlySet<number>>();

/**
 * Answers open issues with the label `raos-create`: what such an issue says is a request for an agent. The answer is the record that it
 * was answered; it is given once, and the issue stays open, so that what follows can be said there. Who wrote it is looked up; the
 * label alone lets nobody ask. Returns how many were answered. Throws GitError, ForgeError.
 */
export async function answerLabelledIssues(world: World): Promise<number> {
  const { conversation } = world.forge;
  const issues = (await conversation?.labelledIssues?.(REQUEST_LABEL)) ?? [];
  if (conversation === undefined) return 0;
  const before = ANSWERED.get(world.memory) ?? new Set();
  const known = new Set(issues.map(({ number }) => number).filter((number) => before.has(number)));
  ANSWERED.set(world.memory, known);
  let answered = 0;
  for (const issue of issues) {
    if (answered >= MOST_ANSWERED) break;
    if (!issue.byPerson || known.has(issue.number)) continue;
    if (!(await isAnswered(conversation, issue))) {
      await conversation.answer(issue.number, issueAnswer(issue.number, await answerOf(world, conversation, issue)));
      world.log.info({ number: issue.number }, "request in an issue answered");
      answered += 1;
    }
    known.add(issue.number);
  }
  return answered;
}

async function isAnswered(conversation: Conversation, { number }: RequestIssue): Promise<boolean> {
  const comments = await conversation.commentsOn?.(number);
  // What cannot be read is not answered a second time.
  return comments === undefined || comments.some(({ isOwn, body }) => isOwn && answersIssue(body, number));
}

async function answerOf(
  world: World,
  conversation: Conversation,
  { author, title, body }: RequestIssue,
): Promise<string> {
  if ((await conversation.standingOf(author)) !== "may-push") return refusedIssueText(author);
  const words = `${title}\n\n${body}`.trim().slice(0, LONGEST);
  return createForPerson(world, author, words).catch((error: unknown) => {
    if (!(error instanceof ForgeError) || error.code === "unavailable" || error.code === "rate-limited") throw error;
    return `That could not be done: ${error.message}`;
  });
}
