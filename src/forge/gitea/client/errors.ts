import * as z from "zod";
import { connectionFailure } from "../../../domain/network/connection-failure.ts";
import { redactSecrets } from "../../../redaction/redact-secrets.ts";
import { ForgeError, type ForgeErrorCode } from "../../forge.ts";
import type { GiteaAnswer } from "./send.ts";

/** The code of a refused request: docs.gitea.com/development/api-usage; 423 is a repository that is archived. */
export function codeOfStatus(status: number): ForgeErrorCode {
  switch (status) {
    case 401:
      return "unauthorized";
    case 403:
    case 423:
      return "forbidden";
    case 404:
      return "not-found";
    case 409:
      return "conflict";
    case 429:
      return "rate-limited";
    default:
      return status >= 500 ? "unavailable" : "invalid";
  }
}

/** An answer that refuses, or fails, as the forge's error. Its message holds no credential. */
export function refusalIn(answer: GiteaAnswer, doing: string): ForgeError {
  const { status } = answer;
  const words = status === 423 ? "the repository is archived, and cannot be written to" : messageIn(answer);
  return new ForgeError(codeOfStatus(status), `${doing}: Gitea answered ${status}${words === "" ? "" : `: ${words}`}`);
}

/** A request without an answer, as the forge's error. */
export function noAnswer(error: unknown, doing: string): ForgeError {
  const isLate = error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError");
  const why = isLate ? "no answer came in time" : (connectionFailure(error) ?? safe(messageOf(error)));
  return new ForgeError("unavailable", `${doing}: ${why}`);
}

const Refusal = z.object({ message: z.string() });

/** The server's own sentence. A page for people, which a proxy sends, is none. */
export function messageIn({ text }: GiteaAnswer): string {
  try {
    const read = Refusal.safeParse(JSON.parse(text ?? ""));
    return read.success ? safe(read.data.message) : "";
  } catch {
    return "";
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "failed";
}

/** Without secrets, then shortened: a part of a secret would not be recognised. */
function safe(message: string): string {
  return redactSecrets(message.slice(0, 20_000)).slice(0, 1000);
}
