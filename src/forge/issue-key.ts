import type { Report } from "../domain/incident.ts";
import { decodeIssueMarker } from "../domain/issue-marker.ts";
import { ForgeError } from "./forge.ts";

/** Most characters of a title and a body, as GitHub has it. */
const TITLE = 256;
const BODY = 65_536;

/** The report as it may be written. Throws ForgeError "invalid" where the forge would not take it, or not find it again. */
export function checked(report: Report): Report {
  const { key, title, body } = report;
  const refuse = (why: string) => new ForgeError("invalid", `the issue ${JSON.stringify(key.slice(0, 200))} ${why}`);
  if (title.trim() === "" || title.length > TITLE) throw refuse(`has a title of none or more than ${TITLE} characters`);
  if (body.length > BODY) throw refuse(`has a body of more than ${BODY} characters`);
  if (decodeIssueMarker(body)?.key !== key) throw refuse("has a body that does not end with the marker of its key");
  return { ...report, title: title.trim() };
}
