import { readQuietSubject } from "../../src/causes/alert/evidence/subject.ts";
import { changeFromWords } from "../../src/commands/requests/change-from-words.ts";
import { createFromWords } from "../../src/commands/requests/create-from-words.ts";
import { submitRequest } from "../../src/commands/requests/submit-request.ts";
import type { RequestWriter } from "../../src/model/writer/request-writer.ts";
import { beginPass } from "../../src/pass/begin-pass.ts";
import type { World } from "../../src/pass/world.ts";
import type { Prompt } from "./prompts.ts";
import { type Score, scoreOf } from "./score.ts";

/** How a prompt was answered. `drafts`: how often the model was asked. */
export interface Result extends Score {
  readonly drafts: number;
  readonly tokens: number;
  readonly dollars: number;
}

const FROM = { kind: "person", login: "evaluation" } as const;

/** Asks for each prompt in turn, writing nothing, and compares what comes of it with what was expected. */
export async function* runPrompts(world: World, prompts: readonly Prompt[]): AsyncGenerator<Result> {
  for (const prompt of prompts) {
    const used = { drafts: 0, tokens: 0, dollars: 0 };
    const counted: World = {
      ...world,
      requestWriter(config) {
        const writer = world.requestWriter?.(config);
        return writer === undefined || "unavailable" in writer ? writer : countedWriter(writer, used);
      },
    };
    const { words, agent, tenant, environment } = prompt;
    const ask =
      agent === undefined
        ? createFromWords({ from: FROM, words, answers: [], tenant, name: undefined })
        : changeFromWords({ from: FROM, words, answers: [], agent, environment });
    const before = agent === undefined ? new Map<string, unknown>() : await specsOf(world, agent);
    const submitted = await submitRequest(counted, ask, true);
    yield { ...scoreOf(prompt, submitted, (one) => before.get(one)), ...used };
  }
}

function countedWriter(
  writer: RequestWriter,
  used: { drafts: number; tokens: number; dollars: number },
): RequestWriter {
  return {
    async begin(signal) {
      const session = await writer.begin(signal);
      return {
        draft(question) {
          used.drafts += 1;
          return session.draft(question);
        },
        spent: () => session.spent(),
        end() {
          Object.assign(used, session.spent());
          session.end();
        },
      };
    },
  };
}

/** The specs in effect of an agent, by environment. */
async function specsOf(world: World, agent: string): Promise<ReadonlyMap<string, unknown>> {
  const begun = await beginPass(world, { isDryRun: true });
  if (begun.kind === "nothing") return new Map();
  const { environments = [] } = begun.pass.survey.fleet.facts.get(agent) ?? {};
  const specs = environments.map(async (environment) => {
    const subject = await readQuietSubject(begun.pass, agent, environment);
    return [environment, subject?.spec] as const;
  });
  return new Map(await Promise.all(specs));
}
