import { type Change, exactly, only, type Scenario, within } from "../incident.ts";
import { HOUR } from "../signals.ts";

const MODEL = "model.name";
const CONCURRENCY = "model.maxConcurrency";
const wrong = (why: string) => () => why;
const another = (text: string) => text.replace(/name: gpt-5-mini, fallbacks/, "name: gpt-5-micro, fallbacks");

/** The first model has to stay as a fallback: else it is named nowhere any more, and nothing leads back to it. */
function whyLost({ from }: Change, all: readonly Change[]): string | undefined {
  const fallbacks = all.find(({ path }) => path === "model.fallbacks");
  return String(fallbacks?.to ?? "").includes(String(from)) ? undefined : "the first model is named nowhere any more";
}

export const MODELS: readonly Scenario[] = [
  {
    name: "the provider fails one model",
    make: ({ settings, chance }) => ({
      hours: chance.between(3, 8),
      expects: "edit",
      affect: (signals, _time, now) => {
        if (now.model !== settings.model) return;
        signals.modelErrors = 0.6;
        signals.errors = 0.3;
        signals.lines.push('level=error msg="completion failed: 503 overloaded"');
      },
      judge: only({
        [MODEL]: (change, _tries, all) =>
          change.to === settings.fallbacks[0] ? whyLost(change, all) : "only a declared model can help",
        "model.fallbacks": () => undefined,
      }),
    }),
  },
  {
    name: "the provider fails altogether",
    make: ({ chance }) => ({
      hours: chance.between(2, 5),
      expects: "either",
      affect: (signals) => {
        signals.modelErrors = 0.9;
        signals.errors = 0.4;
        signals.lines.push('level=error msg="completion failed: 500 internal error"');
      },
      // Nothing tells beforehand; a person would try it too.
      judge: only({
        [MODEL]: (change, tries, all) => (tries > 0 ? "it repeats what did not help" : whyLost(change, all)),
        "model.fallbacks": () => undefined,
      }),
    }),
  },
  {
    name: "rate limited",
    make: ({ settings, chance }) => {
      const most = settings.maxConcurrency * chance.between(0.5, 0.9);
      return {
        hours: 30,
        expects: "edit",
        affect: (signals, _time, now) => {
          if (now.maxConcurrency <= most) return;
          signals.rateLimited = 0.25;
          signals.lines.push('level=warn msg="429 rate limit reached for requests per minute, retry after 8s"');
        },
        judge: only({ [CONCURRENCY]: within(most * 0.3, most) }),
      };
    },
  },
  {
    name: "the provider's budget is used up",
    make: () => ({
      hours: 14,
      expects: "report",
      affect: (signals) => {
        signals.rateLimited = 0.97;
        signals.errors = 0.5;
        signals.lines.push(
          'level=error msg="429 insufficient_quota: you exceeded your current quota, check your plan and billing details"',
        );
      },
      judge: wrong("the account's budget is used up: fewer calls at a time are refused as well"),
    }),
  },
  {
    name: "a worse model was chosen",
    make: ({ settings }) => ({
      hours: 30,
      expects: "edit",
      changes: [{ after: 0, style: "merge", edit: another }],
      affect: (signals, _time, now) => {
        if (now.model === "gpt-5-micro") {
          signals.errors = 0.35;
          signals.lines.push('level=error msg="answer is no JSON"');
        }
      },
      judge: only({ [MODEL]: exactly(settings.model), "model.fallbacks": () => undefined }),
    }),
  },
  {
    name: "a model with a shorter context was chosen",
    make: ({ settings }) => ({
      hours: 30,
      expects: "edit",
      changes: [{ after: 0, style: "squash", edit: another }],
      affect: (signals, _time, now) => {
        if (now.model === "gpt-5-micro") {
          signals.tooLong = 30;
          signals.lines.push('level=error msg="context_length_exceeded: maximum context length is 8192 tokens"');
        }
      },
      judge: only({ [MODEL]: exactly(settings.model), "model.fallbacks": () => undefined }),
    }),
  },
  {
    name: "prompts grew",
    make: () => ({
      hours: 9,
      expects: "report",
      affect: (signals) => {
        signals.tooLong = 20;
        signals.lines.push('level=error msg="context_length_exceeded: maximum context length is 128000 tokens"');
      },
      judge: wrong("the prompts grew: another model of the same family refuses them too"),
    }),
  },
  {
    name: "callers send twice the work",
    make: () => ({
      hours: 40,
      expects: "report",
      affect: (signals) => {
        signals.tokensPerHour = 900_000;
        signals.tokensPerDay = 20_000_000;
      },
      judge: wrong("the callers send more: the model is the same"),
    }),
  },
  {
    name: "rate limited, and at the maximum",
    work: "http",
    make: ({ settings, start }) => {
      const most = settings.maxConcurrency * 0.6;
      return {
        hours: 24,
        expects: "edit",
        affect: (signals, time, now) => {
          if (now.maxConcurrency <= most) return;
          signals.rateLimited = 0.3;
          // Retries keep the replicas busy, a while later.
          if (time - start > HOUR) signals.needed = settings.max + 3;
          signals.lines.push('level=warn msg="429 rate limit reached, retry after 20s"');
        },
        judge: only({ [CONCURRENCY]: within(most * 0.3, most) }),
      };
    },
  },
];
