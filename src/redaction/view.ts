import type { TextRange } from "../domain/secret-shapes.ts";

/** Another reading of a text, such as its percent-encoded parts decoded, and what its ranges are in the text itself. */
export interface View {
  readonly text: string;
  /** Whether names say what is a secret in it; not where a value may go on in what stands on another line. */
  readonly hasNames: boolean;
  /** Ranges of the view as ranges of the text; one that spans what does not belong together is left out. */
  back(ranges: readonly TextRange[]): readonly TextRange[];
}

export interface ViewBuilder {
  /** Adds what a range of the text reads as; where both are as long, character stands for character. */
  add(reading: string, start: number, end: number): void;
  /** What follows does not belong to what came before. */
  cut(): void;
  /** Whether it is time to take the view: a long text is read in several, so that none fills the memory. */
  isFull(): boolean;
  /** The views of what was added since the last time; none where nothing was. */
  take(): readonly View[];
}

/** Pieces and characters of one view. */
const MOST_PIECES = 8192;
const MOST_CHARACTERS = 65_536;

interface Piece {
  readonly at: number;
  readonly length: number;
  readonly start: number;
  readonly end: number;
  /** Number of the part it belongs to: parts are cut off from each other. */
  readonly part: number;
}

/** No detector reads across this. */
const CUT = "\n\u0000\n";

/** Puts views together from pieces. */
export function buildView(hasNames = true): ViewBuilder {
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
    cut() {
      if (pieces.at(-1)?.part !== part) return;
      texts.push(CUT);
      length += CUT.length;
      part += 1;
    },
    isFull: () => pieces.length >= MOST_PIECES || length >= MOST_CHARACTERS,
    take() {
      if (pieces.length === 0) return [];
      const known = pieces;
      const view: View = {
        text: texts.join(""),
        hasNames,
        back: (ranges) => ranges.flatMap((range) => sourceOf(range, known)),
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

/** The piece that holds a position; undefined in a cut. */
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
