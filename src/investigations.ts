import type { Answer, Instruments, Investigator, Question } from "./model/investigator.ts";

/** Questions under way and what they came to, so that nothing is asked twice. */
export interface Investigations {
  /** The answer; undefined while it is being worked on: `done` rings once it is there. */
  ask(key: string, question: () => Promise<Question>, instruments: () => Instruments): Promise<Answer | undefined>;
}

export interface InvestigationOptions {
  /** Whether `ask` waits for the answer: a command does, a service that has other agents to serve does not. */
  readonly wait: boolean;
  /** Most investigations at a time; the rest is asked again with a later pass. */
  readonly most: number;
  /** Called once an answer is there that nobody waited for. */
  readonly done: () => void;
}

/** Answers kept at a time; the oldest goes first. */
const KEPT = 1000;

/** Investigations of one process. An answer is kept until the incident is over or the process ends. */
export function createInvestigations(investigator: Investigator, options: InvestigationOptions): Investigations {
  const running = new Map<string, Promise<Answer>>();
  const answers = new Map<string, Answer>();

  function start(
    key: string,
    question: () => Promise<Question>,
    instruments: () => Instruments,
  ): Promise<Answer> | undefined {
    const present = running.get(key);
    if (present !== undefined) return present;
    if (running.size >= options.most) return undefined;
    const work = question()
      .then((asked) => investigator.investigate(asked, instruments()))
      .then((answer) => {
        const [oldest] = answers.size >= KEPT ? answers.keys() : [];
        if (oldest !== undefined) answers.delete(oldest);
        answers.set(key, answer);
        return answer;
      })
      .finally(() => running.delete(key));
    running.set(key, work);
    return work;
  }

  return {
    async ask(key, question, instruments) {
      const known = answers.get(key);
      if (known !== undefined) return known;
      for (;;) {
        const work = start(key, question, instruments);
        if (options.wait && work !== undefined) return work;
        if (!options.wait) {
          work?.then(options.done, options.done);
          return undefined;
        }
        await Promise.race(running.values());
      }
    },
  };
}
