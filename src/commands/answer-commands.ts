import { type Command, readCommands, type ThreadComment } from "../domain/review/command.ts";
import { type Conversation, ForgeError } from "../forge/forge.ts";
import type { World } from "../pass/world.ts";
import { answerBody, answeredComment, helpText, needsPush, refusedText, unknownText } from "../pr/command/answer.ts";
import type { RequestLine } from "./request-line.ts";
import { createResponder } from "./respond.ts";

const HOUR = 3_600_000;
/** How far back a new process looks for commands that nobody answered. */
const FIRST_LOOK = 24 * HOUR;
/** Comments are read once more for so long, since a list may be older than a comment. */
const OVERLAP = HOUR;
const STEP = HOUR / 6;
/** Comments that one pass answers; the next pass answers the rest. */
const MOST_ANSWERED = 20;
const MOST_REMEMBERED = 1000;

/**
 * Answers what people asked for in comments since the last pass, or in the last day where this process is new: a command is a
 * letter, so it survives a crash. The answer itself is the record that the command was answered; it is given once. Who asks is
 * looked up each time, and a no says so. Edited comments, and comments by bots, are no commands. Requests in words are answered in
 * their line, where there is one. Returns how many comments were answered, or handed to that line. Throws GitError, ForgeError.
 */
export async function answerCommands(world: World, requests?: RequestLine): Promise<number> {
  const { conversation } = world.forge;
  if (conversation === undefined) return 0;
  const now = world.now();
  const from = (world.commentsRead.until ?? now - FIRST_LOOK + OVERLAP) - OVERLAP;
  // Whole steps, so that two passes ask the same question, which GitHub answers without an answer where nothing is new.
  const comments = await conversation.commentsSince(Math.floor(from / STEP) * STEP);
  const { answered: remembered } = world.commentsRead;
  const answered = new Set(comments.filter(({ isOwn }) => isOwn).map(({ body }) => answeredComment(body)));
  const waiting = comments.filter(({ id }) => !answered.has(id) && !remembered.has(id)).flatMap(lettersIn);
  const open = waiting.filter(({ comment }) => requests?.isBusy(keyOf(comment)) !== true).slice(0, MOST_ANSWERED);
  for (const { comment } of open) await conversation.acknowledge(comment.id);
  const answerNow = async (own: World, letter: Letter) => {
    await answer(own, conversation, letter);
    remember(remembered, letter.comment);
  };
  for (const letter of open) {
    if (requests === undefined || !asksInWords(letter)) await answerNow(world, letter);
    else requests.begin(keyOf(letter.comment), (own) => answerNow(own, letter));
  }
  const left = waiting.find(({ comment }) => !remembered.has(comment.id));
  world.commentsRead.until = left?.comment.at ?? now;
  return open.length;
}

const keyOf = ({ id }: ThreadComment): string => `comment ${id}`;

/** A list may be older than the answer. The oldest are forgotten: by then lists hold their answers. */
function remember(answered: Set<number>, { id }: ThreadComment): void {
  answered.add(id);
  const [oldest] = answered;
  if (answered.size > MOST_REMEMBERED && oldest !== undefined) answered.delete(oldest);
}

function asksInWords({ commands }: Letter): boolean {
  return commands.some(
    (command) => command.kind === "command" && (command.name === "create" || command.name === "change"),
  );
}

/** A comment of a person, and what it asks for. */
interface Letter {
  readonly comment: ThreadComment;
  readonly commands: readonly Command[];
}

function lettersIn(comment: ThreadComment): readonly Letter[] {
  const commands = comment.byPerson && !comment.isEdited ? readCommands(comment.body) : [];
  return commands.length > 0 ? [{ comment, commands }] : [];
}

async function answer(world: World, conversation: Conversation, { comment, commands }: Letter): Promise<void> {
  const standing = await conversation.standingOf(comment.author);
  const respond = createResponder(world, comment);
  const texts: string[] = [];
  for (const command of commands) {
    if (command.kind === "unknown") texts.push(unknownText(command.word));
    else if (standing === "none" || (needsPush(command.name) && standing !== "may-push"))
      texts.push(refusedText(command.name, comment.author));
    else if (command.name === "help") texts.push(helpText());
    else texts.push(await respond[command.name](command.rest).catch(failure));
  }
  await conversation.answer(comment.number, answerBody(comment.id, texts));
  world.log.info({ number: comment.number, comment: comment.id }, "command answered");
}

/** A forge that refuses is an answer; one that cannot be reached is not, and the command waits for the next pass. */
function failure(error: unknown): string {
  if (!(error instanceof ForgeError) || error.code === "unavailable" || error.code === "rate-limited") throw error;
  return `That could not be done: ${error.message}`;
}
