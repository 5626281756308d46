import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname } from "node:path";
import { answerWithFault, drip } from "../faults/answer-with-fault.ts";
import { type Fault, takeFault } from "../faults/faults.ts";
import { actorOf, allows, canSee } from "../model/access.ts";
import { type Caller, findRepository, inTurn, type Repository, type World } from "../model/model.ts";
import { Refusal } from "../model/refusal.ts";
import { signIn, tokenIn } from "../model/sign-in.ts";
import type { TestGitHub } from "../server.ts";
import { gitEnvironment, NO_OID } from "./git-store.ts";
import { refMoved } from "./refs.ts";

const PATH = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

/** Whether this is Git's smart HTTP, and not the API. */
export function isGitRequest(path: string): boolean {
  return PATH.test(path);
}

/** Clone, fetch and push through `git http-backend`, with the token as Basic password, as GitHub has it. */
export async function serveGit(
  github: TestGitHub,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const { world } = github;
  const [, owner = "", name = "", service = ""] = PATH.exec(url.pathname) ?? [];
  const isPush = service === "git-receive-pack" || url.searchParams.get("service") === "git-receive-pack";
  const repository = findRepository(world, owner, name);
  const route = `GIT ${request.method} /${owner}/${name}/${service}${url.search}`;
  const fault = takeFault(github.faults, { channel: "git", route, body: "", isWrite: isPush }, github.random);
  if (fault?.kind === "expired-token") world.tokens.delete(tokenIn(request.headers.authorization));
  if (fault !== undefined && !fault.effect && fault.kind !== "not-found") {
    request.resume();
    return answerWithFault(response, fault, undefined);
  }
  const caller = callerOf(world, request);
  if (
    caller === undefined ||
    (caller.kind === "anonymous" && (isPush || repository === undefined || repository.isPrivate))
  ) {
    response
      .writeHead(401, { "www-authenticate": 'Basic realm="GitHub"', "content-type": "text/plain" })
      .end("Bad credentials\n");
    return;
  }
  if (
    repository === undefined ||
    fault?.kind === "not-found" ||
    !canSee(world, caller, repository) ||
    !allows(caller, repository, "contents", "read")
  ) {
    response.writeHead(404, { "content-type": "text/plain" }).end("Repository not found.\n");
    return;
  }
  if (isPush && !allows(caller, repository, "contents", "write")) {
    response.writeHead(403, { "content-type": "text/plain" }).end(`Permission to ${owner}/${name}.git denied.\n`);
    return;
  }
  if (service !== "git-receive-pack") return backend(repository, request, response, url, service, fault);
  await inTurn(repository, async () => {
    const before = await branches(repository);
    await backend(repository, request, response, url, service, fault, async () => {
      const after = await branches(repository);
      for (const ref of new Set([...before.keys(), ...after.keys()])) {
        await refMoved(world, repository, actorOf(caller), ref, before.get(ref) ?? NO_OID, after.get(ref) ?? NO_OID);
      }
    });
  });
}

function callerOf(world: World, request: IncomingMessage): Caller | undefined {
  try {
    return signIn(world, request.headers.authorization);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

async function branches(repository: Repository): Promise<Map<string, string>> {
  const lines = (
    await repository.git.git("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags")
  ).split("\n");
  return new Map(lines.filter((line) => line !== "").map((line) => [line.slice(41), line.slice(0, 40)]));
}

/** Runs `git http-backend` as CGI for one request. Where `settle` is given, it is done before anything is answered. */
function backend(
  repository: Repository,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  service: string,
  fault: Fault | undefined,
  settle?: () => Promise<void>,
): Promise<void> {
  const { dir } = repository.git;
  const env = {
    ...gitEnvironment(),
    GIT_PROJECT_ROOT: dirname(dir),
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: `/${dir.slice(dirname(dir).length + 1)}/${service}`,
    REQUEST_METHOD: request.method ?? "GET",
    QUERY_STRING: url.search.slice(1),
    CONTENT_TYPE: request.headers["content-type"] ?? "",
    HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
    REMOTE_USER: "pusher",
    REMOTE_ADDR: "127.0.0.1",
    ...(typeof request.headers["git-protocol"] === "string" ? { GIT_PROTOCOL: request.headers["git-protocol"] } : {}),
    ...(request.headers["content-length"] === undefined ? {} : { CONTENT_LENGTH: request.headers["content-length"] }),
  };
  return new Promise((resolve, reject) => {
    const child = spawn("git", ["http-backend"], { env, stdio: ["pipe", "pipe", "ignore"] });
    child.stdin.on("error", () => {});
    request.pipe(child.stdin);
    let head = Buffer.alloc(0);
    let started = false;
    // An answer that goes wrong is collected first, so that it can be cut in the middle; one to a push, so that who pushed
    // finds what follows from it.
    const kept: Buffer[] = [];
    const write = (chunk: Buffer): void => {
      if (fault === undefined && settle === undefined) response.write(chunk);
      else kept.push(chunk);
    };
    child.stdout.on("data", (chunk: Buffer) => {
      if (started) {
        write(chunk);
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      started = true;
      writeHead(response, head.toString("latin1", 0, end));
      write(head.subarray(end + 4));
    });
    const answer = () => {
      if (!started) response.writeHead(500);
      if (fault !== undefined) {
        spoil(response, fault, Buffer.concat(kept));
        resolve();
        return;
      }
      response.end(Buffer.concat(kept), () => resolve());
      if (response.destroyed) resolve();
    };
    child.on("close", () => void (settle?.() ?? Promise.resolve()).then(answer, reject));
  });
}

/** What a fault makes of Git's answer: half of it, all of it late, in small pieces, or nothing. */
function spoil(response: ServerResponse, fault: Fault, bytes: Buffer): void {
  switch (fault.kind) {
    case "truncate":
      response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
      return;
    case "drip":
      void drip(response, bytes, fault.milliseconds);
      return;
    case "slow":
      setTimeout(() => response.end(bytes), fault.milliseconds).unref();
      return;
    case "expired-token":
      response.end(bytes);
      return;
    default:
      response.destroy();
  }
}

function writeHead(response: ServerResponse, text: string): void {
  let status = 200;
  for (const line of text.split("\r\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === "status") status = Number(value.split(" ")[0]);
    else response.setHeader(name, value);
  }
  response.statusCode = status;
}
