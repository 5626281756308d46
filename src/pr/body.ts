import type { ChangeSet, Verdict } from "../domain/change.ts";
import type { Config, Tenant } from "../domain/kinds.ts";
import { leadOf } from "./lead.ts";
import type { RenderedDiff } from "./objects.ts";
import { filesSection, guardrailSection, nextSection, objectsSection, tableSection } from "./sections.ts";

/** GitHub's limit of a body, in characters. Counted here in UTF-16 code units, never fewer than code points. */
export const BODY_LIMIT = 65_536;

export interface BodyContext {
  readonly config: Config;
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly rendered?: RenderedDiff;
}

/** A part of the body at several lengths, longest first; the last may be "" where the part can be left out. */
export type Section = readonly string[];

/**
 * The body as a reviewer reads it, at most `room` characters: what and why, what matters old → new, what the guardrails
 * say, which objects change, the diff, what to do next. Where all of it does not fit, the parts of least use to a
 * decision are shortened first: the diff, then the objects, then the table, then the guardrails.
 */
export function bodyOf(changes: ChangeSet, verdict: Verdict, context: BodyContext, room: number): string {
  const sections: readonly { readonly giveUp: number; readonly texts: Section }[] = [
    { giveUp: 5, texts: leadOf(changes, verdict) },
    { giveUp: 3, texts: tableSection(changes) },
    { giveUp: 4, texts: guardrailSection(verdict) },
    { giveUp: 2, texts: objectsSection(context.rendered?.objects ?? []) },
    { giveUp: 1, texts: filesSection(changes.files) },
    { giveUp: 6, texts: nextSection(changes, context.config) },
  ];
  const lengths = sections.map(() => 0);
  const order = sections
    .map((section, index) => ({ index, giveUp: section.giveUp }))
    .sort((a, b) => a.giveUp - b.giveUp);
  const text = () =>
    sections
      .map((section, index) => section.texts[lengths[index] ?? 0] ?? "")
      .filter((part) => part !== "")
      .join("\n\n");
  for (const { index } of order) {
    const choices = sections[index]?.texts.length ?? 1;
    for (let length = 0; length < choices; length += 1) {
      lengths[index] = length;
      const body = text();
      if (body.length <= room) return body;
    }
  }
  throw new RangeError(`a body's shortest form does not fit into ${room} characters`);
}
