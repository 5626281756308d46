import type { MissingReason } from "../../domain/alert/evidence.ts";
import { connectionFailure } from "../../domain/network/connection-failure.ts";

/** Why a read of the API server failed, in words of RAOS: an error of the client may hold whatever the server sent. */
export function readFailure(
  error: unknown,
  deadline: AbortSignal,
): { readonly reason: MissingReason; readonly message: string } {
  if (deadline.aborted) return { reason: "timed-out", message: "the API server took too long" };
  const code = statusOf(error);
  if (code !== undefined)
    return { reason: code < 500 ? "refused" : "unreachable", message: `the API server answered ${code}` };
  const isUnread = error instanceof SyntaxError || (error instanceof TypeError && error.cause === undefined);
  const why = connectionFailure(error) ?? "";
  if (why.includes("TLS certificate"))
    return {
      reason: "unreachable",
      message: `the API server's TLS certificate is not accepted ${/\([A-Z0-9_]+\)$/.exec(why)?.[0] ?? ""}`.trim(),
    };
  return isUnread
    ? { reason: "unreadable", message: "the API server answered in another shape" }
    : { reason: "unreachable", message: "there is no connection to the API server" };
}

/** The HTTP status in an error of the client. */
export function statusOf(error: unknown): number | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  return typeof code === "number" ? code : undefined;
}
