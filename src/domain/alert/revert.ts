import type { Cause } from "../cause.ts";

type AlertCause = Extract<Cause, { readonly kind: "alert" }>;

/** No remedy's name holds a dot. */
const REVERT = ".revert";

/** The cause of the pull request that takes back what an incident's pull request changed. */
export function revertOf(cause: AlertCause): AlertCause {
  return { ...cause, remedy: `${cause.remedy}${REVERT}` };
}

export function isRevert({ remedy }: AlertCause): boolean {
  return remedy.endsWith(REVERT);
}

/** The name of the remedy whose change is taken back. */
export function revertedRemedy({ remedy }: AlertCause): string {
  return remedy.slice(0, -REVERT.length);
}
