import type { AgentKey } from "../../domain/fleet.ts";
import type { Lineage } from "../../domain/grant/lineage.ts";
import type { AgentRequest, Measured } from "../../domain/request/agent-request.ts";
import type { Principal } from "../../domain/request/principal.ts";
import { code, prose } from "../markdown.ts";

/** Characters of the words that are shown; the rest is in the request itself. */
const LONGEST_WORDS = 1200;
const MOST_ASSUMPTIONS = 12;

/**
 * Who asked, in which words, and what was understood: for the reviewer, who decides whether that is what was meant. `lineage`: where the
 * new agent would stand; what is left of grants changes with other pull requests, so that a command shows it.
 */
export function requestSection(request: AgentRequest, lineage: Lineage | undefined): string {
  const { words, template, assumptions } = request;
  const asked = `**Asked for by** ${askerText(request.from)}${words === "" ? ", by values." : ":"}`;
  const quoted = words === "" ? [] : [`> ${prose(words, LONGEST_WORDS)}`];
  const written =
    request.spent === undefined ? [] : ["A model wrote this change from these words: read it as anybody's draft."];
  const measured = request.measured === undefined ? [] : [measuredText(request.measured)];
  const used = template === undefined ? [] : [`Made from the template ${code(template, 63)}.`];
  const assumed = assumptions.slice(0, MOST_ASSUMPTIONS).map((one) => `- ${prose(one, 300)}`);
  const more = assumptions.length - assumed.length;
  const list =
    assumed.length === 0
      ? []
      : [
          `**Assumed**, since it was not said:\n\n${[...assumed, ...(more > 0 ? [`- …and ${more} more`] : [])].join("\n")}`,
        ];
  const line = request.wants === "create" && lineage !== undefined ? [lineText(request.agent, lineage)] : [];
  return [asked, ...quoted, ...measured, ...line, ...written, ...used, ...list].join("\n\n");
}

/** What RAOS read itself: the reasons above are the asker's. */
function measuredText({ at, values }: Measured): string {
  const moment = new Date(at).toISOString().slice(0, 16).replace("T", " ");
  const list = values.map(({ id, query, says }) => `- ${code(query, 300)} (${id}): ${prose(says, 300)}`);
  return `**Measured**, as RAOS read it at ${moment} UTC:\n\n${list.join("\n")}`;
}

function lineText(agent: AgentKey, { root, depth, sponsor }: Lineage): string {
  const left = code(`raos lineage ${agent}`, 160);
  return `It would be generation ${depth} below ${code(root, 128)}, which people wrote, and counts in every grant above it; ${code(sponsor, 80)} answers for it. ${left} shows the line, and what is left once this is merged.`;
}

/** Whom RAOS knows the request to be from: the forge or a signed token says it, not the words. */
export function askerText(from: Principal): string {
  if (from.kind === "person") return code(from.login, 80);
  const [actor, ...before] = from.chain.map((one) => code(one, 256));
  const earlier = before.length === 0 ? "" : `, and before it ${before.join(", ")}`;
  const acting = actor === undefined ? "" : `, for which ${actor} acts${earlier}`;
  return `the agent ${code(from.agent, 128)} in ${code(from.environment, 63)}${acting}`;
}
