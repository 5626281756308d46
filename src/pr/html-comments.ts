const [OPEN, CLOSE] = ["<!--", "-->"];

/** Markdown without its HTML comments, which readers do not see. A comment without an end stays, as on GitHub. Linear time. */
export function withoutComments(markdown: string): string {
  let visible = "";
  let copied = 0;
  for (;;) {
    const start = markdown.indexOf(OPEN, copied);
    const end = start < 0 ? -1 : markdown.indexOf(CLOSE, start + OPEN.length);
    if (end < 0) return visible + markdown.slice(copied);
    visible += markdown.slice(copied, start);
    copied = end + CLOSE.length;
  }
}
