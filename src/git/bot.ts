/** Who made a commit. */
export interface Person {
  readonly name: string;
  readonly email: string;
}

/** The bot's identity in the commits that it writes itself. */
export const BOT: Person = { name: "raos[bot]", email: "raos[bot]@users.noreply.github.com" };

/** Whether a commit's author or committer is the bot. */
export function isBot(person: Person): boolean {
  return person.name === BOT.name && person.email === BOT.email;
}

/**
 * Whether the bot wrote a commit, given the account that it acts as. An App's commits have its name and its address,
 * `<id>+<app>[bot]@users.noreply.<host>`. Where the bot acts as a person, that person's commits are a person's. A name proves
 * nothing: use this only where a false one harms nobody but its writer.
 */
export function isOwnAuthor(author: Person, account: string): boolean {
  if (isBot(author)) return true;
  const [local = "", host = ""] = author.email.toLowerCase().split("@");
  const login = local.replace(/^\d{1,20}\+/, "");
  return login.endsWith("[bot]") && host.startsWith("users.noreply.") && login === account.toLowerCase();
}
