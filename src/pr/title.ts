import type { AgentChange, ChangeSet } from "../domain/change.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { Json } from "../domain/scalars.ts";
import { counted, listed } from "./markdown.ts";
import { type AgentState, type Row, rowsOf, stateOf } from "./rows.ts";

/** Longest title, in characters. */
export const TITLE_LIMIT = 100;

/**
 * One sentence in the imperative, in the words of what changes. Outside text is in it only where it is a plain word
 * (a version, a quantity, a name), so that a title mentions nobody and closes no issue, also as the subject of a commit.
 */
export function titleOf(changes: ChangeSet): string {
  const states = agentStates(changes);
  const only = states.size === 1 ? [...states][0] : undefined;
  const title = only === undefined ? ofMany(changes, states) : ofOne(changes, ...only);
  return title.length <= TITLE_LIMIT ? title : `${title.slice(0, TITLE_LIMIT - 1).trimEnd()}…`;
}

/** Each agent with how it changes: new or removed only where it is so in every environment that changes. */
export function agentStates(changes: ChangeSet): ReadonlyMap<AgentKey, AgentState> {
  const states = new Map<AgentKey, AgentState>(changes.agents.map((agent) => [agent, "same"]));
  for (const [agent, list] of Map.groupBy(changes.changes, (change) => change.agent)) {
    const kinds = new Set(list.map(stateOf).filter((state) => state !== "same"));
    const [first] = kinds;
    states.set(agent, first === undefined ? "same" : kinds.size === 1 ? first : "changed");
  }
  return states;
}

function ofOne(changes: ChangeSet, agent: AgentKey, state: AgentState): string {
  const list = changes.changes.filter((change) => change.agent === agent);
  switch (state) {
    case "new":
      return `Deploy ${agent}${versionOf(list)} to ${places(list)}`;
    case "removed":
      return `Remove ${agent} from ${list.length > 1 ? "every environment" : places(list)}`;
    case "same":
      return ofReleased(changes, agent);
    case "changed":
      return ofChanged(changes, agent, list);
    default:
      return state satisfies never;
  }
}

/** The values stay; what changes is a release file, or nothing that is known by name. */
function ofReleased(changes: ChangeSet, agent: AgentKey): string {
  const rows = rowsOf(changes);
  if (rows.length === 0) return `Update how ${agent} is released`;
  return fitted(`${agent}: `, phrasesOf(rows), ` in ${listed([...new Set(rows.flatMap((row) => row.environments))])}`);
}

function ofChanged(changes: ChangeSet, agent: AgentKey, list: readonly AgentChange[]): string {
  const deployed = list.filter((change) => stateOf(change) === "new");
  const gone = list.filter((change) => stateOf(change) === "removed");
  if (gone.length > 0)
    return `Remove ${agent} from ${places(gone)}${deployed.length > 0 ? `, deploy it to ${places(deployed)}` : ""}`;
  if (deployed.length > 0) return `Deploy ${agent}${versionOf(list)} to ${places(deployed)} too`;
  const rows = rowsOf(changes);
  const touched = new Set(rows.flatMap((row) => row.environments));
  const where = touched.size === list.length && list.length > 1 ? "" : ` in ${listed([...touched])}`;
  return `${fitted(`${agent}: `, phrasesOf(rows), where)}`;
}

function ofMany(changes: ChangeSet, states: ReadonlyMap<AgentKey, AgentState>): string {
  const { cause } = changes;
  const tenant = cause.kind === "drift" && cause.scope.kind === "tenant" ? cause.scope.tenant : undefined;
  const of = tenant === undefined ? "" : ` of ${tenant}`;
  if (states.size === 0) return tenant === undefined ? "Update generated files" : ofTenant(changes, tenant);
  const count = (state: AgentState) => [...states.values()].filter((each) => each === state).length;
  const [removed, fresh] = [count("removed"), count("new")];
  const rest = states.size - removed - fresh;
  if (rest === states.size) {
    const common = commonRows(changes, states.size);
    return fitted(`Update ${counted(rest, "agent")}${of}`, phrasesOf(common), "", ": ");
  }
  const deeds = [
    ...(removed > 0 ? [`remove ${counted(removed, "agent")}`] : []),
    ...(fresh > 0 ? [`deploy ${counted(fresh, "agent")}`] : []),
    ...(rest > 0 ? [`update ${counted(rest, "agent")}`] : []),
  ];
  const text = `${listed(deeds)}${of}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function ofTenant(changes: ChangeSet, tenant: string): string {
  if (changes.files.every((file) => file.before === undefined)) return `Set up the namespace of ${tenant}`;
  if (changes.files.every((file) => file.text === undefined))
    return `Remove what is generated for the tenant ${tenant}`;
  return fitted(`Update the tenant ${tenant}`, phrasesOf(rowsOf(changes)), "", ": ");
}

/** Rows that are the same for every agent. */
function commonRows(changes: ChangeSet, agents: number): readonly Row[] {
  const groups = Map.groupBy(rowsOf(changes), (row) =>
    JSON.stringify([row.what, row.before ?? null, row.after ?? null]),
  );
  return [...groups.values()]
    .filter((rows) => new Set(rows.map((row) => row.agent)).size === agents)
    .flatMap((rows) => rows.slice(0, 1));
}

/** What changes, each phrase once: what runs, that permissions are wider, then the rest by importance. */
function phrasesOf(rows: readonly Row[]): readonly string[] {
  const wider = rows.filter((row) => row.widens).length;
  const plain = rows.filter((row) => !row.widens);
  const running = plain.filter((row) => row.what === "image" || row.what === "version");
  const rest = plain.filter((row) => !running.includes(row));
  const widened = wider === 0 ? [] : [counted(wider, "wider permission")];
  return [...new Set([...running.map(phraseOf), ...widened, ...rest.map(phraseOf)])];
}

/** `memory limit 512Mi → 640Mi`, or only `memory limit` where a value is no plain word. */
function phraseOf(row: Row): string {
  const what = word(row.what) ?? "a value";
  const [before, after] = [short(row.before), short(row.after)];
  if (row.before === undefined) return after === undefined ? `add ${what}` : `set ${what} to ${after}`;
  if (row.after === undefined) return `drop ${what}`;
  return before === undefined || after === undefined || before === after ? what : `${what} ${before} → ${after}`;
}

/** As many phrases as the title holds, and how many more there are. */
function fitted(start: string, phrases: readonly string[], end: string, joint = ""): string {
  if (phrases.length === 0) return `${start.replace(/: $/, "")}${end}`;
  for (let count = phrases.length; count > 0; count -= 1) {
    const left = phrases.length - count;
    const shown = [...phrases.slice(0, count), ...(left > 0 ? [`${left} more`] : [])];
    const title = `${start}${joint}${listed(shown)}${end}`;
    if (title.length <= TITLE_LIMIT) return title;
  }
  return `${start}${joint}${counted(phrases.length, "value")}${end}`;
}

function places(list: readonly AgentChange[]): string {
  return listed([...new Set(list.map((change) => change.environment))]);
}

function versionOf(list: readonly AgentChange[]): string {
  const spec = list.find((change) => change.spec !== undefined)?.spec;
  const version = typeof spec === "object" && spec !== null && "version" in spec ? spec.version : undefined;
  const shown = typeof version === "string" ? word(version) : undefined;
  return shown === undefined ? "" : ` ${shown}`;
}

/** A value as a title shows it: an image by its tag or the start of its digest; undefined where it is no plain word. */
function short(value: Json | undefined): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return undefined;
  const image = /^[^@]*[:/](?<tag>[\w.-]+)(?<digest>@sha256:[0-9a-f]{7})?[0-9a-f]*$/.exec(value);
  const digest = /@sha256:([0-9a-f]{7})/.exec(value)?.[1];
  if (digest !== undefined) return digest;
  return word(image !== null && value.includes("/") ? (image.groups?.tag ?? value) : value);
}

function word(text: string): string | undefined {
  return /^[\w.:/+%, -]{1,40}$/.test(text) ? text : undefined;
}
