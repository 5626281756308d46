import type { Verdict } from "../domain/change.ts";
import type { IncidentStory } from "../domain/incident.ts";
import type { Config, Tenant } from "../domain/kinds.ts";
import type { Work } from "../domain/work.ts";
import { diffsOf, filesSection } from "./files-section.ts";
import { guardrailSection } from "./guardrail-section.ts";
import { leadOf, reasons, refusedOf } from "./lead.ts";
import { nextSection } from "./next-section.ts";
import { type ObjectChange, objectsOf, type RenderedDiff } from "./objects.ts";
import { objectsSection } from "./objects-section.ts";
import type { ToldChanges } from "./rows.ts";
import { sendersNote } from "./senders.ts";
import { evidenceSection, happened, lookedSection, verifySentence } from "./story.ts";
import { tableSection } from "./table-section.ts";

/** GitHub's limit of a body, in characters; counted here in UTF-16 code units, of which a text has no fewer. */
export const BODY_LIMIT = 65_536;

export interface ProposalContext {
  readonly config: Config;
  readonly tenants: ReadonlyMap<string, Tenant>;
  /** What Helm renders before and after, where the shell could ask it; left out: derived from the values. */
  readonly rendered?: RenderedDiff;
  /** What an alert's change is about: what happened, what was seen, what was dropped. */
  readonly story?: IncidentStory;
}

/** A part of the body at several lengths, longest first, each made when it is asked for; the last is short, or empty. */
export type Section = readonly (() => string)[];

/**
 * The body as a reviewer reads it, at most `room` characters: what and why, what the guardrails say, what matters old →
 * new, which objects change, what to do next, the diff. Where all of it does not fit, what is of least use to a decision
 * goes first: files of the diff, then objects, then rows of the table, then the guardrails' own words.
 */
export function* bodyOf(changes: ToldChanges, verdict: Verdict, context: ProposalContext, room: number): Work<string> {
  const objects = context.rendered?.objects ?? (yield* objectsOfAll(changes));
  const { story } = context;
  const lead =
    story === undefined ? leadOf(changes, verdict) : `${refusedOf(verdict)}${happened(story)}${reasons(changes)}`;
  const next = nextSection(changes, context.config);
  const diffs = yield* diffsOf(changes.files);
  const table = yield* tableSection(changes);
  const [guardrails, changed] = [guardrailSection(verdict), objectsSection(objects)];
  const evidence = story === undefined ? NOTHING : evidenceSection(story);
  const looked = story === undefined ? NOTHING : lookedSection(story);
  const verify = story === undefined ? "" : verifySentence(story);
  const senders = story === undefined ? "" : sendersNote(story.incident.alerts);
  const shown = { guardrails: 0, table: 0, changed: 0, evidence: 0, looked: 0 };
  for (const [part, section] of [
    ["changed", changed],
    ["looked", looked],
    ["evidence", evidence],
    ["table", table],
    ["guardrails", guardrails],
  ] as const) {
    for (let length = 0; length < section.length; length += 1) {
      yield;
      shown[part] = length;
      const parts = [
        lead,
        made(guardrails, shown.guardrails),
        made(table, shown.table),
        made(evidence, shown.evidence),
        verify,
        made(looked, shown.looked),
        made(changed, shown.changed),
        next,
        senders,
      ];
      const text = joined(parts);
      if (text.length <= room) return joined([text, filesSection(diffs, room - text.length - 2)]);
    }
  }
  throw new RangeError(`a body's shortest form does not fit into ${room} characters`);
}

const NOTHING: Section = [() => ""];

/** Each length of each section is written once, however often it is tried with others. */
const WRITTEN = new WeakMap<() => string, string>();

function made(section: Section, length: number): string | undefined {
  const make = section[length];
  if (make === undefined) return undefined;
  const text = WRITTEN.get(make) ?? make();
  WRITTEN.set(make, text);
  return text;
}

function* objectsOfAll({ changes }: ToldChanges): Work<readonly ObjectChange[]> {
  const objects: ObjectChange[] = [];
  for (const change of changes) {
    objects.push(...objectsOf(change));
    yield;
  }
  return objects;
}

function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== "").join("\n\n");
}
