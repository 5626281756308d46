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

/** The assumed price of an unknown model: more than most cost, so that the budget is not exceeded. */
const UNKNOWN = [5, 25] as const;

/**
 * The price of tokens of a model by OpenAI's list, in US dollars; cached tokens count in full. A vendor before a slash and a
 * date at the end of the name are ignored. The rest must match completely: an expensive model's name may start like a cheap one's.
 */
export function dollarsOf(model: string, tokens: { readonly input: number; readonly output: number }): number {
  const name = model.slice(model.lastIndexOf("/") + 1).replace(/-(\d{4}-\d{2}-\d{2}|latest)$/, "");
  const [input, output] = (Object.hasOwn(PRICES, name) ? PRICES[name] : undefined) ?? UNKNOWN;
  return (tokens.input * input + tokens.output * output) / 1e6;
}
