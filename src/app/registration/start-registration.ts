import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { appManifest } from "../../domain/github/app-manifest.ts";
import { WANTED_PERMISSIONS } from "../../domain/github/app-permissions.ts";
import type { RegisteredApp } from "../../forge/github/app/convert-manifest.ts";
import { OutsideError } from "../shell.ts";
import { formPage, type Page, resultPage } from "./page.ts";

export interface RegistrationOptions {
  /** Scheme, host and port of the GitHub. */
  readonly server: string;
  /** The organisation that will own the App; undefined: the person. */
  readonly org: string | undefined;
  readonly name: string;
  /** Base of the webhook's address; undefined: no webhook yet. */
  readonly url: string | undefined;
  /** Exchanges the code and keeps the credentials. It is called once. */
  readonly complete: (code: string) => Promise<RegisteredApp>;
}

/** A registration that waits for its owner. */
export interface Registration {
  /** What to open in a browser, on this machine. */
  readonly address: string;
  /** The App, once it is registered and its credentials are kept. Rejects as `complete` does. */
  readonly registered: Promise<RegisteredApp>;
  stop(): Promise<void>;
}

/** A code of GitHub's. */
const CODE = /^[A-Za-z0-9_-]{1,200}$/;
/** Characters of a request's path that are read. */
const LONGEST_PATH = 2048;

/**
 * Serves the one page of GitHub's manifest flow on loopback: the form that goes to GitHub, and the address that GitHub sends the
 * browser back to. The form's address and the state are random, so that neither another page nor another user of the machine
 * can have their own App kept as ours. Throws OutsideError where it cannot listen.
 */
export async function startRegistration(options: RegistrationOptions): Promise<Registration> {
  const [secretPath, state] = [randomText(), randomText()];
  const outcome = Promise.withResolvers<RegisteredApp>();
  // Whoever stops waiting does not hear of it any more.
  outcome.promise.catch(() => {});
  const server = createServer({ maxHeaderSize: 8192, requestTimeout: 10_000, headersTimeout: 5000 });
  server.maxConnections = 32;
  const origin = await listenOnPort(server);
  const form = formOf(options, origin, state);
  const callback = createCallback(state, options.complete, outcome);
  server.on("request", (request, response) => {
    const url = urlOf(request, origin);
    if (url === undefined) return send(response, 421, MISDIRECTED);
    if (request.method !== "GET") return send(response, 405, NOT_HERE);
    if (url.pathname === `/${secretPath}`) return send(response, 200, form);
    if (url.pathname !== "/callback") return send(response, 404, NOT_HERE);
    return callback(url.searchParams, response);
  });
  return {
    address: `${origin}/${secretPath}`,
    registered: outcome.promise,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 500).unref();
      }),
  };
}

const MISDIRECTED = resultPage("Not here", "This page is only for the address that raos app create printed.");
const NOT_HERE = resultPage("Not here", "Open the address that raos app create printed.");
const FOREIGN = resultPage(
  "Not this registration",
  "This answer does not belong to the registration that waits here, so it was ignored. Open the address that raos app create printed and start there.",
);
const USED = resultPage("Used already", "GitHub's answer was taken before. What came of it is in the terminal.");

function formOf({ server, org, name, url }: RegistrationOptions, origin: string, state: string): Page {
  const path = org === undefined ? "/settings/apps/new" : `/organizations/${encodeURIComponent(org)}/settings/apps/new`;
  const homepage = org === undefined ? server : `${server}/${encodeURIComponent(org)}`;
  return formPage({
    action: `${server}${path}?state=${state}`,
    manifest: appManifest({ name, homepage, url, redirectUrl: `${origin}/callback` }),
    permissions: WANTED_PERMISSIONS.map(({ label, level }) => `${label}: ${level}`),
    name,
    owner: org ?? "your own account",
  });
}

/** Answers GitHub's redirect: takes one code, with the right state, once. */
function createCallback(
  state: string,
  complete: RegistrationOptions["complete"],
  outcome: PromiseWithResolvers<RegisteredApp>,
): (query: URLSearchParams, response: ServerResponse) => void {
  let isUsed = false;
  return (query, response) => {
    const [codes, states] = [query.getAll("code"), query.getAll("state")];
    const code = codes.length === 1 ? codes[0] : undefined;
    const isOurs = states.length === 1 && areEqual(states[0] ?? "", state);
    if (!isOurs || code === undefined || !CODE.test(code)) return send(response, 400, FOREIGN);
    if (isUsed) return send(response, 409, USED);
    isUsed = true;
    complete(code).then(
      (app) => {
        const link = { href: `${app.page}/installations/new`, text: `Install ${app.name} on repositories` };
        const page = resultPage(
          "Registered",
          "The credentials are kept where the terminal says. Now install the App.",
          link,
        );
        send(response, 200, page, () => outcome.resolve(app));
      },
      (error: unknown) => {
        send(response, 502, resultPage("Not registered", "The terminal says why."), () => outcome.reject(error));
      },
    );
  };
}

/** The request's address; undefined where it names another host: a page elsewhere whose name leads to loopback now. */
function urlOf({ headers, url = "/" }: IncomingMessage, origin: string): URL | undefined {
  if (headers.host !== new URL(origin).host || url.length > LONGEST_PATH || !url.startsWith("/")) return undefined;
  const full = `${origin}${url}`;
  return URL.canParse(full) ? new URL(full) : undefined;
}

function send(response: ServerResponse, status: number, { html, headers }: Page, sent?: () => void): void {
  // The browser may be gone before the answer is: what came of the registration counts all the same.
  if (sent !== undefined && response.destroyed) sent();
  else if (sent !== undefined) response.once("close", sent);
  response.writeHead(status, headers).end(html);
}

/** Whether two texts are equal, in a time that does not depend on how much of them is. */
function areEqual(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function randomText(): string {
  return randomBytes(32).toString("base64url");
}

/** Listens on a free port of loopback; the origin. */
async function listenOnPort(server: Server): Promise<string> {
  await new Promise<void>((done, fail) => server.once("error", fail).listen(0, "127.0.0.1", done)).catch(
    (error: unknown) => {
      throw new OutsideError(`cannot listen on 127.0.0.1: ${error instanceof Error ? error.message : String(error)}`);
    },
  );
  const address = server.address();
  if (address === null || typeof address === "string") throw new OutsideError("cannot listen on 127.0.0.1");
  return `http://127.0.0.1:${address.port}`;
}
