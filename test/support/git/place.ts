import { type GitPlace, gitEnvironment } from "../../../src/git/git-place.ts";
import type { Workshop } from "./repository.ts";

/** A workshop's repository as the program addresses it. */
export function placeOf(workshop: Workshop, kind: "bare" | "working"): GitPlace {
  const env = gitEnvironment(process.env, "none", {});
  return kind === "bare"
    ? { gitDir: workshop.dir, workTree: undefined, bare: true, env }
    : { gitDir: `${workshop.dir}/.git`, workTree: workshop.dir, bare: false, env };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  return Array.fromAsync(items);
}
