/** Who made a commit. */
export interface Person {
  readonly name: string;
  readonly email: string;
}

/** The bot's identity in commits it writes itself; a commit by anybody else on its branches means hands off. */
export const BOT: Person = { name: "raos[bot]", email: "raos[bot]@users.noreply.github.com" };

/** Whether a commit's author or committer is the bot. */
export function isBot(person: Person): boolean {
  return person.name === BOT.name && person.email === BOT.email;
}
