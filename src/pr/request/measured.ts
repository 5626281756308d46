import type { Evidence } from "../../domain/alert/evidence.ts";
import { unitOfQuery } from "../../domain/query/unit-of-query.ts";
import type { MeasuredValue } from "../../domain/request/agent-request.ts";
import { rangeOf } from "../body/chart.ts";
import { counted, shortened } from "../markdown.ts";

/** Characters of a query and of what it said that a marker keeps. */
const LONGEST = 300;
const MOST_SHOWN = 3;

/** What redacted evidence said, in a sentence each: the reader of a pull request compares it with the reasons that were given. */
export function measuredValues(evidence: readonly Evidence[]): readonly MeasuredValue[] {
  return evidence.map((one) => ({ id: one.id, query: cut(one.query), says: cut(sentenceOf(one)) }));
}

function sentenceOf(one: Evidence): string {
  switch (one.kind) {
    case "series":
      return rangeOf(one.stats, unitOfQuery(one.query) ?? one.unit);
    case "logs": {
      const [first] = one.templates;
      const often = first === undefined ? "" : `; such as: ${first.example}`;
      return `${counted(one.lines, "line")}${often}`;
    }
    case "objects":
      return one.lines.slice(0, MOST_SHOWN).join("; ");
    case "history":
      return one.commits
        .slice(0, MOST_SHOWN)
        .map(({ sha, subject }) => `${sha.slice(0, 12)} ${subject}`)
        .join("; ");
    case "missing":
      return "could not be read";
    default:
      return one satisfies never;
  }
}

function cut(text: string): string {
  return shortened(text.replace(/\s+/g, " ").trim(), LONGEST);
}
