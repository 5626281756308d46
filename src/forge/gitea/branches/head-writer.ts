import { ForgeError, type HeadWriter } from "../../forge.ts";
import { withForgeErrors } from "../../with-forge-errors.ts";
import { type GiteaContext, readRepositoryFacts } from "../context.ts";
import { readBranchHead } from "../pulls/on-branch.ts";
import { pushBranch, writeOwnCommit } from "./push-commit.ts";

/** Writes to people's pull requests on a Gitea: a push that moves the branch only from the head that was looked at. */
export function createGiteaHeadWriter(context: GiteaContext): HeadWriter {
  return {
    async commit({ pull, branch, head }, files, message) {
      if (branch === undefined) throw inFork(pull);
      await fetchHead(context, head, pull);
      const drafts = files.map(({ path, text }) => ({ path, text }));
      const { sha } = await writeOwnCommit(context, { parent: head, files: drafts, message });
      await pushBranch(context, branch, { old: head, to: sha });
    },
    async catchUp({ pull, branch, head }) {
      if (branch === undefined) throw inFork(pull);
      const { default_branch: name } = await readRepositoryFacts(context);
      const base = await readBranchHead(context, name);
      if (base === undefined) throw new ForgeError("stale", `the branch ${name} is gone`);
      await fetchHead(context, head, pull);
      await context.fetch(base);
      const sha = await withForgeErrors(async () => {
        const merge = await context.repository.mergeTree(head, base);
        if (merge.kind === "conflict") throw new ForgeError("invalid", `${branch} and ${name} conflict`);
        const message = `Merge branch '${name}' into ${branch}\n`;
        const draft = { parents: [head, base], tree: merge.tree, files: [], message, at: Date.now() };
        const [commit = ""] = await context.repository.writeCommits([draft]);
        return commit;
      });
      await pushBranch(context, branch, { old: head, to: sha });
    },
  };
}

/** Throws ForgeError "stale" where the branch has moved, so that the head is nowhere any more. */
async function fetchHead(context: GiteaContext, head: string, pull: number | undefined): Promise<void> {
  if (!(await context.fetch(head, pull))) throw new ForgeError("stale", `the branch of #${pull ?? 0} has moved`);
}

function inFork(pull: number | undefined): ForgeError {
  return new ForgeError("forbidden", `commit to #${pull ?? 0}: the branch is in a fork`);
}
