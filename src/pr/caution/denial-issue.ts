import { tenantOf } from "../../domain/agent-key.ts";
import type { Issue, IssueProposal } from "../../domain/alert/incident.ts";
import { decodeIssueMarker, encodeIssueMarker, leadHash } from "../../domain/alert/issue-marker.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { Path } from "../../domain/values/scalars.ts";
import type { Violation } from "../../domain/verdict.ts";
import { code, counted, prose, some } from "../markdown.ts";

/** Guardrails that are listed; the others are counted. */
const MOST = 20;

const NEXT =
  "<sub>This issue closes when the guardrails no longer deny the change. If you close it yourself, it stays closed until they say something else.</sub>";

/**
 * The issue that says why a change of the default branch gets no pull request. `key`: the branch that it would have; `asking`: the
 * files that ask for the change.
 */
export function denialIssue(
  key: string,
  agents: readonly [AgentKey, ...AgentKey[]],
  violations: readonly Violation[],
  asking: readonly Path[],
): IssueProposal {
  const [first] = agents;
  const whom = agents.length === 1 ? first : `${counted(agents.length, "agent")} of ${tenantOf(first)}`;
  const named = some(
    agents.map((agent) => code(agent, 120)),
    10,
  );
  const lines = linesOf(violations);
  const more = lines.length > MOST ? [`- …and ${counted(lines.length - MOST, "more reason")}`] : [];
  const sentence = `**The guardrails deny what the default branch asks for** of ${named}, so RAOS opens no pull request:`;
  const lead = [sentence, ...lines.slice(0, MOST), ...more].join("\n");
  const files = some(
    asking.map((file) => code(file, 160)),
    3,
  );
  const todo = `What is deployed stays as it is. Change ${files} so that they allow it, or the guardrail in \`policies/\`; \`raos plan\` shows the same.`;
  const marker = encodeIssueMarker({ key, lead: leadHash(lead) });
  return { key, title: `Denied: ${whom}`.slice(0, 200), body: [lead, todo, NEXT, marker].join("\n\n"), labels: [] };
}

/** One line for each guardrail and message, with the environments in which it denies. */
function linesOf(violations: readonly Violation[]): readonly string[] {
  const groups = Map.groupBy(violations, ({ guardrail, message, agent }) =>
    JSON.stringify([guardrail, message, agent]),
  );
  return [...groups.values()].flatMap((list) => {
    const [first] = list;
    if (first === undefined) return [];
    const places = [...new Set(list.map(({ environment }) => environment))].filter((name) => name !== undefined);
    const where =
      places.length === 0
        ? ""
        : ` (in ${some(
            places.map((name) => prose(name, 63)),
            5,
          )})`;
    return [`- ${code(first.guardrail, 80)}: ${prose(first.message, 400)}${where}`];
  });
}

/** Whether an issue says what the proposal says: its marker holds the hash of the first paragraph as RAOS wrote it. */
export function saysSame(issue: Pick<Issue, "body">, proposal: IssueProposal): boolean {
  const [one, other] = [decodeIssueMarker(issue.body), decodeIssueMarker(proposal.body)];
  return one?.lead !== undefined && one.lead === other?.lead;
}

/** Whether a person has changed the first paragraph, which RAOS then leaves as it is. */
export function isEditedByPerson({ body }: Pick<Issue, "body">): boolean {
  const lead = body.slice(0, Math.max(0, body.indexOf("\n\n")));
  return decodeIssueMarker(body)?.lead !== leadHash(lead);
}
