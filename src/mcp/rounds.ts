import { createHash, randomBytes } from "node:crypto";
import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type ServerContext,
} from "@modelcontextprotocol/server";
import * as z from "zod";
import type { ApiTool } from "../api/tool.ts";

/** What a client was asked in the round before: signed, so that it comes back as it left; kept nowhere. */
export interface Round {
  /** Of the tool and its arguments: an answer counts for nothing else. */
  readonly digest: string;
  /** Empty: it was asked to confirm. */
  readonly questions: readonly string[];
}

/** Seconds for which an answer is waited for. */
const ANSWER_FOR = 3600;

/** Signs what is asked, for the caller and for as long as this process runs: after that the client is asked anew. */
export function createRounds() {
  return createRequestStateCodec<Round>({
    key: randomBytes(32),
    ttlSeconds: ANSWER_FOR,
    bind: ({ mcpReq, http }) => `${mcpReq.method}\0${http?.authInfo?.clientId ?? ""}`,
  });
}

export type Rounds = ReturnType<typeof createRounds>;

/** Whether a client can show questions to somebody and call again: since 2026-07-28, where it says so. */
export function canBeAsked({ mcpReq }: ServerContext): boolean {
  const { envelope = {} } = mcpReq;
  const parsed = Capabilities.safeParse(Reflect.get(envelope, CLIENT_CAPABILITIES_META_KEY));
  if (!parsed.success) return false;
  const { form, url } = parsed.data.elicitation;
  return form !== undefined || url === undefined;
}

const Capabilities = z.object({ elicitation: z.object({ form: z.unknown().optional(), url: z.unknown().optional() }) });

/** What came back of the round before, if it was about this call. */
export type Reply =
  | { readonly kind: "none" }
  | { readonly kind: "declined" }
  | { readonly kind: "confirmed" }
  | { readonly kind: "answered"; readonly answers: readonly string[] };

/** Reads the reply to the round before. What answers another call, or nothing, is none. */
export function readReply(tool: ApiTool, input: unknown, { mcpReq }: ServerContext): Reply {
  const round = mcpReq.requestState<Round>();
  if (round === undefined || round.digest !== digestOf(tool, input)) return { kind: "none" };
  const view = inputResponse(mcpReq.inputResponses, "reply");
  if (view.kind !== "elicit") return { kind: "none" };
  if (view.action !== "accept") return { kind: "declined" };
  const { content = {} } = view;
  if (round.questions.length === 0) return content.confirm === true ? { kind: "confirmed" } : { kind: "declined" };
  const answers = round.questions.map((question, at) => {
    const said = content[`answer${at + 1}`];
    return `${question.slice(0, 400)} ${typeof said === "string" ? said.slice(0, 500) : ""}`;
  });
  return { kind: "answered", answers };
}

/** Asks for answers to questions, each in a field of one form. */
export async function askQuestions(
  tool: ApiTool,
  input: unknown,
  questions: readonly string[],
  rounds: Rounds,
  context: ServerContext,
): Promise<InputRequiredResult> {
  const fields = questions.map((question, at) => [`answer${at + 1}`, { type: "string", title: question } as const]);
  return ask(
    "RAOS has to know this first.",
    Object.fromEntries(fields),
    { digest: digestOf(tool, input), questions },
    {
      ...{ rounds, context },
    },
  );
}

/** Asks whether what takes something away is meant. */
export async function askToConfirm(
  tool: ApiTool,
  input: unknown,
  rounds: Rounds,
  context: ServerContext,
): Promise<InputRequiredResult> {
  const fields = { confirm: { type: "boolean", title: "Yes, ask for it" } as const };
  const message = `${tool.title}: ${JSON.stringify(input).slice(0, 500)}. This opens a pull request that removes it. Is that meant?`;
  return ask(message, fields, { digest: digestOf(tool, input), questions: [] }, { rounds, context });
}

type Fields = Parameters<typeof inputRequired.elicit>[0]["requestedSchema"] extends infer Schema
  ? Extract<Schema, { readonly properties: unknown }>["properties"]
  : never;

async function ask(
  message: string,
  properties: Fields,
  round: Round,
  { rounds, context }: { readonly rounds: Rounds; readonly context: ServerContext },
): Promise<InputRequiredResult> {
  const requestedSchema = { type: "object", properties, required: Object.keys(properties) } as const;
  return inputRequired({
    inputRequests: {
      reply: inputRequired.elicit({
        message,
        requestedSchema: { ...requestedSchema, required: [...requestedSchema.required] },
      }),
    },
    requestState: await rounds.mint(round, context),
  });
}

function digestOf({ name }: ApiTool, input: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify([name, input]))
    .digest("base64url");
}

/** A refusal as a result: an error that the model sees, with its fixed reason first. */
export function refusalResult(reason: string, message: string): CallToolResult {
  return { isError: true, content: [{ type: "text", text: `${reason}: ${message}` }] };
}
