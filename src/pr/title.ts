import type { AgentChange } from "../domain/change-set.ts";
import type { AgentKey } from "../domain/fleet.ts";
import { at } from "../domain/values/json.ts";
import type { Json } from "../domain/values/scalars.ts";
import { counted, listed, some } from "./markdown.ts";
import type { AgentState, Row } from "./table/row.ts";
import { type DescribedChanges, stateOf } from "./table/rows.ts";

/** Longest title, in characters. */
export const LONGEST_TITLE = 100;

/**
 * The change in one line. It holds untrusted text only where that is a plain word (a version, a quantity, a name), so that
 * the title mentions nobody and closes no issue, also as the subject of a commit.
 */
export function titleOf(changes: DescribedChanges): string {
  const { states } = changes;
  const only = states.size === 1 ? [...states][0] : requestedAgent(changes);
  const what = only === undefined ? titleOfAgents(changes) : titleOfAgent(changes, ...only);
  const title = `${prefixOf(changes.cause)}${what}`;
  return title.length <= LONGEST_TITLE ? title : `${title.slice(0, LONGEST_TITLE - 1).trimEnd()}…`;
}

/** The agent that a request is about: others only follow from it, such as the access list of one that it calls. */
function requestedAgent({ request, states }: DescribedChanges): readonly [AgentKey, AgentState] | undefined {
  const state = request === undefined ? undefined : states.get(request.agent);
  return request === undefined || state === undefined ? undefined : [request.agent, state];
}

function prefixOf(cause: DescribedChanges["cause"]): string {
  if (cause.kind === "regression") return `Revert #${cause.pull}: `;
  return cause.kind === "drift" && cause.scope.wave !== undefined ? "Promote: " : "";
}

function titleOfAgent(changes: DescribedChanges, agent: AgentKey, state: AgentState): string {
  const list = changes.changes.filter((change) => change.agent === agent);
  switch (state) {
    case "new":
      return `Deploy ${agent}${versionOf(list)} to ${places(list)}`;
    case "removed":
      return `Remove ${agent} from ${list.length > 1 ? "every environment" : places(list)}`;
    case "same":
      return titleOfValues(agent, changes.rows, list) ?? `Update how ${agent} is released`;
    case "changed":
      return titleOfChanged(changes, agent, list);
    default:
      return state satisfies never;
  }
}

function titleOfChanged(changes: DescribedChanges, agent: AgentKey, list: readonly AgentChange[]): string {
  const fresh = list.filter((change) => stateOf(change) === "new");
  const gone = list.filter((change) => stateOf(change) === "removed");
  const alsoTo = fresh.length > 0 ? `, deploy it to ${places(fresh)}` : "";
  if (gone.length > 0) return `Remove ${agent} from ${places(gone)}${alsoTo}`;
  if (fresh.length > 0) return `Deploy ${agent}${versionOf(list)} to ${places(fresh)} too`;
  return titleOfValues(agent, changes.rows, list) ?? `Update ${agent}`;
}

/** `acme/triage: memory limit 512Mi → 640Mi in production`; undefined where no value is known to change. */
function titleOfValues(agent: AgentKey, rows: readonly Row[], list: readonly AgentChange[]): string | undefined {
  if (rows.length === 0) return undefined;
  const touched = new Set(rows.flatMap((row) => row.environments));
  const where = touched.size === list.length && list.length > 1 ? "" : ` in ${some([...touched], 3)}`;
  return fitPhrases(agent, rows, where);
}

function titleOfAgents(changes: DescribedChanges): string {
  const { cause, states } = changes;
  const tenant = cause.kind === "drift" && cause.scope.kind === "tenant" ? cause.scope.tenant : undefined;
  if (states.size === 0) return tenant === undefined ? "Update generated files" : titleOfTenant(changes, tenant);
  const of = tenant === undefined ? "" : ` of ${tenant}`;
  const count = (state: AgentState) => [...states.values()].filter((each) => each === state).length;
  const [removed, fresh] = [count("removed"), count("new")];
  const rest = states.size - removed - fresh;
  const moved = titleOfEnvironment(changes, `${counted(states.size, "agent")}${of}`);
  if (moved !== undefined) return moved;
  if (rest === states.size) return fitPhrases(`Update ${counted(rest, "agent")}${of}`, commonRows(changes, rest), "");
  const phrases = [
    ...(removed > 0 ? [`remove ${counted(removed, "agent")}`] : []),
    ...(fresh > 0 ? [`deploy ${counted(fresh, "agent")}`] : []),
    ...(rest > 0 ? [`update ${counted(rest, "agent")}`] : []),
  ];
  const text = `${listed(phrases)}${of}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Where all that happens is that each of these agents leaves, or comes to, the same environments: which. */
function titleOfEnvironment({ changes, states }: DescribedChanges, agents: string): string | undefined {
  const list = changes.filter((change) => stateOf(change) !== "same");
  const kinds = new Set(list.map(stateOf));
  const isEachTouched = new Set(list.map(({ agent }) => agent)).size === states.size;
  if (kinds.size !== 1 || !isEachTouched) return undefined;
  if (kinds.has("removed")) return `Remove ${agents} from ${places(list)}`;
  if (kinds.has("new")) return `Deploy ${agents} to ${places(list)}`;
  return undefined;
}

function titleOfTenant(changes: DescribedChanges, tenant: string): string {
  if (changes.files.every((file) => file.before === undefined)) return `Set up the namespace of ${tenant}`;
  if (changes.files.every((file) => file.text === undefined))
    return `Remove what is generated for the tenant ${tenant}`;
  return fitPhrases(`Update the tenant ${tenant}`, changes.rows, "");
}

/** Rows that are the same for every agent. */
function commonRows(changes: DescribedChanges, agents: number): readonly Row[] {
  const same = (row: Row) => JSON.stringify([row.what, row.before ?? null, row.after ?? null]);
  const groups = [...Map.groupBy(changes.rows, same).values()];
  const common = groups.filter((rows) => new Set(rows.map((row) => row.agent)).size === agents);
  return common.flatMap((rows) => rows.slice(0, 1));
}

/**
 * The title with as many phrases as fit, and the number of the others: with values, else without values,
 * else only the number.
 */
function fitPhrases(start: string, rows: readonly Row[], end: string): string {
  if (rows.length === 0) return `${start}${end}`;
  for (const phrase of [phraseOf, (row: Row) => word(row.what) ?? "a value"]) {
    const phrases = phrasesOf(rows, phrase);
    const enough = phrase === phraseOf ? Math.min(2, phrases.length) : 1;
    // A phrase takes more than one character, so that no more of them than this can fit.
    for (let count = Math.min(phrases.length, LONGEST_TITLE); count >= enough; count -= 1) {
      const title = `${start}: ${some(phrases, count)}${end}`;
      if (title.length <= LONGEST_TITLE) return title;
    }
  }
  return `${start}: ${counted(rows.length, "value")}${end}`;
}

/** Each phrase once: image and version, then the number of wider permissions, then the rest by importance. */
function phrasesOf(rows: readonly Row[], phrase: (row: Row) => string): readonly string[] {
  const wider = rows.filter((row) => row.widens).length;
  const plain = rows.filter((row) => !row.widens);
  const running = plain.filter((row) => row.what === "image" || row.what === "version");
  const rest = plain.filter((row) => row.what !== "image" && row.what !== "version");
  const widened = wider === 0 ? [] : [counted(wider, "wider permission")];
  return [...new Set([...running.map(phrase), ...widened, ...rest.map(phrase)])];
}

/** `memory limit 512Mi → 640Mi`, or only `memory limit` where a value is no plain word. */
function phraseOf(row: Row): string {
  const what = word(row.what) ?? "a value";
  const short = [shortValue(row.before), shortValue(row.after)] as const;
  // The same tag with another digest.
  const [before, after] = short[0] === short[1] ? [shortDigest(row.before), shortDigest(row.after)] : short;
  if (row.before === undefined) return after === undefined ? `add ${what}` : `set ${what} to ${after}`;
  if (row.after === undefined) return `remove ${what}`;
  return before === undefined || after === undefined || before === after ? what : `${what} ${before} → ${after}`;
}

function places(list: readonly AgentChange[]): string {
  return some([...new Set(list.map((change) => change.environment))], 3);
}

function versionOf(list: readonly AgentChange[]): string {
  const version = list.map((change) => at(change.spec, "version")).find((each) => each !== undefined);
  const shown = typeof version === "string" ? word(version) : undefined;
  return shown === undefined ? "" : ` ${shown}`;
}

/** A value as a title shows it: an image by its tag, or the start of its digest; undefined where it is no plain word. */
function shortValue(value: Json | undefined): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return undefined;
  const tag = /\/[\w.-]+:([\w.-]+)(?:@sha256:[0-9a-f]{64})?$/.exec(value)?.[1];
  return word(tag ?? shortDigest(value) ?? value);
}

/** The start of an image's digest; undefined where it has none. */
function shortDigest(value: Json | undefined): string | undefined {
  return typeof value === "string" ? /@sha256:([0-9a-f]{7})[0-9a-f]{57}$/.exec(value)?.[1] : undefined;
}

/** Text that is safe in a title and in a commit: nothing that mentions, links or refers, nothing that cannot be seen. */
function word(text: string): string | undefined {
  return /^[\w.:/+%, -]{1,60}$/.test(text) && !/gh-\d|:\/\//i.test(text) ? text : undefined;
}
