import { type CommitReading, readDefaultBranch } from "../../pass/read-commit.ts";
import type { World } from "../../pass/world.ts";
import { refuseCall } from "../tool.ts";
import { rememberFor } from "./remember.ts";

/** The default branch as it was read in the last seconds. */
export type ReadRepository = Extract<CommitReading, { readonly kind: "read" }>;

/** Milliseconds for which the head of the default branch is not asked for again. */
const FRESH = 3000;

const recently = rememberFor<CommitReading>(FRESH);

/** Reads the default branch; a refusal where nothing can be read from it. Throws GitError or ForgeError. */
export async function readRepository(world: World): Promise<ReadRepository | ReturnType<typeof refuseCall>> {
  const read = await recently.read(world, "head", () => readDefaultBranch(world));
  switch (read.kind) {
    case "read":
      return read;
    case "empty":
      return refuseCall("repository-empty", "the default branch has no commit");
    case "archived":
      return refuseCall("repository-archived", "the repository is archived");
    case "unreadable":
      return refuseCall("repository-unreadable", "raos.yaml on the default branch has Problems; run raos validate");
    default:
      return read satisfies never;
  }
}
