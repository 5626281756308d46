import type { FoundWorkload } from "./judge-workload.ts";

/** Why pods of a workload do not start, to be added to a sentence; "" where nothing is known. */
export function waitingWords(workload: FoundWorkload): string {
  const words = workload.kind === "listed" ? workload.items?.trouble?.text : undefined;
  return words === undefined || words === "" ? "" : ` (${words})`;
}
