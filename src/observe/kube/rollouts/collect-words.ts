import type { Words } from "../../../domain/rollout/facts.ts";
import { safeWordsOfAll } from "../../safe-words.ts";

/** Collects texts of a cluster, so that all of them are cleaned by one search for secrets. */
export interface WordCollector {
  /** Words that are empty until `clean` has run. */
  collect(text: string): Words;
  clean(): Promise<void>;
}

/** Most texts that are kept: a cluster may hold any number of objects in trouble. The rest stay empty. */
const MOST = 5000;
/** Most characters of a text before it is searched for secrets. */
const LONGEST = 2000;

/** A collector without texts. */
export function createWordCollector(): WordCollector {
  const waiting: { text: string; readonly raw: string }[] = [];
  return {
    collect(text) {
      const words = { text: "", raw: text.slice(0, LONGEST) };
      if (text !== "" && waiting.length < MOST) waiting.push(words);
      return words;
    },
    async clean() {
      const clean = await safeWordsOfAll(waiting.map(({ raw }) => raw));
      for (const [index, words] of waiting.entries()) words.text = clean[index] ?? "";
      waiting.length = 0;
    },
  };
}
