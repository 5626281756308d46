import type { IncidentDetails } from "../../domain/alert/incident.ts";
import type { Fleet } from "../../domain/fleet.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import type { RequestedChange } from "../../domain/request/agent-request.ts";
import type { ImageUpgrade } from "../../domain/upgrade/image-upgrade.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Work } from "../../domain/work.ts";
import { type CautionContext, cautionsOf } from "../caution/cautions.ts";
import { filesToShow } from "../caution/chart-copies.ts";
import { requestSection } from "../request/request-section.ts";
import { sendersNote } from "../senders.ts";
import type { DescribedChanges } from "../table/rows.ts";
import { tableSection } from "../table/table-section.ts";
import { upgradeTable } from "../table/upgrade-table.ts";
import { changedObjectsOf, type ObjectChange, type RenderedDiff } from "./changed-objects.ts";
import { environmentSection } from "./environment-section.ts";
import { evidenceSection } from "./evidence-section.ts";
import { diffsOf, filesSection } from "./files-section.ts";
import { guardrailSection } from "./guardrail-section.ts";
import { incidentSentence, verifySentence } from "./incident-sentence.ts";
import { nextSection } from "./next-section.ts";
import { objectsSection } from "./objects-section.ts";
import { queriesSection } from "./queries-section.ts";
import type { BodySection } from "./section.ts";
import { reasonsOf, refusalOf, summaryOf } from "./summary.ts";

/** GitHub's limit of a body, in characters. RAOS counts UTF-16 code units: a text never has fewer of them than characters. */
export const LONGEST_BODY = 65_536;

export interface ProposalContext extends CautionContext {
  readonly config: Config;
  /** What Helm renders before and after, where the caller could run it; else it is derived from the values. */
  readonly rendered?: RenderedDiff;
  /** What an alert's change is about: the incident, the evidence, the dropped edits. Undefined for other causes. */
  readonly incident: IncidentDetails | undefined;
  /** The newer images of a change that a registry asks for; left out: none. */
  readonly upgrades?: readonly ImageUpgrade[];
  /** What somebody asked for; left out: another cause asks. */
  readonly requested?: RequestedChange | undefined;
  /** Relations of agents as the change leaves them; left out: nobody knows which agent asked for which. */
  readonly facts?: Fleet["facts"];
  /** Whether the text is shown in a check of another pull request: then nothing says what to do with this one. */
  readonly isPreview?: boolean;
}

/**
 * The body as a reviewer reads it, in at most `room` characters: what changes and why, what the guardrails say, the important
 * values old → new, which objects change, what to do next, the diff. Where not everything fits, the least important parts are
 * shortened first: files of the diff, then objects, then rows of the table, then the guardrails' messages. Throws RangeError
 * where even the shortest form does not fit (a bug).
 */
export function* bodyOf(
  changes: DescribedChanges,
  verdict: Verdict,
  context: ProposalContext,
  room: number,
): Work<string> {
  const objects = context.rendered?.objects ?? (yield* objectsOfAll(changes));
  const { incident } = context;
  const summary =
    incident === undefined
      ? summaryOf(changes, verdict)
      : `${refusalOf(verdict)}${incidentSentence(incident)}${reasonsOf(changes)}`;
  const upgraded = upgradeTable(context.upgrades ?? []);
  const asked = context.requested === undefined ? "" : askedSection(context.requested, context);
  const cautions = cautionsOf(changes, context);
  const ended = environmentSection(changes, context.config);
  const next = context.isPreview === true ? "" : nextSection(changes, context.config);
  const shownFiles = filesToShow(changes.files);
  const diffs = yield* diffsOf(shownFiles);
  const copied = changes.files.length - shownFiles.length;
  const table = yield* tableSection(changes);
  const [guardrails, changed] = [guardrailSection(verdict, changes.request?.agent), objectsSection(objects)];
  const evidence = incident === undefined ? NOTHING : evidenceSection(incident);
  const queries = incident === undefined ? NOTHING : queriesSection(incident);
  const verify = incident === undefined ? "" : verifySentence(incident);
  const isReported = incident !== undefined && incident.incident.occasion === undefined;
  const senders = isReported ? sendersNote(incident.incident.alerts) : "";
  const shown = { guardrails: 0, table: 0, changed: 0, evidence: 0, queries: 0 };
  for (const [part, section] of [
    ["changed", changed],
    ["queries", queries],
    ["evidence", evidence],
    ["table", table],
    ["guardrails", guardrails],
  ] as const) {
    for (let length = 0; length < section.length; length += 1) {
      yield;
      shown[part] = length;
      const parts = [
        summary,
        asked,
        upgraded,
        cautions,
        ended,
        textOf(guardrails, shown.guardrails),
        textOf(table, shown.table),
        textOf(evidence, shown.evidence),
        verify,
        textOf(queries, shown.queries),
        textOf(changed, shown.changed),
        next,
        senders,
      ];
      const text = joinParts(parts);
      if (text.length <= room) return joinParts([text, filesSection(diffs, copied, room - text.length - 2)]);
    }
  }
  throw new RangeError(`a body's shortest form does not fit into ${room} characters`);
}

function askedSection({ request }: RequestedChange, { facts }: ProposalContext): string {
  return requestSection(request, facts?.get(request.agent)?.lineage?.lineage);
}

const NOTHING: BodySection = [() => ""];

/** Cached texts: each length of a section is tried together with many lengths of the other sections. */
const MADE = new WeakMap<() => string, string>();

function textOf(section: BodySection, length: number): string | undefined {
  const make = section[length];
  if (make === undefined) return undefined;
  const text = MADE.get(make) ?? make();
  MADE.set(make, text);
  return text;
}

function* objectsOfAll({ changes }: DescribedChanges): Work<readonly ObjectChange[]> {
  const objects: ObjectChange[] = [];
  for (const change of changes) {
    objects.push(...changedObjectsOf(change));
    yield;
  }
  return objects;
}

function joinParts(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== "").join("\n\n");
}
