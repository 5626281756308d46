const [OPEN, CLOSE] = ["<!--", "-->"];

/** Markdown without its HTML comments, which readers do not see; one without an end stays, as on GitHub. Linear in the text. */
export function withoutComments(markdown: string): string {
  let shown = "";
  let done = 0;
  for (;;) {
    const start = markdown.indexOf(OPEN, done);
    const end = start < 0 ? -1 : markdown.indexOf(CLOSE, start + OPEN.length);
    if (end < 0) return shown + markdown.slice(done);
    shown += markdown.slice(done, start);
    done = end + CLOSE.length;
  }
}
