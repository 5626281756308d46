import type { TextRange } from "../../domain/secrets/secret-shapes.ts";

/** Another reading of a text, such as its percent-encoded parts decoded, which maps its ranges back to the text. */
export interface TextView {
  readonly text: string;
  /** Whether names in it may be used to find secrets. Not where it joins lines: a name may be joined to an unrelated line. */
  readonly hasNames: boolean;
  /** Ranges of the view as ranges of the text; a range across separated parts is left out. */
  toSourceRanges(ranges: readonly TextRange[]): readonly TextRange[];
}

export interface TextViewBuilder {
  /** Adds the reading of a range of the text; where both have the same length, their characters correspond. */
  add(reading: string, start: number, end: number): void;
  /** Separates what follows from what came before. */
  separate(): void;
  /** Whether the view should be taken now: a long text is read in several views, so that none uses too much memory. */
  isFull(): boolean;
  /** The views of what was added since the last time; none where nothing was. */
  take(): readonly TextView[];
}

/** Pieces and characters of one view. */
const MOST_PIECES = 8192;
const MOST_CHARACTERS = 65_536;

interface Piece {
  readonly at: number;
  readonly length: number;
  readonly start: number;
  readonly end: number;
  /** Number of the part it belongs to; parts are separated. */
  readonly part: number;
}

/** No detector reads across this. */
const SEPARATOR = "\n\u0000\n";

/** Creates a builder that makes views of pieces of a text. */
export function createViewBuilder(hasNames = true): TextViewBuilder {
  let texts: string[] = [];
  let pieces: Piece[] = [];
  let length = 0;
  let part = 0;
  return {
    add(reading, start, end) {
      if (reading === "") return;
      pieces.push({ at: length, length: reading.length, start, end, part });
      texts.push(reading);
      length += reading.length;
    },
    separate() {
      if (pieces.at(-1)?.part !== part) return;
      texts.push(SEPARATOR);
      length += SEPARATOR.length;
      part += 1;
    },
    isFull: () => pieces.length >= MOST_PIECES || length >= MOST_CHARACTERS,
    take() {
      if (pieces.length === 0) return [];
      const known = pieces;
      const view: TextView = {
        text: texts.join(""),
        hasNames,
        toSourceRanges: (ranges) => ranges.flatMap((range) => sourceOf(range, known)),
      };
      texts = [];
      pieces = [];
      length = 0;
      part = 0;
      return [view];
    },
  };
}

function sourceOf({ start, end }: TextRange, pieces: readonly Piece[]): readonly TextRange[] {
  const first = pieceAt(start, pieces);
  const last = pieceAt(end - 1, pieces);
  if (first === undefined || last === undefined || first.part !== last.part) return [];
  const from = isLiteral(first) ? first.start + start - first.at : first.start;
  const to = isLiteral(last) ? last.start + end - last.at : last.end;
  return [{ start: from, end: to }];
}

function isLiteral({ length, start, end }: Piece): boolean {
  return length === end - start;
}

/** The piece that holds a position; undefined in a separator. */
function pieceAt(position: number, pieces: readonly Piece[]): Piece | undefined {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pieces[middle]?.at ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  const piece = pieces[low];
  return piece !== undefined && position < piece.at + piece.length && position >= piece.at ? piece : undefined;
}
