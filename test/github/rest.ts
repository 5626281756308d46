import { canSee, demand } from "./access.ts";
import { addComment, addLabels, ensureLabel } from "./comments.ts";
import { NO_OID } from "./git-store.ts";
import { mergePull } from "./merging.ts";
import { type Caller, findRepository, type Pull, type Repository, type World } from "./model.ts";
import { operations } from "./openapi.ts";
import { createPull, updatePull } from "./pulls.ts";
import { createRef, updateRefs } from "./refs.ts";
import { Refusal } from "./refusal.ts";
import { type Answer, entityTag, errorAnswer, limitHeaders } from "./reply.ts";
import { appRoutes } from "./rest-app.ts";
import {
  commentShape,
  fullRepositoryShape,
  labelShape,
  pullFullShape,
  pullSimpleShape,
  refShape,
} from "./rest-shapes.ts";
import type { RequestRecord, TestGitHub } from "./server.ts";

export interface Call {
  readonly github: TestGitHub;
  readonly world: World;
  readonly caller: Caller;
  readonly at: Readonly<Record<string, string>>;
  readonly url: URL;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Made {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
export type Route = (call: Call) => Promise<Made> | Made;

const ok = (body: unknown, status = 200): Made => ({ status, body });
const NOT_FOUND: Answer = {
  status: 404,
  headers: {},
  body: { message: "Not Found", documentation_url: "https://docs.github.com/rest", status: "404" },
};

/** Answers a REST request: routed and checked by GitHub's own description, 404 for every other path. */
export async function answerRest(
  github: TestGitHub,
  caller: Caller,
  record: RequestRecord,
  url: URL,
  checkAnswers: boolean,
): Promise<Answer> {
  const matched = operations().match(record.method, record.path);
  const route = matched === undefined ? undefined : (ROUTES[matched.key] ?? appRoutes[matched.key]);
  if (matched === undefined || route === undefined) return NOT_FOUND;
  let answer: Answer;
  try {
    const body = readBody(record, matched.key);
    const made = await route({ github, world: github.world, caller, at: matched.parameters, url, body });
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
  return withTag(github, caller, record, answer);
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
  };
  return isSame ? { status: 304, headers, body: undefined } : { ...answer, headers };
}

function repositoryAt(call: Call): Repository {
  const found = findRepository(call.world, call.at.owner ?? "", call.at.repo ?? "");
  if (found === undefined || !canSee(call.world, call.caller, found)) throw new Refusal("NOT_FOUND", "Not Found");
  return found;
}

function pullAt(call: Call, repository: Repository): Pull {
  const found = repository.pulls.get(Number(call.at.pull_number ?? call.at.issue_number));
  if (found === undefined) throw new Refusal("NOT_FOUND", "Not Found");
  return found;
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function page<T>(call: Call, items: readonly T[]): readonly T[] {
  const size = Math.min(100, Number(call.url.searchParams.get("per_page") ?? 30));
  const number = Number(call.url.searchParams.get("page") ?? 1);
  return items.slice((number - 1) * size, number * size);
}

/** By the operation's name in GitHub's description. */
const ROUTES: Readonly<Record<string, Route>> = {
  "GET /repos/{owner}/{repo}": (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "metadata", "read");
    return ok(fullRepositoryShape(call.world, repository));
  },
  "GET /repos/{owner}/{repo}/git/ref/{ref}": async (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "contents", "read");
    const ref = `refs/${call.at.ref}`;
    const sha = await repository.git.resolve(ref);
    const isEmpty = sha === undefined && (await repository.git.git("for-each-ref", "--count=1")) === "";
    if (isEmpty) throw new Refusal("CONFLICT", "Git Repository is empty.");
    if (sha === undefined) throw new Refusal("NOT_FOUND", "Not Found");
    return ok(refShape(call.world, repository, ref, sha));
  },
  "GET /repos/{owner}/{repo}/git/matching-refs/{ref}": async (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "contents", "read");
    const lines = (
      await repository.git.git("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags")
    )
      .split("\n")
      .filter((line) => line.slice(41).startsWith(`refs/${call.at.ref}`));
    return ok(
      page(
        call,
        lines.filter((line) => line !== ""),
      ).map((line) => refShape(call.world, repository, line.slice(41), line.slice(0, 40))),
    );
  },
  "POST /repos/{owner}/{repo}/git/refs": async (call) => {
    const repository = repositoryAt(call);
    const ref = text(call.body.ref) ?? "";
    const sha = text(call.body.sha) ?? "";
    if (!/^[0-9a-f]{40}$/.test(sha))
      throw new Refusal("UNPROCESSABLE", "The sha parameter must be exactly 40 characters and contain only [0-9a-f].");
    await createRef(call.world, call.caller, repository, ref, sha).catch((error: unknown) => {
      throw error instanceof Refusal && / already exists/.test(error.message)
        ? new Refusal("UNPROCESSABLE", "Reference already exists")
        : error;
    });
    return ok(refShape(call.world, repository, ref, sha), 201);
  },
  "PATCH /repos/{owner}/{repo}/git/refs/{ref}": async (call) => {
    const repository = repositoryAt(call);
    const ref = `refs/${call.at.ref}`;
    if ((await repository.git.resolve(ref)) === undefined)
      throw new Refusal("UNPROCESSABLE", "Reference does not exist");
    const sha = text(call.body.sha) ?? "";
    await updateRefs(call.world, call.caller, repository, [{ ref, after: sha, force: call.body.force === true }]);
    return ok(refShape(call.world, repository, ref, sha));
  },
  "DELETE /repos/{owner}/{repo}/git/refs/{ref}": async (call) => {
    await updateRefs(call.world, call.caller, repositoryAt(call), [
      { ref: `refs/${call.at.ref}`, after: NO_OID, force: false },
    ]);
    return ok(undefined, 204);
  },
  "GET /repos/{owner}/{repo}/pulls": (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "pull_requests", "read");
    const query = call.url.searchParams;
    const state = query.get("state") ?? "open";
    const head = query.get("head");
    const base = query.get("base");
    const sorted = [...repository.pulls.values()].filter((pull) => {
      if (state !== "all" && (pull.state === "OPEN") !== (state === "open")) return false;
      if (head !== null && head !== `${pull.headRepository.owner.login}:${pull.headRef}`) return false;
      return base === null || base === pull.baseRef;
    });
    const ordered = (query.get("direction") ?? "desc") === "asc" ? sorted : sorted.reverse();
    return ok(page(call, ordered).map((pull) => pullSimpleShape(call.world, pull)));
  },
  "POST /repos/{owner}/{repo}/pulls": async (call) => {
    const pull = await createPull(call.world, call.caller, repositoryAt(call), {
      title: text(call.body.title) ?? "",
      body: text(call.body.body) ?? "",
      baseRef: text(call.body.base) ?? "",
      headRef: text(call.body.head) ?? "",
      draft: call.body.draft === true,
    });
    return ok(await pullFullShape(call.world, pull), 201);
  },
  "GET /repos/{owner}/{repo}/pulls/{pull_number}": async (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "pull_requests", "read");
    return ok(await pullFullShape(call.world, pullAt(call, repository)));
  },
  "PATCH /repos/{owner}/{repo}/pulls/{pull_number}": async (call) => {
    const pull = pullAt(call, repositoryAt(call));
    const state = call.body.state === "closed" ? "CLOSED" : call.body.state === "open" ? "OPEN" : undefined;
    await updatePull(call.world, call.caller, pull, {
      title: text(call.body.title),
      body: text(call.body.body),
      baseRef: text(call.body.base),
      state,
    });
    return ok(await pullFullShape(call.world, pull));
  },
  "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge": async (call) => {
    const pull = pullAt(call, repositoryAt(call));
    const method =
      call.body.merge_method === "squash" ? "SQUASH" : call.body.merge_method === "rebase" ? "REBASE" : "MERGE";
    try {
      const sha = await mergePull(call.world, call.caller, pull, {
        expectedHead: text(call.body.sha),
        headline: text(call.body.commit_title),
        body: text(call.body.commit_message),
        method,
      });
      return ok({ sha, merged: true, message: "Pull Request successfully merged" });
    } catch (error) {
      if (error instanceof Refusal && error.message === "Pull Request is not mergeable")
        return ok(
          {
            message: error.message,
            documentation_url: "https://docs.github.com/rest/pulls/pulls#merge-a-pull-request",
          },
          405,
        );
      throw error;
    }
  },
  "GET /repos/{owner}/{repo}/issues/{issue_number}/comments": (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "pull_requests", "read");
    const pull = pullAt(call, repository);
    return ok(page(call, pull.comments).map((comment) => commentShape(call.world, pull, comment)));
  },
  "POST /repos/{owner}/{repo}/issues/{issue_number}/comments": (call) => {
    const pull = pullAt(call, repositoryAt(call));
    return ok(
      commentShape(call.world, pull, addComment(call.world, call.caller, pull, text(call.body.body) ?? "")),
      201,
    );
  },
  "POST /repos/{owner}/{repo}/issues/{issue_number}/labels": (call) => {
    const repository = repositoryAt(call);
    const pull = pullAt(call, repository);
    const names = Array.isArray(call.body.labels) ? call.body.labels.filter((name) => typeof name === "string") : [];
    demand(call.world, call.caller, repository, "pull_requests", "write");
    addLabels(
      call.world,
      call.caller,
      pull,
      names.map((name) => ensureLabel(call.world, repository, name)),
    );
    return ok(pull.labels.map((label) => labelShape(call.world, repository, label)));
  },
};
