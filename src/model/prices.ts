/** US dollars for a million tokens, by the start of a model's name; of two that fit the longer. */
const PRICES: readonly (readonly [prefix: string, input: number, output: number])[] = [
  ["gpt-5-nano", 0.05, 0.4],
  ["gpt-5-mini", 0.25, 2],
  ["gpt-5", 1.25, 10],
  ["gpt-4.1-mini", 0.4, 1.6],
  ["gpt-4.1", 2, 8],
  ["gpt-4o-mini", 0.15, 0.6],
  ["gpt-4o", 2.5, 10],
];

/** What a model that is not known is taken to cost: more than most do, so that a budget errs on the safe side. */
const UNKNOWN = [5, 25] as const;

/** What tokens of a model cost, in US dollars. */
export function dollarsOf(model: string, tokens: { readonly input: number; readonly output: number }): number {
  const fitting = PRICES.filter(([prefix]) => model.startsWith(prefix)).sort(([a], [b]) => b.length - a.length);
  const [, input, output] = fitting[0] ?? ["", ...UNKNOWN];
  return (tokens.input * input + tokens.output * output) / 1e6;
}
