import { createViewBuilder, type TextView } from "./text/text-view.ts";

/** Percent-encoding, escapes of JSON and of C-like languages at any depth of backslashes, and character references of HTML. */
const ESCAPE =
  /(?:%[0-9A-Fa-f]{2}){1,8}|%u[0-9A-Fa-f]{4}|\\{1,8}(?:u[0-9A-Fa-f]{4}|u\{[0-9A-Fa-f]{1,6}\}|x[0-9A-Fa-f]{2}|[0-3][0-7]{2}|[nrt"'`/\\])|&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos);/g;
const HINT = /[%\\&]/;
const PLAIN: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The lines of a text that hold escapes, with these decoded once. */
export function* unescapedViews(text: string): Generator<TextView> {
  if (!HINT.test(text)) return;
  const builder = createViewBuilder();
  let line = 0;
  let done = 0;
  let isOpen = false;
  for (const match of text.matchAll(ESCAPE)) {
    if (match.index >= line) {
      if (isOpen) builder.add(text.slice(done, line), done, line);
      builder.separate();
      if (builder.isFull()) yield* builder.take();
      done = text.lastIndexOf("\n", match.index) + 1;
      const end = text.indexOf("\n", match.index);
      line = end < 0 ? text.length : end;
      isOpen = true;
    }
    builder.add(text.slice(done, match.index), done, match.index);
    const end = match.index + match[0].length;
    if (/^%[^u]/.test(match[0])) addPercent(builder, match[0], match.index);
    else builder.add(charOf(match[0]), match.index, end);
    done = end;
  }
  if (isOpen) builder.add(text.slice(done, line), done, line);
  yield* builder.take();
}

/** Bytes read as UTF-8; invalid ones are replaced. */
function addPercent(builder: ReturnType<typeof createViewBuilder>, escapes: string, start: number): void {
  const bytes = Buffer.from(escapes.replaceAll("%", ""), "hex");
  let at = 0;
  while (at < bytes.length) {
    const length = lengthOf(bytes[at] ?? 0);
    const char = bytes.toString("utf8", at, at + length);
    const isWhole = char.length <= 2 && !char.includes("\ufffd");
    const taken = isWhole ? length : 1;
    builder.add(isWhole ? char : "\ufffd", start + 3 * at, start + 3 * Math.min(at + taken, bytes.length));
    at += taken;
  }
}

function lengthOf(lead: number): number {
  if (lead < 0xc0) return 1;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

function charOf(escaped: string): string {
  if (escaped.startsWith("&")) return referenceOf(escaped.slice(1, -1));
  const body = escaped.replace(/^(?:%|\\+)/, "");
  // `\\` alone: half of the backslashes stay, so that the next view reads what they escape.
  if (body === "") return "\\".repeat(escaped.length >> 1);
  const kind = body[0] ?? "";
  if (kind === "u" || kind === "x") return codePoint(Number.parseInt(body.slice(1).replace(/[{}]/g, ""), 16));
  if (/^[0-3]/.test(kind)) return codePoint(Number.parseInt(body, 8));
  return PLAIN[kind] ?? kind;
}

function referenceOf(name: string): string {
  if (!name.startsWith("#")) return NAMED[name] ?? "";
  return codePoint(/^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
}

function codePoint(value: number): string {
  return value <= 0x10ffff ? String.fromCodePoint(value) : "\ufffd";
}
