import { join } from "node:path";
import { BOT } from "../../src/git/bot.ts";
import { raos } from "../support/cli/raos.ts";
import { copyBare, git, payloadOf } from "./fleet.ts";
import type { ClaimedAuthor, Target, VisiblePull } from "./target.ts";

const PULLS = "refs/raos/pulls/";

/** A copy of a bare repository on disk, with the local forge. Everything a person does is Git by hand. */
export function localTarget(bare: string, folder: string, alerts: readonly object[]): Target {
  const here = join(folder, "local.git");
  copyBare(bare, here);
  const resolve: Target["resolve"] = async (revision) => {
    try {
      return git(here, ["rev-parse", "--verify", "--quiet", "--end-of-options", revision]);
    } catch {
      return undefined;
    }
  };
  const pulls = (): readonly VisiblePull[] =>
    git(here, ["for-each-ref", "--format=%(refname)", PULLS])
      .split("\n")
      .filter((ref) => ref.endsWith("/meta"))
      .map((ref) => ({ number: Number(ref.split("/").at(-2)), ...fileAt(here, ref) }))
      .filter(({ state }) => state === "open");
  return {
    resolve,
    pulls: async () => pulls(),
    async pass() {
      const argv = ["reconcile", "--repo", here, "--alerts", "-", "--output", "json"];
      const ran = await raos(folder, argv, {}, Date.now, payloadOf(alerts));
      return ran.out === "" ? [] : JSON.parse(ran.out);
    },
    async commit(branch, files, { as, from }) {
      const parent = (await resolve(`refs/heads/${branch}`)) ?? from;
      const made = commitOf(here, parent, files, as, "A commit");
      git(here, ["update-ref", `refs/heads/${branch}`, made]);
      return made;
    },
    async setBranch(branch, to) {
      git(
        here,
        to === undefined ? ["update-ref", "-d", `refs/heads/${branch}`] : ["update-ref", `refs/heads/${branch}`, to],
      );
    },
    async open({ title, body, branch, base }) {
      const numbers = git(here, ["for-each-ref", "--format=%(refname)", PULLS]).match(/\d+(?=\/meta)/g) ?? [];
      const number = Math.max(0, ...numbers.map(Number)) + 1;
      const file = {
        version: 1,
        title,
        body,
        branch,
        base,
        baseSha: await resolve(`refs/heads/${base}`),
        state: "open",
      };
      const rest = { labels: [], reviewers: [], createdAt: Date.now() - 600_000, handsOff: false, comments: 0 };
      const meta = commitOf(
        here,
        undefined,
        { "pull.json": `${JSON.stringify({ ...file, ...rest })}\n` },
        "bot",
        `Opened: ${title}`,
      );
      git(here, ["update-ref", `${PULLS}${number}/head`, (await resolve(`refs/heads/${branch}`)) ?? ""]);
      git(here, ["update-ref", `${PULLS}${number}/meta`, meta]);
    },
    async edit(number, change) {
      const ref = `${PULLS}${number}/meta`;
      const text = `${JSON.stringify({ ...fileAt(here, ref), ...change })}\n`;
      git(here, [
        "update-ref",
        ref,
        commitOf(here, git(here, ["rev-parse", ref]), { "pull.json": text }, "bot", "Updated"),
      ]);
    },
  };
}

type PullJson = Omit<VisiblePull, "number"> & { readonly state: string };

function fileAt(bare: string, ref: string): PullJson {
  return JSON.parse(git(bare, ["cat-file", "blob", `${ref}:pull.json`]));
}

/** Writes a commit with whose name it says; no ref moves. */
function commitOf(
  bare: string,
  parent: string | undefined,
  files: Readonly<Record<string, string | undefined>>,
  as: ClaimedAuthor,
  message: string,
): string {
  const { name, email } = as === "bot" ? BOT : { name: "Robin", email: "robin@example.com" };
  const stream = [
    "reset refs/heads/made-by-hand",
    ...(parent === undefined ? [] : [`from ${parent}`]),
    "",
    "commit refs/heads/made-by-hand",
    `author ${name} <${email}> ${Math.floor(Date.now() / 1000)} +0000`,
    `committer ${name} <${email}> ${Math.floor(Date.now() / 1000)} +0000`,
    `data ${Buffer.byteLength(message) + 1}\n${message}\n`,
    ...Object.entries(files).map(([path, text]) =>
      text === undefined ? `D ${path}` : `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}`,
    ),
    "",
  ];
  git(bare, ["fast-import", "--quiet", "--force"], stream.join("\n"));
  const made = git(bare, ["rev-parse", "refs/heads/made-by-hand"]);
  git(bare, ["update-ref", "-d", "refs/heads/made-by-hand"]);
  return made;
}
