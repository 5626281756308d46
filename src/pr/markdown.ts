/**
 * Makes untrusted text harmless in a pull request: it mentions nobody, links no issue, closes none, is neither HTML nor
 * Markdown, and hides nothing from the reader.
 */

/** Characters that a reader cannot see, or that change how others are shown: control, format, line and paragraph separators. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu;

/** The text on one line, each character that cannot be seen spelled out, such as `\u{202e}`. */
export function oneLine(text: string): string {
  return visible(text.replace(/\s+/g, (blank) => (blank.includes("\n") ? " " : blank)).replaceAll("\t", " "));
}

/** The text with each character that cannot be seen spelled out; line ends and tabs stay. */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replace(UNSEEN, (char) =>
      char === "\n" || char === "\t" ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
    );
}

/** As `shortened(oneLine(text), limit)`, without reading all of a very long text. */
function shortLine(text: string, limit: number): string {
  const most = READ_FOR_LINE + 8 * limit;
  const line = shortened(oneLine(text.slice(0, most)), limit).trim();
  return text.length <= most || line.endsWith("…") ? line : `${line}…`;
}

/** Characters of a text that are read to show one line of it. */
const READ_FOR_LINE = 4096;

/** The text cut after `limit` characters, never within a code point, with an ellipsis where something was cut. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, Math.max(0, limit - 1)).replace(/[\ud800-\udbff]$/, "")}…`;
}

/**
 * Untrusted text as inline code, in which GitHub finds no mention, link or reference; at most `limit` characters. It is also safe
 * in a table's cell: a pipe between backticks cannot be escaped there, so text with a pipe becomes HTML.
 */
export function code(text: string, limit = 200): string {
  const shown = shortLine(text, limit);
  return shown.includes("|") ? `<code>${escapeProse(shown)}</code>` : span(text, limit);
}

/** As `code`, but for places outside of tables, where a pipe needs no escape: a reader can copy a query unchanged. */
export function span(text: string, limit = 200): string {
  const shown = shortLine(text, limit);
  if (shown === "") return '""';
  const fence = "`".repeat(longestRun(shown) + 1);
  const pad = shown.startsWith("`") || shown.endsWith("`") ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/**
 * Untrusted text as prose, at most `limit` characters of it. Punctuation that Markdown reads is escaped; `@`, `#`, `GH-`,
 * `://` and `www.` are followed by a zero-width space, since GitHub looks for mentions and links after Markdown is read.
 */
export function prose(text: string, limit = 500): string {
  return escapeProse(shortLine(text, limit));
}

function escapeProse(text: string): string {
  return text
    .replace(/[&<>]/g, (char) => (char === "&" ? "&amp;" : char === "<" ? "&lt;" : "&gt;"))
    .replace(/[\\`*_{}[\]()!|~$^=+-]/g, "\\$&")
    .replace(/^(\d+)\./, "$1\\.")
    .replace(/[@#]/g, "$&&#8203;")
    .replace(/:\/\//g, ":&#8203;//")
    .replace(/www\./gi, "$&&#8203;")
    .replace(/gh\\-/gi, "$&&#8203;");
}

/** A fenced block with a fence that is longer than any in the text. */
export function fenced(text: string, language: string): string {
  const shown = visible(text);
  const fence = "`".repeat(Math.max(3, longestRun(shown) + 1));
  return `${fence}${language}\n${shown}${shown.endsWith("\n") || shown === "" ? "" : "\n"}${fence}`;
}

/** A table; cells are Markdown already, each without line ends. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  const last = items.at(-1);
  if (last === undefined || items.length === 1) return last ?? "";
  return `${items.slice(0, -1).join(", ")} and ${last}`;
}

/** The first of them, and how many more there are: `a, b and 3 more`. */
export function some(items: readonly string[], most: number): string {
  return listed(items.length > most ? [...items.slice(0, most), `${items.length - most} more`] : items);
}

/** `1 file`, `2 files`. */
export function counted(count: number, noun: string): string {
  return `${count < 1000 ? count : count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

function longestRun(text: string): number {
  let longest = 0;
  for (const run of text.match(/`+/g) ?? []) longest = Math.max(longest, run.length);
  return longest;
}
