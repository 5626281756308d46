import { REQUEST_LABEL, type RequestIssue } from "../domain/review/command.ts";
import { type Conversation, ForgeError } from "../forge/forge.ts";
import type { World } from "../pass/world.ts";
import { answersIssue, issueAnswer, refusedIssueText } from "../pr/command/answer.ts";
import { createForPerson } from "./answers/request-in-words.ts";
import type { RequestLine } from "./request-line.ts";

/** Issues that one pass answers; the next pass answers the rest. */
const MOST_ANSWERED = 5;
/** Characters of an issue that are read as the request. */
const LONGEST = 4000;

/** The issues that are known to be answered: they stay open, and their comments need not be read in every pass. */
const ANSWERED = new WeakMap<World["memory"], Set<number>>();

/**
 * Answers open issues with the label `raos-create`: what such an issue says is a request for an agent. The answer is the record that it
 * was answered; it is given once, and the issue stays open, so that what follows can be said there. Who wrote it is looked up; the
 * label alone lets nobody ask. They are answered in the line of requests, where there is one. Returns how many were answered, or handed
 * to that line. Throws GitError, ForgeError.
 */
export async function answerLabelledIssues(world: World, requests?: RequestLine): Promise<number> {
  const { conversation } = world.forge;
  if (conversation === undefined) return 0;
  const issues = await conversation.labelledIssues(REQUEST_LABEL);
  const known = ANSWERED.get(world.memory) ?? new Set();
  ANSWERED.set(world.memory, known);
  const listed = new Set(issues.map(({ number }) => number));
  for (const number of known) if (!listed.has(number)) known.delete(number);
  let answered = 0;
  for (const issue of issues) {
    if (answered >= MOST_ANSWERED) break;
    const { number } = issue;
    const key = `issue ${number}`;
    if (!issue.byPerson || known.has(number) || requests?.isBusy(key) === true) continue;
    if (await isAnswered(conversation, issue)) {
      known.add(number);
      continue;
    }
    const answerNow = async (own: World) => {
      await conversation.answer(number, issueAnswer(number, await answerOf(own, conversation, issue)));
      world.log.info({ number }, "request in an issue answered");
      known.add(number);
    };
    if (requests === undefined) await answerNow(world);
    else requests.begin(key, answerNow);
    answered += 1;
  }
  return answered;
}

async function isAnswered(conversation: Conversation, { number }: RequestIssue): Promise<boolean> {
  const comments = await conversation.commentsOn(number);
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
