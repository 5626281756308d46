import { describe, expect, test } from "vitest";
import { withTextCharts } from "../src/cli/print/text-chart.ts";
import { joinedName } from "../src/compile/names.ts";
import { milliseconds } from "../src/compile/sections/dapr.ts";
import { toYaml } from "../src/compile/yaml/yaml.ts";
import { readAlerts } from "../src/domain/alert/alert-payload.ts";
import { branchFor, causeOf } from "../src/domain/branch-name.ts";
import { isNamedSecret, secretIn, shapesIn } from "../src/domain/secrets/secret-shapes.ts";
import { millisecondsOf } from "../src/domain/values/duration.ts";
import { imageReference, isFrom } from "../src/domain/values/image.ts";
import { baseUnits } from "../src/domain/values/quantity.ts";
import { readLine } from "../src/logs/log-line.ts";
import { summarise } from "../src/logs/log-summary.ts";
import { diffText } from "../src/pr/body/diff-text.ts";
import { withoutComments } from "../src/pr/html-comments.ts";
import { code, fenced, oneLine, prose, span, visible } from "../src/pr/markdown.ts";
import { decodeMarker, withoutMarker } from "../src/pr/marker.ts";
import { leafChanges } from "../src/pr/table/leaf-changes.ts";
import { shownText, shownValue } from "../src/pr/table/shown-value.ts";
import { findNamedSecrets } from "../src/redaction/named-secrets.ts";
import { findPrivateKeys } from "../src/redaction/private-keys.ts";
import { findRandomRuns } from "../src/redaction/random-runs.ts";
import { redactSecrets } from "../src/redaction/redact-secrets.ts";
import { truncateBetweenWords } from "../src/redaction/text/truncate.ts";
import { withoutLongLines } from "../src/redaction/text/windows.ts";
import { fillQuery, templateProblem } from "../src/remedy/fill-query.ts";
import { scopePromql } from "../src/remedy/promql-scope.ts";
import { tryEdits } from "../src/spec/edit/edit.ts";
import { substitute, usedIn } from "../src/spec/layers/template.ts";
import { displayValue } from "../src/spec/problems/display-value.ts";
import { didYouMean } from "../src/spec/problems/nearest.ts";
import { pathFault, readPrompt } from "../src/spec/read/prompt.ts";
import { lineColumnAt, lineColumnFinder } from "../src/spec/yaml/positions.ts";
import { readYaml } from "../src/spec/yaml/read-yaml.ts";
import { badString } from "../src/spec/yaml/strings.ts";
import { syntaxAdvice } from "../src/spec/yaml/syntax-advice.ts";
import { confirmed, growthOf, TOO_STEEP, timeOf } from "./growth.ts";
import { HOSTILE, repeated } from "./support/specs/worst-agents.ts";

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
  namedSecrets: findNamedSecrets,
  privateKeys: findPrivateKeys,
  randomRuns: findRandomRuns,
  withoutSecrets: redactSecrets,
  cutShort: (text) => truncateBetweenWords(text, text.length - 1),
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
  placeAt: (text) => lineColumnAt(text, text.length),
  placesIn: (text) => lineColumnFinder(text)(text.length),
  didYouMean: (text) => didYouMean(text, [text.slice(1), "description"], ""),
  show: displayValue,
  badString: (text) => badString({ a: text }, []),
  syntaxAdvice: (text) => syntaxAdvice(text, text),
  readPrompt: (text) => readPrompt("p", () => bytes(text)),
  unsafe: pathFault,
  usedIn,
  substitute: (text) => substitute(text, new Map([["a", "b"]])),
  templateProblem,
  fillQuery: (text) => fillQuery(`m{a="${text}"}`, NAMES),
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
      const measure = () => growthOf(short > TOO_STEEP ? 500 : 32_000, around, search);
      expect(confirmed(measure(), measure), JSON.stringify(piece)).toBeLessThan(TOO_STEEP);
    }
  });
});
