/** US dollars for a million tokens, by a model's name; its dated versions cost the same. */
const PRICES: Readonly<Record<string, readonly [input: number, output: number]>> = {
  "gpt-5-nano": [0.05, 0.4],
  "gpt-5-mini": [0.25, 2],
  "gpt-5": [1.25, 10],
  "gpt-5-chat": [1.25, 10],
  "gpt-5-codex": [1.25, 10],
  "gpt-5.1": [1.25, 10],
  "gpt-5-pro": [15, 120],
  "gpt-4.1-nano": [0.1, 0.4],
  "gpt-4.1-mini": [0.4, 1.6],
  "gpt-4.1": [2, 8],
  "gpt-4o-mini": [0.15, 0.6],
  "gpt-4o": [2.5, 10],
  "o4-mini": [1.1, 4.4],
  o3: [2, 8],
  "o3-pro": [20, 80],
};

/** What a model that is not known is taken to cost: more than most do, so that a budget errs on the safe side. */
const UNKNOWN = [5, 25] as const;

/**
 * What tokens of a model cost at OpenAI's list prices, in US dollars; tokens from a cache are counted in full. A name is
 * taken whole, less a vendor before a slash and a date after it: what only begins like a cheap model may be a dear one.
 */
export function dollarsOf(model: string, tokens: { readonly input: number; readonly output: number }): number {
  const name = model.slice(model.lastIndexOf("/") + 1).replace(/-(\d{4}-\d{2}-\d{2}|latest)$/, "");
  const [input, output] = (Object.hasOwn(PRICES, name) ? PRICES[name] : undefined) ?? UNKNOWN;
  return (tokens.input * input + tokens.output * output) / 1e6;
}
