import type { Json } from "../domain/scalars.ts";
import type { LeafChange } from "./leaf-changes.ts";

/** What a value of values.yaml means to a reviewer. */
export interface Meaning {
  /** In a reviewer's words, without Markdown; for values that have none, their path. */
  readonly what: string;
  /** Lower is more important. */
  readonly rank: number;
  /** The change lets the agent, or others through it, do more than before. */
  readonly widens: boolean;
}

type Widening = "added" | "removed" | "truthy" | "never";

/** Path pattern (`*` is one key, `**` any number), words (`{}` is the last `*`), and what makes the change a wider permission. */
const MEANINGS: readonly (readonly [pattern: string, words: string, widening: Widening])[] = [
  ["image", "image", "never"],
  ["model.name", "model", "never"],
  ["model.provider", "model provider", "never"],
  ["model.endpoint", "model endpoint", "added"],
  ["model.**", "model {}", "never"],
  ["replicas", "replicas", "never"],
  ["**.min", "fewest replicas", "never"],
  ["**.minReplicas", "fewest replicas", "never"],
  ["**.max", "most replicas", "never"],
  ["**.maxReplicas", "most replicas", "never"],
  ["resources.limits.memory", "memory limit", "never"],
  ["resources.requests.memory", "memory request", "never"],
  ["resources.limits.cpu", "CPU limit", "never"],
  ["resources.requests.cpu", "CPU request", "never"],
];

/** What the changed value means to a reviewer, how much it matters, and whether it is a wider permission. */
export function meaningOf(leaf: LeafChange): Meaning {
  for (const [rank, [pattern, words, widening]] of MEANINGS.entries()) {
    const last = match(pattern.split("."), leaf.path);
    if (last === undefined) continue;
    return { what: words.replace("{}", last), rank, widens: widens(widening, leaf.before, leaf.after) };
  }
  return { what: leaf.path.join("."), rank: MEANINGS.length, widens: false };
}

function widens(widening: Widening, before: Json | undefined, after: Json | undefined): boolean {
  switch (widening) {
    case "added":
      return after !== undefined;
    case "removed":
      return after === undefined || after === false;
    case "truthy":
      return after === true;
    case "never":
      return false;
    default:
      return before === (widening satisfies never);
  }
}

/** The key that the last wildcard stood for ("" without one), or undefined where the path is another. */
function match(pattern: readonly string[], path: readonly string[]): string | undefined {
  const wild = pattern.indexOf("**");
  if (wild >= 0) {
    const tail = pattern.slice(wild + 1);
    if (path.length < pattern.length - 1) return undefined;
    const head = match(pattern.slice(0, wild), path.slice(0, wild));
    const end = match(tail, path.slice(path.length - tail.length));
    return head === undefined || end === undefined
      ? undefined
      : end || path.slice(wild, path.length - tail.length).join(".");
  }
  if (pattern.length !== path.length) return undefined;
  let last = "";
  for (const [index, key] of path.entries()) {
    if (pattern[index] !== "*" && pattern[index] !== key) return undefined;
    if (pattern[index] === "*") last = key;
  }
  return last;
}
