import { displayValue } from "../problems/display-value.ts";
import { MAX_DEPTH } from "./yaml-limits.ts";

/** The beginnings of js-yaml's reasons (and of this project's own), and our message for each; {} is the word at the mistake. */
const ADVICE: ReadonlyArray<readonly [reason: string, advice: string]> = [
  ["duplicated mapping key", "{} is written twice; keep one of the two"],
  ["a key that is no string", "key {} is not a string; put it in quotes"],
  ["a key that is a collection", "a key that is a list or a mapping; write a string"],
  ["key <<", "merge keys (<<) are not supported; write the fields out, or use a template"],
  ["key __proto__", "__proto__ cannot be a key; remove it"],
  ["aliases exceeded", "anchors and aliases are not supported; write the value out, or use a template"],
  ["nesting exceeded", `nested deeper than ${MAX_DEPTH} levels; flatten it`],
  ["unknown scalar tag", "custom tags are not supported; remove the tag, or quote the text"],
  ["unknown sequence tag", "custom tags are not supported; remove the tag, or quote the text"],
  ["unknown mapping tag", "custom tags are not supported; remove the tag, or quote the text"],
  ["undeclared tag handle", "custom tags are not supported; remove the tag, or quote the text"],
  ["tag ", "read as a tag because it starts with '!'; put the text in quotes"],
  ["cannot resolve a node", "the value does not fit its tag; remove the tag"],
  ["tab characters", "a tab in the indentation; indent with spaces"],
  [
    "bad indentation of a mapping entry",
    "wrong indentation; align the key with its siblings, or quote a text that holds ': '",
  ],
  ["bad indentation of a sequence entry", "wrong indentation; align the '-' with its siblings"],
  [
    "deficient indentation",
    "a bracket or quote above is not closed, or this line is indented too little; close it, or indent the line",
  ],
  ["can not read a block mapping entry", "a line without ':'; write key: value"],
  ["expected ':' after a mapping key", "no ':' after the key; write key: value"],
  ["missed comma", "no ',' between the entries; add it"],
  ["unexpected end of the stream within a double quoted", "the text has no closing '\"'; add it"],
  ["unexpected end of the stream within a single quoted", 'the text has no closing "\'"; add it'],
  ["unexpected end of the stream within a flow", "no closing bracket; add ']' or '}'"],
  ["unknown escape sequence", "unknown escape after '\\'; double the backslash, or use single quotes"],
  [
    "end of the stream or a document separator",
    "unexpected text; indent it as part of the value above, or quote the value",
  ],
];

/** The message for a text that js-yaml cannot read: what is wrong, then what to write. `word` is the text at the mistake. */
export function syntaxAdvice(reason: string, word: string): string {
  const found = ADVICE.find(([start]) => reason.startsWith(start));
  if (found === undefined) return `not readable as YAML: ${reason}; correct it, or quote the text`;
  return found[1].replace("{}", () => displayValue(word));
}
