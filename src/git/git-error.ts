import { withoutSecrets } from "../redaction/without-secrets.ts";

export type GitErrorCode =
  | "not-a-repository"
  | "not-found"
  | "refused"
  | "stale"
  | "conflict"
  | "too-large"
  | "unauthorized"
  | "unavailable"
  | "corrupt"
  | "failed";

/**
 * Git failed, or refused. `stale`: a ref did not hold what was expected; `refused`: RAOS itself will not do it (an
 * address, a path or a repository it does not take); `corrupt`: a repository lacks what it should hold. The message never holds
 * a credential, whoever put it there.
 */
export class GitError extends Error {
  readonly code: GitErrorCode;
  constructor(code: GitErrorCode, message: string, options?: ErrorOptions) {
    super(withoutSecrets(message), options);
    this.name = "GitError";
    this.code = code;
  }
}
