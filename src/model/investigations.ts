import { beyondDeadline, passSignal, untilDeadline } from "../deadline/deadline.ts";
import type { Instant } from "../domain/values/scalars.ts";
import type { Answer, Instruments, Investigator, Question } from "./investigator.ts";
import type { AnswerStore } from "./model-store.ts";

/** Which incident a question is about. The same alert days later is another incident. */
export interface InvestigationSubject {
  /** The branch of its pull request. */
  readonly branch: string;
  readonly began: Instant;
}

/** Running investigations, and earlier answers, so that nothing is asked twice. */
export interface Investigations {
  /**
   * The answer; undefined while the investigation runs: `done` is called at its end. Never throws: where the question cannot
   * be asked, the answer has kind "failed".
   */
  ask(
    about: InvestigationSubject,
    question: () => Promise<Question>,
    instruments: () => Instruments,
  ): Promise<Answer | undefined>;
}

/** Why a configured model is not asked: a sentence that says what to set. */
export interface NoInvestigations {
  readonly unavailable: string;
}

export interface InvestigationOptions {
  /** Whether `ask` waits for the answer: a command does, a service that has other agents to serve does not. */
  readonly wait: boolean;
  /** Most investigations at the same time; a later pass starts the others. */
  readonly most: number;
  /** Called once for each answer that no caller waited for. */
  readonly done: () => void;
  readonly now: () => Instant;
  /** The answers that are known already. */
  readonly answers: AnswerStore;
  /** Ends running investigations, with the process. */
  readonly signal?: AbortSignal;
}

/** How long an answer is used: evidence of yesterday is too old, and a failure is tried again soon. Milliseconds. */
const VALID_FOR = { found: 86_400_000, unresolved: 86_400_000, failed: 900_000 } as const;

/** Investigations of one process. */
export function createInvestigations(investigator: Investigator, options: InvestigationOptions): Investigations {
  const { wait, most, done, now, signal, answers } = options;
  const running = new Map<string, Promise<Answer>>();

  async function work(key: string, question: () => Promise<Question>, instruments: () => Instruments): Promise<Answer> {
    const answer = await question()
      .then((built) => investigator.investigate(built, instruments(), anySignal(signal, passSignal())))
      .catch(() => NOT_ASKED);
    answers.write(key, answer, now() + VALID_FOR[answer.kind], now());
    running.delete(key);
    return answer;
  }

  return {
    async ask({ branch, began }, question, instruments) {
      const key = `${branch} ${began}`;
      const known = answers.read(key, now());
      if (known !== undefined) return known;
      while (wait && !running.has(key) && running.size >= most) await Promise.race(running.values());
      const present = running.get(key);
      if (present !== undefined) return wait ? present : undefined;
      if (running.size >= most) return undefined;
      const start = () => work(key, question, instruments);
      // Where no caller waits, only its own limits end the investigation; else it ends with the pass.
      const started = wait ? start() : beyondDeadline(start);
      running.set(key, started);
      if (wait) return untilDeadline(started);
      void started.then(done);
      return undefined;
    },
  };
}

function anySignal(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  return one !== undefined && other !== undefined ? AbortSignal.any([one, other]) : (one ?? other);
}

/** The question could not be built. */
const NOT_ASKED: Answer = {
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
