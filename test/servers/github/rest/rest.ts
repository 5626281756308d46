import type { RequestContext } from "../graphql/types.ts";
import { type Caller, findRepositoryById, movedFrom, type Repository, type World } from "../model/model.ts";
import { Refusal } from "../model/refusal.ts";
import { type Answer, entityTag, errorAnswer, limitHeaders } from "../reply.ts";
import type { RequestRecord, TestGitHub } from "../server.ts";
import { appRoutes } from "./app.ts";
import type { Route } from "./call.ts";
import { checkRoutes } from "./checks.ts";
import { commitRoutes } from "./commits.ts";
import { deploymentRoutes } from "./deployments.ts";
import { operations } from "./openapi.ts";
import { pullRoutes } from "./pulls.ts";
import { repositoryRoutes } from "./repository.ts";

/** By the operation's name in GitHub's description. */
const ROUTES: Readonly<Record<string, Route>> = {
  ...repositoryRoutes,
  ...commitRoutes,
  ...checkRoutes,
  ...deploymentRoutes,
  ...pullRoutes,
  ...appRoutes,
};
const NOT_FOUND: Answer = {
  status: 404,
  headers: {},
  body: { message: "Not Found", documentation_url: "https://docs.github.com/rest", status: "404" },
};

/** Answers a REST request: routed and checked by GitHub's own description, 404 for every other path. */
export async function answerRest(
  github: TestGitHub,
  asking: RequestContext,
  record: RequestRecord,
  url: URL,
  checkAnswers: boolean,
): Promise<Answer> {
  const matched = operations().match(record.method, pathByName(github.world, record.path));
  const route = matched === undefined ? undefined : ROUTES[matched.key];
  if (matched === undefined || route === undefined) return NOT_FOUND;
  let answer: Answer;
  const moved = movedFrom(github.world, matched.parameters.owner ?? "", matched.parameters.repo ?? "");
  if (moved !== undefined) return movedAnswer(github.url, moved, url);
  try {
    const body = readBody(record, matched.key);
    const made = await route({ ...asking, github, at: matched.parameters, url, body });
    answer = { headers: {}, ...made };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    answer = errorAnswer(error);
  }
  const wrong = checkAnswers ? operations().checkAnswer(matched.key, answer.status, answer.body) : undefined;
  if (wrong !== undefined)
    return {
      status: 599,
      headers: {},
      body: { message: `The test GitHub is not truthful: ${matched.key} ${answer.status}: ${wrong}` },
    };
  return withTag(github, asking.caller, record, answer);
}

function readBody(record: RequestRecord, key: string): Readonly<Record<string, unknown>> {
  if (record.method === "GET" || record.body === "") return {};
  let body: unknown;
  try {
    body = JSON.parse(record.body);
  } catch {
    throw new Refusal("BAD_REQUEST", "Problems parsing JSON");
  }
  const wrong = operations().checkBody(key, body);
  if (wrong !== undefined) throw new Refusal("UNPROCESSABLE", `Invalid request.\n\n${wrong}`);
  return typeof body === "object" && body !== null ? { ...body } : {};
}

function withTag(github: TestGitHub, caller: Caller, record: RequestRecord, answer: Answer): Answer {
  const isRead = record.method === "GET" && answer.status === 200;
  const tag = isRead ? entityTag(answer.body) : undefined;
  const isSame = tag !== undefined && record.headers["if-none-match"] === tag;
  // A conditional request answered 304 is free of the primary limit.
  const headers = {
    ...answer.headers,
    ...limitHeaders(github.limiter.spend(caller, "core", isSame ? 0 : 1), "core"),
    ...(tag === undefined ? {} : { etag: tag }),
    ...(caller.kind === "user" && caller.scopes !== undefined ? { "x-oauth-scopes": caller.scopes } : {}),
  };
  return isSame ? { status: 304, headers, body: undefined } : { ...answer, headers };
}

/** docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects */
function movedAnswer(root: string, { id }: Repository, url: URL): Answer {
  const rest = url.pathname.replace(/^(?:\/api\/v3)?\/repos\/[^/]+\/[^/]+/, "");
  const location = `${root}/repositories/${id}${rest}${url.search}`;
  return { status: 301, headers: { location }, body: { message: "Moved Permanently", url: location } };
}

/** `/repositories/ID/…` as `/repos/OWNER/NAME/…`. */
function pathByName(world: World, path: string): string {
  const [, id, rest = ""] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
  const found = id === undefined ? undefined : findRepositoryById(world, Number(id));
  return found === undefined ? path : `/repos/${found.owner.login}/${found.name}${rest}`;
}
