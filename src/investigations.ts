import { beyondDeadline, passSignal, untilDeadline } from "./deadline/deadline.ts";
import type { Instant } from "./domain/scalars.ts";
import type { Answer, Instruments, Investigator, Question } from "./model/investigator.ts";

/** Which incident a question is about. The same alert days later is another one. */
export interface About {
  /** The branch of its pull request. */
  readonly branch: string;
  readonly began: Instant;
}

/** Questions under way and what they came to, so that nothing is asked twice. */
export interface Investigations {
  /**
   * The answer; undefined while it is being worked on: `done` rings once it is there. Never throws: what cannot even be asked
   * is an answer of kind "failed".
   */
  ask(about: About, question: () => Promise<Question>, instruments: () => Instruments): Promise<Answer | undefined>;
}

/** Why a model that is configured is not asked: a sentence that says what to set. */
export interface NoInvestigations {
  readonly unavailable: string;
}

export interface InvestigationOptions {
  /** Whether `ask` waits for the answer: a command does, a service that has other agents to serve does not. */
  readonly wait: boolean;
  /** Most investigations at a time; the rest is asked again with a later pass. */
  readonly most: number;
  /** Called once for each answer that is there and that nobody waited for. */
  readonly done: () => void;
  readonly now: () => Instant;
  /** Ends what is under way, with the process. */
  readonly signal?: AbortSignal;
}

/** Answers kept at a time; the oldest goes first. */
const KEPT = 1000;
/** Milliseconds for which an answer holds: what was seen a day ago is no evidence, and what failed is tried again soon. */
const HOLDS = { found: 86_400_000, unresolved: 86_400_000, failed: 900_000 } as const;

/** Investigations of one process. */
export function createInvestigations(investigator: Investigator, options: InvestigationOptions): Investigations {
  const { wait, most, done, now, signal } = options;
  const running = new Map<string, Promise<Answer>>();
  const answers = new Map<string, { readonly answer: Answer; readonly until: Instant }>();

  async function work(key: string, question: () => Promise<Question>, instruments: () => Instruments): Promise<Answer> {
    const answer = await question()
      .then((asked) => investigator.investigate(asked, instruments(), either(signal, passSignal())))
      .catch(() => UNASKED);
    answers.delete(key);
    const [oldest] = answers.size >= KEPT ? answers.keys() : [];
    if (oldest !== undefined) answers.delete(oldest);
    answers.set(key, { answer, until: now() + HOLDS[answer.kind] });
    running.delete(key);
    return answer;
  }

  return {
    async ask({ branch, began }, question, instruments) {
      const key = `${branch} ${began}`;
      const known = answers.get(key);
      if (known !== undefined && now() < known.until) return known.answer;
      while (wait && !running.has(key) && running.size >= most) await Promise.race(running.values());
      const present = running.get(key);
      if (present !== undefined) return wait ? present : undefined;
      if (running.size >= most) return undefined;
      const start = () => work(key, question, instruments);
      // What nobody waits for has limits of its own; what is waited for ends with the pass.
      const started = wait ? start() : beyondDeadline(start);
      running.set(key, started);
      if (wait) return untilDeadline(started);
      void started.then(done);
      return undefined;
    },
  };
}

function either(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  return one !== undefined && other !== undefined ? AbortSignal.any([one, other]) : (one ?? other);
}

/** The question could not be put together. */
const UNASKED: Answer = {
  kind: "failed",
  summary: "",
  cause: "",
  confidence: "low",
  cites: [],
  edits: [],
  evidence: [],
  reason: "not-asked",
  model: "",
  turns: 0,
  tokens: { input: 0, output: 0 },
  dollars: 0,
};
