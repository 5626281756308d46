import type { IncomingMessage, ServerResponse } from "node:http";
import type { Account, World } from "../model/model.ts";
import { readManifest, register } from "./registration.ts";

const PAGE = /^(?:\/organizations\/([^/]+))?\/settings\/apps(\/new)?$/;

/** Whether this is a page of GitHub's on which Apps are registered. */
export function isRegistrationPage(path: string): boolean {
  return PAGE.test(path);
}

/**
 * The two pages of the manifest flow, for a browser in which an owner is signed in: `…/new` takes the manifest, shows the name and
 * lets it be changed; the other registers the App and sends the browser back with a code.
 */
export function answerRegistration(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  body: string,
): unknown {
  const [, org, isNew] = PAGE.exec(url.pathname) ?? [];
  const owner = ownerOf(world, org);
  const form = new URLSearchParams(body);
  const state = (isNew === undefined ? form.get("state") : url.searchParams.get("state")) ?? "";
  if (owner === undefined)
    return show(response, 404, "<h1>404</h1><p>This is not the web page you are looking for.</p>");
  if (request.method !== "POST") return show(response, 200, "<h1>Register new GitHub App</h1>");
  const text = form.get("manifest") ?? "";
  const read = readManifest(world, text);
  if (read.kind === "wrong") {
    const reasons = read.reasons.map((one) => `<li>${escaped(one)}</li>`).join("");
    return show(response, 422, `<h1>Invalid GitHub App configuration</h1><ul>${reasons}</ul>`);
  }
  const { manifest } = read;
  const to = url.pathname.replace(/\/new$/, "");
  if (isNew !== undefined)
    return show(
      response,
      200,
      `<h1>Create GitHub App for ${escaped(owner.login)}</h1><form method="post" action="${escaped(to)}">
<input name="name" maxlength="34" value="${escaped(manifest.name)}"><input type="hidden" name="state" value="${escaped(state)}">
<input type="hidden" name="manifest" value="${escaped(text)}"><button type="submit">Create GitHub App for ${escaped(owner.login)}</button></form>`,
    );
  const back = new URL(manifest.redirect_url);
  back.searchParams.set("code", register(world, owner, manifest, form.get("name") ?? manifest.name));
  if (state !== "") back.searchParams.set("state", state);
  return response.writeHead(302, { location: back.href }).end();
}

function ownerOf(world: World, org: string | undefined): Account | undefined {
  if (org === undefined) return [...world.accounts.values()].find(({ type }) => type === "User");
  const found = world.accounts.get(decodeURIComponent(org).toLowerCase());
  return found?.type === "Organization" ? found : undefined;
}

function show(response: ServerResponse, status: number, html: string): unknown {
  // As GitHub's own pages: a form of theirs may lead to themselves alone, and its redirect is theirs to make.
  return response
    .writeHead(status, { "content-type": "text/html; charset=utf-8" })
    .end(`<!doctype html><meta charset="utf-8">${html}`);
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
