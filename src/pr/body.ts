import type { ChangeSet, Verdict } from "../domain/change.ts";
import type { Config, Tenant } from "../domain/kinds.ts";
import { filesSection } from "./files-section.ts";
import { guardrailSection } from "./guardrail-section.ts";
import { leadOf } from "./lead.ts";
import { nextSection } from "./next-section.ts";
import { objectsOf, type RenderedDiff } from "./objects.ts";
import { objectsSection } from "./objects-section.ts";
import { tableSection } from "./table-section.ts";

/** GitHub's limit of a body, in characters; counted here in UTF-16 code units, of which a text has no fewer. */
export const BODY_LIMIT = 65_536;

export interface ProposalContext {
  readonly config: Config;
  readonly tenants: ReadonlyMap<string, Tenant>;
  /** What Helm renders before and after, where the shell could ask it; left out: derived from the values. */
  readonly rendered?: RenderedDiff;
}

/**
 * The body as a reviewer reads it, at most `room` characters: what and why, what matters old → new, what the guardrails
 * say, which objects change, what to do next, the diff. Where all of it does not fit, what is of least use to a decision
 * is shortened first: the diff, then the objects, then the table, then the guardrails.
 */
export function bodyOf(changes: ChangeSet, verdict: Verdict, context: ProposalContext, room: number): string {
  const objects = context.rendered?.objects ?? changes.changes.flatMap(objectsOf);
  const [lead, table, guardrails, changed, next, files] = [
    [leadOf(changes, verdict)],
    tableSection(changes),
    guardrailSection(verdict),
    objectsSection(objects),
    [nextSection(changes, context.config)],
    filesSection(changes.files),
  ];
  const sections = [lead, guardrails, table, changed, next, files];
  const lengths = new Map<readonly string[], number>();
  const text = () =>
    sections
      .map((section) => section[lengths.get(section) ?? 0] ?? "")
      .filter((part) => part !== "")
      .join("\n\n");
  for (const section of [files, changed, table, guardrails]) {
    for (let length = 0; length < section.length; length += 1) {
      lengths.set(section, length);
      const body = text();
      if (body.length <= room) return body;
    }
  }
  throw new RangeError(`a body's shortest form does not fit into ${room} characters`);
}
