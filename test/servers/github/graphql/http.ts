import type { Weighing } from "../limits.ts";
import { type Answer, limitHeaders } from "../reply.ts";
import type { RequestRecord, TestGitHub } from "../server.ts";
import { type FieldFault, isMutation, runGraphQL } from "./graphql.ts";
import type { RequestContext } from "./types.ts";

interface Question {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

function readQuestion(body: string): Question | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== "object" || value === null || !("query" in value) || typeof value.query !== "string")
      return undefined;
    const variables = "variables" in value && isRecord(value.variables) ? value.variables : {};
    return { query: value.query, variables };
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** How a GraphQL request weighs on the limits: a mutation is one content write, whatever it holds. */
export function weighGraphQL(body: string): Weighing {
  const question = readQuestion(body);
  const isWrite = question !== undefined && isMutation(question.query);
  return { resource: "graphql", isWrite, contents: isWrite ? 1 : 0 };
}

/** Answers `POST /graphql`: 200 with `data`, `errors` or both; 400 for what is no question; 401 without credentials. */
export async function answerGraphQL(
  github: TestGitHub,
  asking: RequestContext,
  record: RequestRecord,
  failing: FieldFault | undefined,
): Promise<Answer> {
  const { caller } = asking;
  if (caller.kind === "anonymous" || caller.kind === "app")
    return {
      status: 401,
      headers: {},
      body: {
        message:
          caller.kind === "app"
            ? "A JSON web token could not be decoded"
            : "This endpoint requires you to be authenticated.",
        documentation_url:
          "https://docs.github.com/graphql/guides/forming-calls-with-graphql#authenticating-with-graphql",
      },
    };
  const question = record.method === "POST" ? readQuestion(record.body) : undefined;
  if (question === undefined)
    return {
      status: 400,
      headers: {},
      body: { message: "Problems parsing JSON", documentation_url: "https://docs.github.com/graphql" },
    };
  const spent = github.limiter.spend(caller, "graphql", 1);
  const points = { ...spent, cost: 1, nodeCount: 0, resetAt: new Date(spent.reset * 1000).toISOString() };
  const body = await runGraphQL(asking, question.query, question.variables, points, failing);
  return { status: 200, headers: limitHeaders(spent, "graphql"), body };
}
