import type { Proposal } from "../../../domain/proposal.ts";
import { ForgeError } from "../../forge.ts";

/** The longest title that Gitea keeps whole (a column of 255 characters), and the longest body of a proposal. */
const TITLE = 255;
const BODY = 65_536;

/** Returns the proposal with its title trimmed. Throws ForgeError "invalid" where title or body is too long, or there is no title. */
export function checkPullText(proposal: Proposal): Proposal {
  const title = proposal.title.trim();
  const refuse = (why: string) =>
    new ForgeError("invalid", `the pull request of ${proposal.branch.slice(0, 200)} ${why}`);
  if (title === "" || [...title].length > TITLE)
    throw refuse(`has an empty title, or one of more than ${TITLE} characters`);
  if (proposal.body.length > BODY) throw refuse(`has a body of more than ${BODY} characters`);
  return { ...proposal, title };
}
