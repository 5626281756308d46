import { Marked } from "marked";

/** Tags that pull requests and issues of ours are made of, and the attributes they may have. */
const TAGS: Readonly<Record<string, RegExp>> = {
  a: /^ href="http:\/\/prometheus\.example\/graph\?[^"]*"$/,
  code: /^( class="language-[a-z]+")?$/,
  th: /^( align="[a-z]+")?$/,
  td: /^( align="[a-z]+")?$/,
};
const BARE = /^(p|pre|strong|em|sub|details|summary|ul|ol|li|table|thead|tbody|tr|h2|h3|blockquote|br|hr)$/;

/**
 * What of a body would be live on GitHub though it should not: elements that are none of ours, links elsewhere, and, outside
 * of code, mentions, references to issues and addresses. GitHub follows those after Markdown is read, so the text is looked
 * at as a reader sees it.
 */
export function liveParts(markdown: string): readonly string[] {
  const html = new Marked({ gfm: true }).parse(markdown, { async: false });
  const comments = html.match(/<!--[\s\S]*?-->/g) ?? [];
  const shown = html.replace(/<!-- raos:(pull|issue) [A-Za-z0-9+/=]+ -->/, "");
  const tags = [...shown.matchAll(/<(\/?)([a-zA-Z][\w-]*|!--)([^>]*)>/g)].filter(([, end, name = "", rest = ""]) => {
    if (end === "/") return !(name in TAGS) && !BARE.test(name);
    return !(BARE.test(name) ? rest.replace(/\s*\/$/, "") === "" : TAGS[name]?.test(rest) === true);
  });
  const text = shown
    .replace(/<(code|pre)\b[^>]*>[\s\S]*?<\/\1>/g, " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/&#8203;/g, "\u200b")
    .replace(/&#39;|&quot;/g, "'")
    .replace(/&amp;/g, "&");
  const patterns = [
    /(?<![\w\u200b])@[a-z\d][\w/-]*/gi,
    /#\d+/g,
    /\bGH-\d+/gi,
    /\b(https?|ftp):\/\/\S+/gi,
    /\bwww\.[a-z\d]\S*/gi,
    /(?![\n\t])[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
  ];
  return [
    ...(comments.length > 1 ? [`${comments.length} comments`] : []),
    ...tags.map(([tag]) => tag),
    ...patterns.flatMap((pattern) => text.match(pattern) ?? []),
  ];
}
