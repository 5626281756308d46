/**
 * Outside text in a pull request, made harmless: it mentions nobody, links no issue, closes none, is no HTML and no
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

/** As `shortened(oneLine(text), limit)`, without going through all of a text that is a thousand times as long. */
function glance(text: string, limit: number): string {
  const most = LOOKED_AT + 8 * limit;
  const line = shortened(oneLine(text.slice(0, most)), limit).trim();
  return text.length <= most || line.endsWith("…") ? line : `${line}…`;
}

/** Characters of a text that are looked at where a line of it is shown: beyond, only blanks could still matter. */
const LOOKED_AT = 4096;

/** The text cut after `limit` characters, never within a code point, with an ellipsis where something was cut. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, Math.max(0, limit - 1)).replace(/[\ud800-\udbff]$/, "")}…`;
}

/**
 * Outside text as inline code, where GitHub follows no mention, link or reference; at most `limit` characters of it. It may
 * stand in a table's cell: there a backslash before a pipe cannot be written between backticks, so text with a pipe is
 * marked up as HTML does.
 */
export function code(text: string, limit = 200): string {
  const shown = glance(text, limit);
  return shown.includes("|") ? `<code>${escaped(shown)}</code>` : span(text, limit);
}

/** The same outside of tables, where a pipe is nothing special: it stays as it was written, for who copies a query. */
export function span(text: string, limit = 200): string {
  const shown = glance(text, limit);
  if (shown === "") return '""';
  const fence = "`".repeat(longestRun(shown) + 1);
  const pad = shown.startsWith("`") || shown.endsWith("`") ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/**
 * Outside text as prose, at most `limit` characters of it. Punctuation that Markdown reads is escaped; `@`, `#`, `GH-`,
 * `://` and `www.` are followed by a zero-width space, since GitHub looks for mentions and links after Markdown is read.
 */
export function prose(text: string, limit = 500): string {
  return escaped(glance(text, limit));
}

function escaped(text: string): string {
  return text
    .replace(/[&<>]/g, (char) => (char === "&" ? "&amp;" : char === "<" ? "&lt;" : "&gt;"))
    .replace(/[\\`*_{}[\]()!|~$^=+-]/g, "\\$&")
    .replace(/^(\d+)\./, "$1\\.")
    .replace(/[@#]/g, "$&&#8203;")
    .replace(/:\/\//g, ":&#8203;//")
    .replace(/www\./gi, "$&&#8203;")
    .replace(/gh\\-/gi, "$&&#8203;");
}

/** A fenced block that nothing in the text can end. */
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
