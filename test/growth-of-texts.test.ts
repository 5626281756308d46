import { describe, expect, test } from "vitest";
import { withTextCharts } from "../src/cli/text-chart.ts";
import { milliseconds } from "../src/compile/dapr.ts";
import { joinedName } from "../src/compile/names.ts";
import { toYaml } from "../src/compile/yaml.ts";
import { readAlerts } from "../src/domain/alert-payload.ts";
import { imageReference, isFrom } from "../src/domain/image.ts";
import { baseUnits } from "../src/domain/quantity.ts";
import { isNamedSecret, secretIn, shapesIn } from "../src/domain/secret-shapes.ts";
import { readLine } from "../src/observe/log-line.ts";
import { summarise } from "../src/observe/log-summary.ts";
import { scopePromql } from "../src/observe/scope.ts";
import { branchFor, causeOf } from "../src/pr/branch.ts";
import { diffText } from "../src/pr/diff-text.ts";
import { withoutComments } from "../src/pr/html-comments.ts";
import { leafChanges } from "../src/pr/leaf-changes.ts";
import { code, fenced, oneLine, prose, span, visible } from "../src/pr/markdown.ts";
import { decodeMarker, withoutMarker } from "../src/pr/marker.ts";
import { shownText, shownValue } from "../src/pr/shown-value.ts";
import { cutShort } from "../src/redaction/cut.ts";
import { namedSecrets } from "../src/redaction/named-secrets.ts";
import { privateKeys } from "../src/redaction/private-keys.ts";
import { randomRuns } from "../src/redaction/random-runs.ts";
import { withoutLongLines } from "../src/redaction/windows.ts";
import { withoutSecrets } from "../src/redaction/without-secrets.ts";
import { fillQuery, templateProblem } from "../src/remedy/fill-query.ts";
import { millisecondsOf } from "../src/remedy/read-remedies.ts";
import { tryEdits } from "../src/spec/edit.ts";
import { didYouMean } from "../src/spec/nearest.ts";
import { placeAt, placesIn } from "../src/spec/positions.ts";
import { readPrompt, unsafe } from "../src/spec/prompt.ts";
import { readYaml } from "../src/spec/read-yaml.ts";
import { show } from "../src/spec/show.ts";
import { badString } from "../src/spec/strings.ts";
import { syntaxAdvice } from "../src/spec/syntax-advice.ts";
import { substitute, usedIn } from "../src/spec/template.ts";
import { growthOf, TOO_STEEP, timeOf } from "./growth.ts";
import { HOSTILE, repeated } from "./spec/worst-agents.ts";

const NAMES = {
  agent: { name: "a", namespace: "b", tenant: "c", environment: "d" },
  labels: {},
};
const bytes = (text: string) => new TextEncoder().encode(text);
const quoted = (text: string) => JSON.stringify(text);
const edit = {
  kind: "set",
  agent: "a/b",
  file: "f",
  at: "/spec/x",
  from: undefined,
  to: 1,
  why: "",
  by: "rule",
} as const;

/** Everything that searches a text which somebody outside wrote. A function that does is a line here. */
const SEARCHES: Readonly<Record<string, (text: string) => unknown>> = {
  code,
  prose,
  span,
  oneLine,
  visible,
  fenced: (text) => fenced(text, "diff"),
  withoutComments,
  withTextCharts,
  "diffText of a new file": (text) => diffText([{ path: "f", before: undefined, text }]),
  "diffText of a changed file": (text) =>
    diffText([{ path: "f", before: { oid: "", text }, text: text.replaceAll("x", "y").slice(1) }]),
  shownValue,
  shownText: (text) => shownText(text, text.slice(3)),
  leafChanges: (text) => leafChanges({ a: { b: text } }, { a: { b: text.slice(1) } }),
  decodeMarker,
  "decodeMarker of one that is none": (text) => decodeMarker(`<!-- raos:pull ${text} -->`),
  withoutMarker,
  branchFor: (text) => branchFor({ kind: "request", id: text }),
  causeOf: (text) => causeOf(`raos/request/${text}`),
  readLine,
  summarise: (text) => summarise([{ at: 1, line: text }], { deployedAt: undefined, most: 30 }),
  shapesIn,
  secretIn,
  isNamedSecret: (text) => [isNamedSecret("apiKey", text), isNamedSecret(text, "x")],
  namedSecrets,
  privateKeys,
  randomRuns,
  withoutSecrets,
  cutShort: (text) => cutShort(text, text.length - 1),
  withoutLongLines,
  scopePromql: (text) => scopePromql(text, "n"),
  readAlerts: (text) => readAlerts([{ labels: { alertname: text }, annotations: { summary: text } }], 0),
  baseUnits,
  milliseconds,
  millisecondsOf,
  image: (text) => [imageReference(text), isFrom("a/b", text)],
  joinedName: (text) => joinedName(text, text),
  toYaml: (text) => [toYaml({ a: text, [text]: [text] }), toYaml({ a: { b: [{ c: text }] } }, "compact")],
  "readYaml of any text": (text) => readYaml("f", bytes(text)),
  "readYaml of a quoted text": (text) => readYaml("f", bytes(`a: ${quoted(text)}\n`)),
  "readYaml of a block": (text) => readYaml("f", bytes(`a: |\n  ${text.replaceAll("\n", "\n  ")}\n`)),
  "readYaml of a key": (text) => readYaml("f", bytes(`${quoted(text)}: 1\n`)),
  tryEdits: (text) => tryEdits(`spec:\n  p: ${quoted(text)}\n`, [edit]),
  placeAt: (text) => placeAt(text, text.length),
  placesIn: (text) => placesIn(text)(text.length),
  didYouMean: (text) => didYouMean(text, [text.slice(1), "description"], ""),
  show,
  badString: (text) => badString({ a: text }, []),
  syntaxAdvice: (text) => syntaxAdvice(text, text),
  readPrompt: (text) => readPrompt("p", () => bytes(text)),
  unsafe,
  usedIn,
  substitute: (text) => substitute(text, new Map([["a", "b"]])),
  templateProblem,
  fillQuery: (text) => fillQuery(`m{a="${text}"}`, NAMES, "promql"),
};

/** Milliseconds that a search of 64,000 characters takes, at most, where it is linear on a slow machine. */
const QUICK = 60;

describe("a search takes time in proportion to the text", () => {
  test.each(Object.entries(SEARCHES))("%s", { timeout: 120_000 }, (_name, search) => {
    for (const piece of HOSTILE) {
      const around = (size: number) => `x${repeated(piece, size)}x`;
      // A text of a few thousand characters first: what is worse than quadratic would not end on a longer one.
      const short = growthOf(500, around, search);
      if (timeOf(around(64_000), search) < QUICK) continue;
      const growth = short > TOO_STEEP ? short : growthOf(32_000, around, search);
      expect(growth, JSON.stringify(piece)).toBeLessThan(TOO_STEEP);
    }
  });
});
