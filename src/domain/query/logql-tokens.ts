/** A piece of LogQL text: a string literal with its quotes, a comment, or anything else. */
export interface LogqlPiece {
  readonly kind: "code" | "string" | "comment";
  readonly text: string;
}

/**
 * The pieces of a LogQL query, as Loki's lexer (Go's text/scanner) divides it: strings in double quotes with Go's escapes, raw
 * strings in backquotes, and comments from `#` to the end of the line. Joined they are the query. Undefined where a string has
 * no end.
 */
export function logqlPieces(query: string): readonly LogqlPiece[] | undefined {
  const pieces: LogqlPiece[] = [];
  let code = 0;
  let at = 0;
  while (at < query.length) {
    const kind = startOf(query.charAt(at));
    if (kind === "code") {
      at += 1;
      continue;
    }
    const end = kind === "comment" ? endOfComment(query, at) : endOfString(query, at);
    if (end === undefined) return undefined;
    if (at > code) pieces.push({ kind: "code", text: query.slice(code, at) });
    pieces.push({ kind, text: query.slice(at, end) });
    code = end;
    at = end;
  }
  return code < query.length ? [...pieces, { kind: "code", text: query.slice(code) }] : pieces;
}

function startOf(char: string): LogqlPiece["kind"] {
  if (char === "#") return "comment";
  return char === '"' || char === "`" ? "string" : "code";
}

function endOfComment(query: string, start: number): number {
  const end = query.indexOf("\n", start);
  return end < 0 ? query.length : end;
}

function endOfString(query: string, start: number): number | undefined {
  const quote = query.charAt(start);
  if (quote === "`") {
    const end = query.indexOf("`", start + 1);
    return end < 0 ? undefined : end + 1;
  }
  for (let at = start + 1; at < query.length; at += 1) {
    const char = query.charAt(at);
    if (char === '"') return at + 1;
    if (char === "\n") return undefined;
    if (char === "\\") at += 1;
  }
  return undefined;
}
