import { passSignal } from "../../../deadline/deadline.ts";
import type { DraftQuestion } from "../../../model/writer/draft-text.ts";
import type { WriterSession } from "../../../model/writer/request-writer.ts";
import type { Pass } from "../../../pass/pass.ts";
import type { Ending } from "../../../request/language/read-draft.ts";
import type { RequestedEdits } from "../prepare-request.ts";
import type { WordedResult } from "./worded-request.ts";

/** How often what is wrong with a draft is said to the model. */
const MOST_CORRECTIONS = 3;

/** A draft that was read, compiled and judged. */
export type CheckedDraft =
  | (RequestedEdits & { readonly kind: "fits" })
  /** What is wrong with it, for the model and, in the end, for whoever asks. */
  | { readonly kind: "mistakes"; readonly mistakes: readonly string[] }
  | Exclude<Ending, { readonly kind: "unreadable" }>;

type Asked = Omit<DraftQuestion, "earlier">;

/**
 * Has a model write what somebody asks for. Each draft is compiled and judged as its pull request would be; what is wrong with it is
 * said to the model at most three times, and then to whoever asks. Throws GitError.
 */
export async function writeRequest(
  pass: Pass,
  asked: Asked,
  check: (answer: unknown) => Promise<CheckedDraft>,
): Promise<WordedResult> {
  const writer = pass.world.requestWriter?.(pass.survey.fleet.config);
  if (writer === undefined) return NO_MODEL;
  if ("unavailable" in writer) return { kind: "refused", reason: "no-model", message: writer.unavailable };
  const session = await writer.begin(passSignal());
  try {
    return await converse(session, asked, check);
  } finally {
    session.end();
  }
}

async function converse(
  session: WriterSession,
  asked: Asked,
  check: (answer: unknown) => Promise<CheckedDraft>,
): Promise<WordedResult> {
  let earlier: DraftQuestion["earlier"] = [];
  for (let round = 0; round <= MOST_CORRECTIONS; round += 1) {
    const drafted = await session.draft({ ...asked, earlier });
    if (drafted.kind === "failed") return failed(drafted.reason, earlier);
    const checked = await check(drafted.value);
    const end = resultOf(checked, asked, session);
    if (end !== undefined) return end;
    const mistakes = checked.kind === "mistakes" ? checked.mistakes : [NO_QUESTIONS];
    earlier = [...earlier, { answer: drafted.value, mistakes }];
  }
  return { kind: "refused", reason: "no-valid-draft", message: `this cannot be done: ${lastMistakes(earlier)}` };
}

/** Undefined where the model is asked once more. */
function resultOf(checked: CheckedDraft, { mayAsk }: Asked, session: WriterSession): WordedResult | undefined {
  switch (checked.kind) {
    case "fits": {
      const { edits, requested } = checked;
      return {
        kind: "asked",
        edits,
        requested: { ...requested, request: { ...requested.request, spent: session.spent() } },
      };
    }
    case "refusal":
      return { kind: "refused", reason: "refused-by-the-model", message: checked.why };
    case "questions":
      return mayAsk ? checked : undefined;
    case "mistakes":
      return undefined;
    default:
      return checked satisfies never;
  }
}

function failed(reason: string, earlier: DraftQuestion["earlier"]): WordedResult {
  const last = earlier.length === 0 ? "" : `; what was wrong with its last draft: ${lastMistakes(earlier)}`;
  return { kind: "refused", reason: `model-${reason}`, message: `the model gave no answer (${reason})${last}` };
}

function lastMistakes(earlier: DraftQuestion["earlier"]): string {
  return (earlier.at(-1)?.mistakes ?? []).join("; ");
}

const NO_QUESTIONS = "no more questions: assume what is not said, and say what you assumed";

const NO_MODEL: WordedResult = {
  kind: "refused",
  reason: "no-model",
  message:
    "no model is configured that reads words: set spec.model in raos.yaml, and OPENAI_API_KEY in the environment; or make the agent from a template, with raos create --template <template> --set <parameter>=<value>",
};
