import { createHash } from "node:crypto";
import type { Cause } from "../domain/change.ts";
import type { AgentKey } from "../domain/fleet.ts";

/** Every branch of the bot starts with this; a branch without it is none of its business. */
export const BRANCH_PREFIX = "raos/";

/**
 * The branch of a cause's pull request: a pure, injective function, so that the branch is how a pull request is found
 * again. Legal by git-check-ref-format(1), and distinct also where file names differ only by case.
 *
 * Kinds have a fixed depth, so no branch is a folder of another. Throws RangeError where an agent's key is not
 * `tenant/name`, or the pull number no positive integer (a bug: both are parsed at the edge).
 */
export function branchFor(cause: Cause): string {
  switch (cause.kind) {
    case "drift":
      return cause.scope.kind === "agent"
        ? join("agent", ...parts(cause.scope.agent))
        : join("tenant", cause.scope.tenant);
    case "alert":
      return join("alert", ...parts(cause.agent), cause.environment, cause.remedy);
    case "request":
      return join("request", cause.id);
    case "tune":
      return join("tune", ...parts(cause.agent));
    case "regression":
      if (!Number.isSafeInteger(cause.pull) || cause.pull < 1) throw new RangeError("a pull number is a whole number");
      return join("regression", String(cause.pull));
    default:
      return cause satisfies never;
  }
}

/**
 * The cause a branch was made for, or undefined where `branchFor` makes no such branch. A request's id too long for a
 * file name is hashed in the branch and cannot be read back; the pull request's marker holds it.
 */
export function causeOf(branch: string): Cause | undefined {
  if (!branch.startsWith(BRANCH_PREFIX) || branch.length > 2048) return undefined;
  const decoded = branch.slice(BRANCH_PREFIX.length).split("/").map(decode);
  const segments = decoded.filter((segment) => segment !== undefined);
  if (segments.length !== decoded.length) return undefined;
  const cause = causeFrom(segments);
  return cause !== undefined && branchFor(cause) === branch ? cause : undefined;
}

function causeFrom(segments: readonly string[]): Cause | undefined {
  const [kind, first = "", second = "", environment = "", remedy = ""] = segments;
  const agent = `${first}/${second}`;
  const shape = `${kind}:${segments.length}`;
  if (shape === "tenant:2") return { kind: "drift", scope: { kind: "tenant", tenant: first } };
  if (shape === "request:2") return { kind: "request", id: first };
  if (shape === "regression:2")
    return /^[1-9]\d{0,14}$/.test(first) ? { kind: "regression", pull: Number(first) } : undefined;
  if (!isKey(agent)) return undefined;
  if (shape === "agent:3") return { kind: "drift", scope: { kind: "agent", agent } };
  if (shape === "tune:3") return { kind: "tune", agent };
  if (shape === "alert:5") return { kind: "alert", agent, environment, remedy };
  return undefined;
}

function join(kind: string, ...segments: readonly string[]): string {
  return `${BRANCH_PREFIX}${[kind, ...segments.map(encode)].join("/")}`;
}

function isKey(agent: string): boolean {
  return /^[^/]+\/[^/]+$/.test(agent);
}

function parts(agent: AgentKey): readonly string[] {
  if (!isKey(agent)) throw new RangeError(`"${agent}" is no agent key; it is tenant/name`);
  return agent.split("/");
}

/** Longest segment kept as it is; a file name holds 255 bytes and Git adds `.lock`. */
const LONGEST = 200;

/**
 * Lower-case letters, digits and '-' stand for themselves; every other byte of the UTF-8 text is `=` and two digits.
 * An empty text is `=`, one too long is `=h` and its SHA-256. (Lone surrogates all become U+FFFD; parsed text has none.)
 */
function encode(text: string): string {
  if (text === "") return "=";
  let out = "";
  for (const byte of Buffer.from(text)) {
    const char = String.fromCharCode(byte);
    out += /[a-z0-9-]/.test(char) ? char : `=${byte.toString(16).padStart(2, "0")}`;
  }
  return out.length <= LONGEST ? out : `=h${createHash("sha256").update(text).digest("hex")}`;
}

function decode(segment: string): string | undefined {
  if (segment === "=") return "";
  if (!/^([a-z0-9-]|=[0-9a-f]{2})+$/.test(segment)) return undefined;
  const bytes = segment.replaceAll("%", "").replaceAll("=", "%");
  try {
    return decodeURIComponent(bytes);
  } catch {
    return undefined;
  }
}
