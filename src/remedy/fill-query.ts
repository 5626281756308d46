import { podPattern } from "../domain/agent/pod-names.ts";
import { literalPattern } from "../domain/values/literal-pattern.ts";

/** What the placeholders of a query may name. */
export interface QueryNames {
  readonly agent: {
    readonly name: string;
    readonly namespace: string;
    readonly tenant: string;
    readonly environment: string;
  };
  /** The labels of the alert: untrusted. */
  readonly labels: Readonly<Record<string, string>>;
}

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;
const KNOWN = /^(agent\.(name|namespace|tenant|environment|pods)|alert\.labels\.[A-Za-z_][A-Za-z0-9_]*)$/;

/**
 * The mistake in a query's placeholders; undefined where there is none. A placeholder has to be within a quoted string after a
 * comparison operator: only there can it be escaped, and only there is it known whether it is a pattern.
 */
export function templateProblem(template: string): string | undefined {
  const parts = partsOf(template);
  for (const [index, part] of parts.entries()) {
    for (const [whole, inner = ""] of part.text.matchAll(PLACEHOLDER)) {
      const name = inner.trim();
      if (!part.quoted) return `${whole} is outside of quotes; write it within a quoted string`;
      if (part.quote === "\u0060") return `${whole} is in a raw string, which has no escapes; use double quotes`;
      if (!/[=~]\s*$/.test(parts[index - 1]?.text ?? ""))
        return `${whole} is in a string that is not compared with anything; use it after =, !=, =~, !~, |= or |~`;
      if (!KNOWN.test(name))
        return `${whole} is not a known placeholder; use agent.name, agent.namespace, agent.tenant, agent.environment, agent.pods or alert.labels.<name>`;
      if (name === PODS && !isPatternAfter(parts[index - 1])) return `${whole} is a pattern; use it after =~ or !~`;
    }
  }
  return undefined;
}

/**
 * A PromQL or LogQL query with its placeholders filled in. Each value is escaped for the string literal it is in and, after
 * an operator such as `=~`, `!~` or `|~`, for RE2 as well: the text of a label can neither end the literal nor be a pattern.
 * A label that the alert does not have is a problem.
 */
export function fillQuery(template: string, names: QueryNames): string | { readonly problem: string } {
  const wrong = templateProblem(template);
  if (wrong !== undefined) return { problem: wrong };
  let missing: string | undefined;
  const filled = partsOf(template).map((part, index, all) => {
    if (!part.quoted) return part.text;
    const isPattern = isPatternAfter(all[index - 1]);
    return part.text.replace(PLACEHOLDER, (whole, name: string) => {
      if (name.trim() === PODS) return literal(podPattern(names.agent.name, "any"));
      const value = valueOfName(name.trim(), names);
      if (value === undefined) missing ??= whole;
      return literal(isPattern ? literalPattern(value ?? "") : (value ?? ""));
    });
  });
  return missing === undefined ? filled.join("") : { problem: `the alert has no ${missing}` };
}

/** The placeholder of the names of the agent's pods, a pattern. */
const PODS = "agent.pods";

function isPatternAfter(operator: Part | undefined): boolean {
  return /[=!|]~\s*$/.test(operator?.text ?? "");
}

function valueOfName(name: string, { agent, labels }: QueryNames): string | undefined {
  const label = /^alert\.labels\.(.+)$/.exec(name)?.[1];
  if (label !== undefined) return Object.hasOwn(labels, label) ? labels[label] : undefined;
  switch (name) {
    case "agent.name":
      return agent.name;
    case "agent.namespace":
      return agent.namespace;
    case "agent.tenant":
      return agent.tenant;
    default:
      return agent.environment;
  }
}

/** A text within a double-quoted or single-quoted literal of PromQL and LogQL (Go's escapes). */
function literal(text: string): string {
  return text.replace(/[\\"']|\p{Cc}/gu, (char) => {
    if (char === "\\" || char === '"') return `\\${char}`;
    // Not \x85, which is a byte by itself and no character.
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

interface Part {
  readonly text: string;
  readonly quoted: boolean;
  readonly quote: string;
}

/** The query, divided at its string literals; the quotes belong to the literal. */
function partsOf(template: string): readonly Part[] {
  const parts: Part[] = [];
  // If a quote has no end on its line, later ones of its kind have none either, so the end is searched only once.
  const unclosed = new Set<string>();
  let copied = 0;
  let at = 0;
  while (at < template.length) {
    const quote = template.charAt(at);
    if (quote === "\n") unclosed.clear();
    const end = QUOTES.includes(quote) && !unclosed.has(quote) ? endOfLiteral(template, at) : undefined;
    if (end === undefined) {
      if (QUOTES.includes(quote)) unclosed.add(quote);
      at += 1;
      continue;
    }
    parts.push({ text: template.slice(copied, at), quoted: false, quote: "" });
    parts.push({ text: template.slice(at, end), quoted: true, quote });
    copied = end;
    at = end;
  }
  return [...parts, { text: template.slice(copied), quoted: false, quote: "" }];
}

const QUOTES = "\"'`";

/** The offset behind the literal that begins at a quote; undefined where it does not end on its line. */
function endOfLiteral(template: string, start: number): number | undefined {
  const quote = template.charAt(start);
  for (let at = start + 1; at < template.length; at += 1) {
    const char = template.charAt(at);
    if (char === quote) return at + 1;
    if (quote === "`") continue;
    if (char === "\n") return undefined;
    if (char === "\\" && template[at + 1] !== "\n") at += 1;
  }
  return undefined;
}
