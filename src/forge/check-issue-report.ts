import type { IssueProposal } from "../domain/alert/incident.ts";
import { decodeIssueMarker } from "../domain/alert/issue-marker.ts";
import { ForgeError } from "./forge.ts";

/** GitHub's limits, in characters. */
const TITLE = 256;
const BODY = 65_536;

/**
 * Returns the report with its title trimmed. Throws ForgeError "invalid" where GitHub would refuse it, or
 * its marker lacks the key.
 */
export function checkIssueReport(report: IssueProposal): IssueProposal {
  const { key, title, body } = report;
  const refuse = (why: string) => new ForgeError("invalid", `the issue ${JSON.stringify(key.slice(0, 200))} ${why}`);
  if (title.trim() === "" || title.length > TITLE)
    throw refuse(`has an empty title, or one of more than ${TITLE} characters`);
  if (body.length > BODY) throw refuse(`has a body of more than ${BODY} characters`);
  if (decodeIssueMarker(body)?.key !== key) throw refuse("has a body that does not end with the marker of its key");
  return { ...report, title: title.trim() };
}
