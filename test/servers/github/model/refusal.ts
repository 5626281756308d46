/** GitHub's kinds of refusal: a status and error code in REST, a `type` in GraphQL. */
export type RefusalType =
  | "NOT_FOUND"
  | "FORBIDDEN"
  | "UNPROCESSABLE"
  | "STALE_DATA"
  | "CONFLICT"
  | "UNAUTHORIZED"
  | "BAD_REQUEST";

/** A request that the test GitHub refuses, in GitHub's words. `errors` is the REST body's list. */
export class Refusal extends Error {
  readonly type: RefusalType;
  readonly errors: readonly Readonly<Record<string, string>>[];
  constructor(type: RefusalType, message: string, errors: readonly Readonly<Record<string, string>>[] = []) {
    super(message);
    this.type = type;
    this.errors = errors;
  }
}

export const FORBIDDEN = "Resource not accessible by integration";
