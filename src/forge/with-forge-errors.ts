import { GitError, type GitErrorCode } from "../git/git-error.ts";
import { ForgeError, type ForgeErrorCode } from "./forge.ts";

const CODES: Readonly<Record<GitErrorCode, ForgeErrorCode>> = {
  "not-a-repository": "not-found",
  "not-found": "not-found",
  refused: "invalid",
  stale: "stale",
  conflict: "conflict",
  "too-large": "invalid",
  unauthorized: "unauthorized",
  unavailable: "unavailable",
  corrupt: "unavailable",
  failed: "unavailable",
};

/** Runs work that uses Git, and throws its GitErrors as ForgeErrors of the same meaning. */
export async function withForgeErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GitError) throw new ForgeError(CODES[error.code], error.message, { cause: error });
    throw error;
  }
}
