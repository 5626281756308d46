import type { TextRange } from "../domain/secret-shapes.ts";
import { crossing } from "./crossing.ts";
import { afterIndent, afterPrefix, type Joint, jointsOf, type Skip } from "./joints.ts";
import { buildView, type View, type ViewBuilder } from "./view.ts";

/** Most lines that are read as one; where more go on, the last of these are read with the next ones too. */
const MOST_LINES = 64;
const AGAIN = 32;
const ANY_END = /[\n\r\v\f\u0085\u2028\u2029]/;

/**
 * Readings of a text in which lines go on in the next: ends of lines taken out with what stands around them, once with the
 * indent of the next line, once with what its logger wrote before it. Only what crosses such an end is a finding; `known` are
 * secrets that were found without. Of a secret that is whole on one side, the other side is a part only where it looks like one.
 */
export function* wrappedViews(text: string, known: readonly TextRange[]): Generator<View> {
  if (!ANY_END.test(text)) return;
  yield* viewsOf(text, known, afterIndent);
  yield* viewsOf(text, known, afterPrefix);
}

function* viewsOf(text: string, known: readonly TextRange[], skip: Skip): Generator<View> {
  const builder = buildView(false);
  let joints: Joint[] = [];
  let chain: Joint[] = [];
  const take = (): readonly View[] => {
    const present = joints;
    // What is read again is known again.
    joints = [...chain];
    return builder
      .take()
      .map((view) => ({ ...view, back: (ranges) => crossing(text, view.back(ranges), present, known) }));
  };
  for (const joint of jointsOf(text, skip)) {
    if (chain.length >= MOST_LINES || !leadsInto(chain, joint)) {
      addLongChains(builder, text, chain);
      chain = leadsInto(chain, joint) ? chain.slice(-AGAIN) : [];
      if (builder.isFull()) yield* take();
    }
    joints.push(joint);
    chain.push(joint);
    addChain(builder, text, [joint]);
  }
  addLongChains(builder, text, chain);
  yield* take();
}

/** Whether the last joint of a chain leads into the line that this one ends. */
function leadsInto(chain: readonly Joint[], joint: Joint): boolean {
  const before = chain.at(-1);
  return before?.isOpen === true && before.to === joint.end;
}

/** Three lines and more, from the first and from the second: what stands before a secret may be no part of it. */
function addLongChains(builder: ViewBuilder, text: string, chain: readonly Joint[]): void {
  if (chain.length > 1) addChain(builder, text, chain);
  if (chain.length > 2) addChain(builder, text, chain.slice(1));
}

function addChain(builder: ViewBuilder, text: string, chain: readonly Joint[]): void {
  builder.cut();
  let from = chain[0]?.from ?? 0;
  for (const { end, start } of chain) {
    builder.add(text.slice(from, end), from, end);
    from = start;
  }
  const to = chain.at(-1)?.to ?? from;
  builder.add(text.slice(from, to), from, to);
}
