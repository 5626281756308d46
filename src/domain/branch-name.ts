import { createHash } from "node:crypto";
import { nameOf, tenantOf } from "./agent-key.ts";
import type { Cause } from "./cause.ts";
import type { AgentKey } from "./fleet.ts";

/** Every branch of the bot starts with this; the bot leaves every other branch alone. */
export const BRANCH_PREFIX = "raos/";

/**
 * The branch of a cause's pull request. A later pass finds the pull request by it: the function is pure, and every cause has
 * another branch. Valid by git-check-ref-format(1), and distinct even on file systems that ignore case.
 *
 * Branches of a kind have a fixed depth, so that no branch is a folder of another. Throws RangeError where an agent's key is not
 * `tenant/name`, or the pull number no positive integer (a bug: both are parsed at the edge).
 */
export function branchFor(cause: Cause): string {
  const [word, ...segments] = segmentsOf(cause.kind, cause);
  return `${BRANCH_PREFIX}${[word, ...segments.map(encode)].join("/")}`;
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
  const [word = "", ...rest] = segments;
  const cause = Object.hasOwn(READERS, word) ? READERS[word]?.(rest) : undefined;
  return cause !== undefined && branchFor(cause) === branch ? cause : undefined;
}

/** The word after `raos/` on branches of a bot whose files lie in a folder; no kind of cause has it. */
const FOLDERS = `${BRANCH_PREFIX}at/`;

/** What the branches start with of a bot whose files lie in this folder of the repository; "" is the top. */
export function branchPrefixOf(folder: string): string {
  return folder === "" ? BRANCH_PREFIX : `${FOLDERS}${encode(folder)}/`;
}

/** The branch of the repository that a bot in this folder means by the name that `branchFor` makes. */
export function branchBelow(branch: string, folder: string): string {
  return `${branchPrefixOf(folder)}${branch.slice(BRANCH_PREFIX.length)}`;
}

/** Whether a branch belongs to the bot of a folder; those of other folders do not belong to the one at the top. */
export function isBranchOfFolder(branch: string, folder: string): boolean {
  return branch.startsWith(branchPrefixOf(folder)) && (folder !== "" || !branch.startsWith(FOLDERS));
}

type Segments = readonly [word: string, ...segments: string[]];
type CauseByKind = { readonly [K in Cause["kind"]]: Extract<Cause, { kind: K }> };
type Writers = { readonly [K in Cause["kind"]]: (cause: CauseByKind[K]) => Segments };

/** How the cause of each kind is written: the first word of its branch, and the segments behind it. */
const WRITERS: Writers = {
  drift: ({ scope: { wave, ...scope } }) => {
    const [own, promoted] = scope.kind === "agent" ? ["agent", "promote"] : ["tenant", "promote-tenant"];
    const of = scope.kind === "agent" ? parts(scope.agent) : [scope.tenant];
    return wave === undefined ? [own, ...of] : [promoted, ...of, wave];
  },
  alert: ({ agent, environment, remedy }) => ["alert", ...parts(agent), environment, remedy],
  request: ({ id }) => ["request", id],
  tune: ({ agent, environment, remedy }) => ["tune", ...parts(agent), environment, remedy],
  upgrade: ({ agent }) => ["upgrade", ...parts(agent)],
  regression: ({ pull }) => ["regression", pullNumber(pull)],
  rollout: ({ pull }) => ["rollout", pullNumber(pull)],
  onboarding: () => ["onboarding"],
};

/** Parsers of the segments after each first word. `causeOf` writes the parsed cause again and compares the branches. */
const READERS: Readonly<Record<string, (segments: readonly string[]) => Cause | undefined>> = {
  agent: ([tenant = "", name = ""]) =>
    causeOfAgent(tenant, name, (agent) => ({ kind: "drift", scope: { kind: "agent", agent } })),
  tenant: ([tenant = ""]) => ({ kind: "drift", scope: { kind: "tenant", tenant } }),
  promote: ([tenant = "", name = "", wave = ""]) =>
    causeOfAgent(tenant, name, (agent) => ({ kind: "drift", scope: { kind: "agent", agent, wave } })),
  "promote-tenant": ([tenant = "", wave = ""]) => ({ kind: "drift", scope: { kind: "tenant", tenant, wave } }),
  alert: ([tenant = "", name = "", environment = "", remedy = ""]) =>
    causeOfAgent(tenant, name, (agent) => ({ kind: "alert", agent, environment, remedy })),
  request: ([id = ""]) => ({ kind: "request", id }),
  tune: ([tenant = "", name = "", environment = "", remedy = ""]) =>
    causeOfAgent(tenant, name, (agent) => ({ kind: "tune", agent, environment, remedy })),
  upgrade: ([tenant = "", name = ""]) => causeOfAgent(tenant, name, (agent) => ({ kind: "upgrade", agent })),
  regression: ([pull = ""]) => (/^[1-9]\d{0,14}$/.test(pull) ? { kind: "regression", pull: Number(pull) } : undefined),
  rollout: ([pull = ""]) => (/^[1-9]\d{0,14}$/.test(pull) ? { kind: "rollout", pull: Number(pull) } : undefined),
  onboarding: () => ({ kind: "onboarding" }),
};

function segmentsOf<K extends Cause["kind"]>(kind: K, cause: CauseByKind[K]): Segments {
  const write: Writers[K] = WRITERS[kind];
  return write(cause);
}

function causeOfAgent(tenant: string, name: string, cause: (agent: AgentKey) => Cause): Cause | undefined {
  const agent = `${tenant}/${name}`;
  return isKey(agent) ? cause(agent) : undefined;
}

function isKey(agent: string): boolean {
  return /^[^/]+\/[^/]+$/.test(agent);
}

function parts(agent: AgentKey): readonly [string, string] {
  if (!isKey(agent)) throw new RangeError(`"${agent}" is not an agent key; a key is tenant/name`);
  return [tenantOf(agent), nameOf(agent)];
}

function pullNumber(pull: number): string {
  if (!Number.isSafeInteger(pull) || pull < 1) throw new RangeError("a pull number is a positive whole number");
  return String(pull);
}

/** Longest segment that is not hashed; a file name holds 255 bytes, and Git adds `.lock`. */
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
