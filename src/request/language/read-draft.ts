import * as z from "zod";
import type { Json } from "../../domain/values/scalars.ts";
import { isMap } from "../../spec/values.ts";
import { plainValue } from "./plain-value.ts";
import { specSchemas } from "./spec-schema.ts";

/** How a model's answer ends, where it is no draft. */
export type Ending =
  | { readonly kind: "questions"; readonly questions: readonly string[] }
  | { readonly kind: "refusal"; readonly why: string }
  /** It cannot be read; the sentence is for the model. */
  | { readonly kind: "unreadable"; readonly mistake: string };

/** A new agent as a model drafts it; nothing of it is checked yet. */
export interface AgentDraft {
  readonly kind: "draft";
  readonly tenant: string;
  readonly name: string;
  readonly template: { readonly ref: string; readonly parameters: ReadonlyMap<string, string> } | undefined;
  readonly spec: Readonly<Record<string, Json>>;
  readonly assumptions: readonly string[];
}

/** A change as a model drafts it; `to` undefined: the value is taken away. */
export interface ChangeDraft {
  readonly kind: "draft";
  /** Undefined: in every environment that does not say otherwise. */
  readonly environment: string | undefined;
  readonly edits: readonly { readonly at: string; readonly to: Json | undefined; readonly why: string }[];
  readonly assumptions: readonly string[];
}

const MOST_QUESTIONS = 2;
const MOST_ASSUMPTIONS = 12;
const MOST_EDITS = 20;
const LONGEST_VALUE = 16_384;

const Sentence = z.string().transform((text) => text.replace(/\s+/g, " ").trim().slice(0, 300).toWellFormed());
const Sentences = z.array(Sentence).transform((list) => list.filter((text) => text !== ""));
const ENDINGS = { assumptions: Sentences, questions: Sentences, refusal: z.string().nullable() } as const;
const JsonValue: z.ZodType<Json> = z.json();
const Value = z.union([z.string().max(4096), z.number(), z.boolean()]);

const AgentShape = z.strictObject({
  tenant: z.string().max(63),
  name: z.string().max(128),
  template: z
    .strictObject({
      ref: z.string().max(63),
      parameters: z.array(z.strictObject({ name: z.string().max(64), value: Value })).max(64),
    })
    .nullable(),
  spec: z.record(z.string(), JsonValue).nullable(),
  ...ENDINGS,
});

const ChangeShape = z.strictObject({
  environment: z.string().max(63).nullable(),
  edits: z
    .array(z.strictObject({ at: z.string().max(256), to: z.string().max(LONGEST_VALUE).nullable(), why: Sentence }))
    .max(MOST_EDITS),
  ...ENDINGS,
});

/** Reads an answer in the shape of `newAgentSchema`: nulls are left out, and lists of pairs are mappings again. Never throws. */
export function readAgentDraft(answer: unknown): AgentDraft | Ending {
  const read = AgentShape.safeParse(answer);
  if (!read.success) return unreadable(read.error);
  const { tenant, name, template, assumptions } = read.data;
  const ending = endingOf(read.data);
  if (ending !== undefined) return ending;
  const spec = plainValue(specSchemas().plain, read.data.spec ?? {});
  const parameters = new Map(template?.parameters.map((one) => [one.name, String(one.value)]));
  return {
    ...{ kind: "draft", tenant, name },
    template: template === null ? undefined : { ref: template.ref, parameters },
    spec: isMap(spec) ? z.record(z.string(), JsonValue).parse(spec) : {},
    assumptions: assumptions.slice(0, MOST_ASSUMPTIONS),
  };
}

/** Reads an answer in the shape of `changedAgentSchema`. Never throws. */
export function readChangeDraft(answer: unknown): ChangeDraft | Ending {
  const read = ChangeShape.safeParse(answer);
  if (!read.success) return unreadable(read.error);
  const ending = endingOf(read.data);
  if (ending !== undefined) return ending;
  const edits = read.data.edits.map(({ at, to, why }) => ({ at, to: to === null ? undefined : jsonIn(to), why }));
  const environment = read.data.environment ?? undefined;
  return { kind: "draft", environment, edits, assumptions: read.data.assumptions.slice(0, MOST_ASSUMPTIONS) };
}

function endingOf({ refusal, questions }: { readonly refusal: string | null; readonly questions: readonly string[] }) {
  if (refusal !== null && refusal.trim() !== "")
    return { kind: "refusal", why: refusal.replace(/\s+/g, " ").trim().slice(0, 500).toWellFormed() } as const;
  return questions.length === 0
    ? undefined
    : ({ kind: "questions", questions: questions.slice(0, MOST_QUESTIONS) } as const);
}

function unreadable(error: z.ZodError): Ending {
  const [issue] = error.issues;
  const mistake = `the answer has another shape at /${issue?.path.join("/") ?? ""}: ${issue?.message ?? "unknown"}`;
  return { kind: "unreadable", mistake: mistake.slice(0, 300) };
}

/** A value given as JSON; a text that is not JSON is the value itself. */
function jsonIn(text: string): Json {
  try {
    return JsonValue.parse(JSON.parse(text));
  } catch {
    return text;
  }
}
