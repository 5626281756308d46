import type { TextRange } from "../../domain/secrets/secret-shapes.ts";
import { rangesAcrossLineBreaks } from "./across-line-breaks.ts";
import { afterIndent, afterPrefix, type FindRest, type LineBreak, lineBreaksOf } from "./line-breaks.ts";
import { createViewBuilder, type TextView, type TextViewBuilder } from "./text-view.ts";

/** Most line breaks that are joined at once. In a longer chain, the last `AGAIN` of them are joined again with the next ones. */
const MOST_LINES = 64;
const AGAIN = 32;
const ANY_END = /[\n\r\v\f\u0085\u2028\u2029]/;

/**
 * Views of a text with wrapped lines joined: without the line break and, once, the indent of the next line; once, its logger's
 * prefix. Only secrets that cross a line break are reported. `known` are the secrets found without joining: beside a line that
 * holds a whole one, another line is part of a secret only where it looks like one.
 */
export function* wrappedViews(text: string, known: readonly TextRange[]): Generator<TextView> {
  if (!ANY_END.test(text)) return;
  yield* viewsOf(text, known, afterIndent);
  yield* viewsOf(text, known, afterPrefix);
}

function* viewsOf(text: string, known: readonly TextRange[], skip: FindRest): Generator<TextView> {
  const builder = createViewBuilder(false);
  let lineBreaks: LineBreak[] = [];
  let chain: LineBreak[] = [];
  const take = (): readonly TextView[] => {
    const present = lineBreaks;
    // These lines are read again with the next ones.
    lineBreaks = [...chain];
    return builder.take().map((view) => ({
      ...view,
      toSourceRanges: (ranges) => rangesAcrossLineBreaks(text, view.toSourceRanges(ranges), present, known),
    }));
  };
  for (const lineBreak of lineBreaksOf(text, skip)) {
    if (chain.length >= MOST_LINES || !leadsInto(chain, lineBreak)) {
      addLongChains(builder, text, chain);
      chain = leadsInto(chain, lineBreak) ? chain.slice(-AGAIN) : [];
      if (builder.isFull()) yield* take();
    }
    lineBreaks.push(lineBreak);
    chain.push(lineBreak);
    addChain(builder, text, [lineBreak]);
  }
  addLongChains(builder, text, chain);
  yield* take();
}

/** Whether the last line break of a chain leads to the line that this one ends. */
function leadsInto(chain: readonly LineBreak[], lineBreak: LineBreak): boolean {
  const before = chain.at(-1);
  return before?.isOpen === true && before.to === lineBreak.end;
}

/**
 * Joins a chain of three or more lines, once from the first line and once from the second: the first may not be
 * part of the secret.
 */
function addLongChains(builder: TextViewBuilder, text: string, chain: readonly LineBreak[]): void {
  if (chain.length > 1) addChain(builder, text, chain);
  if (chain.length > 2) addChain(builder, text, chain.slice(1));
}

function addChain(builder: TextViewBuilder, text: string, chain: readonly LineBreak[]): void {
  builder.separate();
  let from = chain[0]?.from ?? 0;
  for (const { end, start } of chain) {
    builder.add(text.slice(from, end), from, end);
    from = start;
  }
  const to = chain.at(-1)?.to ?? from;
  builder.add(text.slice(from, to), from, to);
}
