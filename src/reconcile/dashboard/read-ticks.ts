import type { Issue } from "../../domain/alert/incident.ts";
import { type Box, tickedBoxes } from "../../domain/review/dashboard-box.ts";
import type { Forge } from "../../forge/forge.ts";

/** The ticks of a dashboard: those that count, and why the others do not. */
export interface Ticks {
  readonly boxes: readonly Box[];
  readonly by: string | undefined;
  /** A sentence where nothing counts. */
  readonly refusal: string | undefined;
}

const NONE: Ticks = { boxes: [], by: undefined, refusal: undefined };

/**
 * Reads which boxes are ticked, and who did it: everybody who edited the issue since RAOS last wrote it has to be allowed to push,
 * as the forge says now. Where the forge does not say who edited, nothing counts. Throws ForgeError.
 */
export async function readTicks({ conversation }: Forge, issue: Issue): Promise<Ticks> {
  const boxes = tickedBoxes(issue.body);
  if (boxes.length === 0) return NONE;
  const editors = await conversation?.editorsOf(issue.number);
  const [last] = editors ?? [];
  if (conversation === undefined || editors === undefined || last === undefined)
    return { boxes, by: undefined, refusal: "This forge does not say who ticked it; ask in a comment instead." };
  for (const editor of new Set(editors)) {
    const standing = await conversation.standingOf(editor);
    if (standing !== "may-push") return { boxes, by: editor, refusal: `${editor} may not push to this repository.` };
  }
  return { boxes, by: last, refusal: undefined };
}
