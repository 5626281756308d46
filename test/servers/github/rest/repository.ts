import { NO_OID } from "../git/git-store.ts";
import { createRef, updateRefs } from "../git/refs.ts";
import { allows, demand, levelOf } from "../model/access.ts";
import type { Level } from "../model/model.ts";
import { Refusal } from "../model/refusal.ts";
import { listedRef } from "../model/replica.ts";
import { ok, paged, type Route, repositoryAt, text } from "./call.ts";
import { fullRepositoryShape, refShape, userShape } from "./shapes.ts";

/** Routes about a repository and its refs, by the operation's name in GitHub's description. */
export const repositoryRoutes: Readonly<Record<string, Route>> = {
  "GET /repos/{owner}/{repo}": (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "metadata", "read");
    const { caller } = call;
    const has = (level: Level) => allows(caller, repository, "contents", level);
    const permissions = { admin: has("admin"), push: has("write"), pull: has("read") };
    return ok({
      ...fullRepositoryShape(call.world, repository),
      ...(caller.kind === "user" ? { permissions } : {}),
    });
  },
  "GET /repos/{owner}/{repo}/rules/branches/{branch}": (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "metadata", "read");
    const rules = [...repository.branchRules].filter(([start]) => (call.at.branch ?? "").startsWith(start));
    return paged(
      call,
      rules.flatMap(([, list]) => list),
      (page) => page,
    );
  },
  "GET /repos/{owner}/{repo}/collaborators/{username}/permission": (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "metadata", "read");
    const user = call.world.accounts.get((call.at.username ?? "").toLowerCase());
    if (user === undefined) throw new Refusal("NOT_FOUND", "Not Found");
    const held = levelOf(user, repository) ?? (repository.isPrivate ? "none" : "read");
    return ok({ permission: held, role_name: held, user: { ...userShape(call.world, user), role_name: held } });
  },
  "GET /repos/{owner}/{repo}/contents/{path}": async (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "contents", "read");
    const path = call.at.path ?? "";
    const at = `refs/heads/${repository.defaultBranch}:${path}`;
    const sha = await repository.git.resolve(at).catch(() => undefined);
    if (sha === undefined) throw new Refusal("NOT_FOUND", "Not Found");
    const text = await repository.git.git("cat-file", "blob", sha);
    const root = `${call.world.url}/repos/${repository.owner.login}/${repository.name}`;
    const url = `${root}/contents/${path}`;
    return ok({
      ...{ type: "file", encoding: "base64", size: text.length, name: path, path, sha, url },
      content: Buffer.from(text).toString("base64"),
      ...{ git_url: `${root}/git/blobs/${sha}`, html_url: url, download_url: url },
      _links: { git: `${root}/git/blobs/${sha}`, self: url, html: url },
    });
  },
  "GET /repos/{owner}/{repo}/git/ref/{ref}": async (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "contents", "read");
    const ref = `refs/${call.at.ref}`;
    const sha = listedRef(call.world, repository, call.view, ref, await repository.git.resolve(ref));
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
    const found = lines.filter((line) => line !== "");
    return paged(call, found, (page) =>
      page.map((line) => refShape(call.world, repository, line.slice(41), line.slice(0, 40))),
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
};
