import { redactSecrets } from "../redaction/redact-secrets.ts";

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
 * Git failed, or refused. `stale`: a ref did not have the expected value; `refused`: RAOS does not accept an
 * address, a path or a repository; `corrupt`: objects of a repository are missing or damaged. The message never holds a
 * credential.
 */
export class GitError extends Error {
  readonly code: GitErrorCode;
  constructor(code: GitErrorCode, message: string, options?: ErrorOptions) {
    super(redactSecrets(message), options);
    this.name = "GitError";
    this.code = code;
  }
}
