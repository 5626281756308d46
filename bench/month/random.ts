/** A generator of numbers that a seed decides alone (mulberry32): the same seed gives the same month. */
export interface Chance {
  /** At least 0, below 1. */
  next(): number;
  between(least: number, most: number): number;
  /** A whole number; both ends are included. */
  whole(least: number, most: number): number;
  pick<T>(list: readonly [T, ...T[]]): T;
}

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    return mix(state);
  };
  const between = (least: number, most: number) => least + (most - least) * next();
  return {
    next,
    between,
    whole: (least, most) => Math.floor(between(least, most + 1)),
    pick: (list) => list[Math.floor(next() * list.length)] ?? list[0],
  };
}

/** Noise that a text and a number decide alone: at least 0, below 1. */
export function noise(text: string, index: number): number {
  let state = 0x811c9dc5 ^ index;
  for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  return mix(state >>> 0);
}

function mix(state: number): number {
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
