import type { Condition } from "../domain/rollout/facts.ts";

/** The condition of this type, or undefined. */
export function conditionOf(conditions: readonly Condition[], type: string): Condition | undefined {
  return conditions.find((one) => one.type === type);
}

/** Whether a condition is there and holds. */
export function isTrue(condition: Condition | undefined): condition is Condition & { readonly status: "True" } {
  return condition?.status === "True";
}

/** Whether a condition is there and does not hold; "Unknown" is neither. */
export function isFalse(condition: Condition | undefined): condition is Condition & { readonly status: "False" } {
  return condition?.status === "False";
}

/** What a controller says: its words, else its reason. */
export function sentence({ reason, words }: Pick<Condition, "reason" | "words">): string {
  if (words.text === "") return reason === "" ? "it gives no reason" : reason;
  return reason === "" || words.text.includes(reason) ? words.text : `${reason}: ${words.text}`;
}
