import { literalPattern } from "../domain/literal-pattern.ts";

/** What the placeholders of a query may name. */
export interface QueryNames {
  readonly agent: {
    readonly name: string;
    readonly namespace: string;
    readonly tenant: string;
    readonly environment: string;
  };
  /** The labels of the alert: outside text. */
  readonly labels: Readonly<Record<string, string>>;
}

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;
const KNOWN = /^(agent\.(name|namespace|tenant|environment)|alert\.labels\.[A-Za-z_][A-Za-z0-9_]*)$/;

/**
 * What is wrong with a query's placeholders, or undefined. Each has to stand within a quoted string that something is
 * compared with: there it can be escaped, and it is known whether it is a pattern.
 */
export function templateProblem(template: string): string | undefined {
  const parts = partsOf(template);
  for (const [index, part] of parts.entries()) {
    for (const [whole, inner = ""] of part.text.matchAll(PLACEHOLDER)) {
      const name = inner.trim();
      if (!part.quoted) return `${whole} stands outside of quotes; write it within a quoted string`;
      if (part.quote === "\u0060") return `${whole} stands in a raw string, which knows no escapes; use double quotes`;
      if (!/[=~]\s*$/.test(parts[index - 1]?.text ?? ""))
        return `${whole} stands in a string that nothing is compared with; use it after =, !=, =~, !~, |= or |~`;
      if (!KNOWN.test(name))
        return `${whole} is not known; there are agent.name, agent.namespace, agent.tenant, agent.environment and alert.labels.<name>`;
    }
  }
  return undefined;
}

/**
 * A PromQL or LogQL text with its placeholders filled in. Each value is escaped for the string literal it stands in, and,
 * where that is the pattern of `=~`, `!~`, `|~` or a like operator, for RE2 as well: a label's text can neither end the
 * literal nor be a pattern. A label that the alert lacks is a problem.
 */
export function fillQuery(
  template: string,
  names: QueryNames,
  _language: "promql" | "logql",
): string | { readonly problem: string } {
  const wrong = templateProblem(template);
  if (wrong !== undefined) return { problem: wrong };
  let missing: string | undefined;
  const filled = partsOf(template).map((part, index, all) => {
    if (!part.quoted) return part.text;
    const isPattern = /[=!|]~\s*$/.test(all[index - 1]?.text ?? "");
    return part.text.replace(PLACEHOLDER, (whole, name: string) => {
      const value = valueOfName(name.trim(), names);
      if (value === undefined) missing ??= whole;
      return literal(isPattern ? literalPattern(value ?? "") : (value ?? ""));
    });
  });
  return missing === undefined ? filled.join("") : { problem: `the alert has no ${missing}` };
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

/** The query cut at its string literals; the quotes belong to the literal. */
function partsOf(template: string): readonly Part[] {
  const parts: Part[] = [];
  // What has no end on its line has none for another quote of its kind there either: it is looked for once.
  const endless = new Set<string>();
  let done = 0;
  let at = 0;
  while (at < template.length) {
    const quote = template.charAt(at);
    if (quote === "\n") endless.clear();
    const end = QUOTES.includes(quote) && !endless.has(quote) ? endOfLiteral(template, at) : undefined;
    if (end === undefined) {
      if (QUOTES.includes(quote)) endless.add(quote);
      at += 1;
      continue;
    }
    parts.push({ text: template.slice(done, at), quoted: false, quote: "" });
    parts.push({ text: template.slice(at, end), quoted: true, quote });
    done = end;
    at = end;
  }
  return [...parts, { text: template.slice(done), quoted: false, quote: "" }];
}

const QUOTES = "\"'`";

/** Offset behind the literal that begins at a quote; undefined where it does not end, or not on its line. */
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
