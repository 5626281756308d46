import { policy, type Row, silent } from "../rows.ts";

type Asked = "unit" | "miss" | "nothing" | "moot";
const G = "Guardrail.spec";
const R = "Remedy.spec";
const guardrail = (of: string | readonly string[], question: Asked, spec: string, said: string) =>
  policy(of, question, "Guardrail", spec, said);
const remedy = (of: string | readonly string[], question: Asked, spec: string, said: string) =>
  policy(of, question, "Remedy", `{on: {alerts: [A]}${spec}}`, said);
const remedyOn = (of: string | readonly string[], question: Asked, on: string, said: string) =>
  policy(of, question, "Remedy", `{on: ${on}}`, said);
const evidence = (more: string) => `, evidence: [{name: e, ${more}}]`;
const edit = (more: string) => `, edits: [{at: /spec/scaling/max, why: because, ${more}}]`;

/** Guardrails and remedies. */
export const policyRows: readonly Row[] = [
  silent(["Guardrail.metadata", "Remedy.metadata", G, R], "moot", "a second policy of a name is a Problem"),
  silent(
    [`${G}.description`, `${G}.rules[].message`, `${R}.description`, `${R}.edits[].why`, `${R}.notes[].say`],
    ["miss", "moot"],
    "they are texts for people, and any text is one",
  ),
  silent([`${G}.causes`, `${G}.enforce`], "moot", "they narrow when the rules hold, and the words are checked"),
  guardrail(
    `${G}.environments`,
    "moot",
    '{environments: [prod], rules: [{deny: "true", message: no}]}',
    "warning: environments/0: there is no environment prod; raos.yaml has staging, production",
  ),
  guardrail(`${G}.rules`, "nothing", "{rules: []}", "rules: an empty list is too short; at least 1 entry"),
  guardrail(
    [G, `${G}.rules`, `${G}.rules[].deny`, `${G}.rules[].review`, `${G}.rules[].warn`, `${G}.rules[].allow`],
    "moot",
    '{rules: [{deny: "true", warn: "true", message: no}]}',
    "rules/0: a rule has exactly one of deny, review, warn and allow",
  ),
  guardrail(
    [`${G}.rules[].deny`, `${G}.rules[].review`, `${G}.rules[].warn`, `${G}.rules[].allow`],
    "miss",
    '{rules: [{deny: "after.scalling.max > 1", message: no}]}',
    'rules/0/deny: the expression reads "after.scalling", which is not a field; there are spec, values',
  ),
  policy(
    [`${R}.on`, `${R}.on.alerts`],
    "moot",
    "Remedy",
    "{on: {alerts: [AgentOutOfMemry]}}",
    'warning: on/alerts/0: no rule that ships is called AgentOutOfMemry; did you mean "AgentOutOfMemory"?',
  ),
  silent(`${R}.enabled`, "moot", "it says what is in force, and both values mean something"),
  remedyOn(
    `${R}.on.schedule`,
    "miss",
    '{schedule: "0 25 * * Mon"}',
    "on/schedule: 25 is no hour; write numbers from 0 to 23, *, or */5",
  ),
  remedyOn(
    [`${R}.on.schedule`, `${R}.on.query`],
    "moot",
    '{alerts: [A], schedule: "0 6 * * Mon"}',
    "on: there are alerts besides a schedule or a query; make two remedies of it",
  ),
  remedyOn(
    `${R}.on.timezone`,
    "miss",
    '{schedule: "0 6 * * Mon", timezone: Europe/Berln}',
    "on/timezone: there is no time zone Europe/Berln; write an IANA name such as Europe/Berlin",
  ),
  remedyOn(
    `${R}.on.timezone`,
    "moot",
    "{alerts: [A], timezone: Europe/Berlin}",
    "on/timezone: a time zone is for a schedule; add one, or remove it",
  ),
  remedyOn(
    `${R}.on.query`,
    "miss",
    "{query: sum by (queue) (age) > 5}",
    "on/query: its series only have queue, so that no agent is known by them; write by (raos_tenant, raos_agent), or by (namespace, pod)",
  ),
  remedyOn(`${R}.on.for`, "unit", "{query: up, for: 2d}", 'on/for: "2d" is longer than 1d'),
  remedyOn(`${R}.on.for`, "moot", "{alerts: [A], for: 5m}", "on/for: it is for a query; add one, or remove it"),
  remedy(
    [`${R}.on.when`, `${R}.edits[].when`, `${R}.notes[].when`, `${R}.fold`],
    "miss",
    edit("when: evidence.workingSet > 1"),
    'edits/0/when: there is no evidence named "workingSet" in this remedy; add it, or correct the name',
  ),
  silent(
    [`${R}.on.when`, `${R}.edits[].when`, `${R}.notes`, `${R}.notes[].when`, `${R}.notes[].holds`, `${R}.fold`],
    "moot",
    "they narrow what is done, and a fixture shows which part is never true (raos policy test)",
  ),
  remedy(
    [`${R}.evidence[].promql`, `${R}.evidence[].logql`, `${R}.evidence[].kubernetes`, `${R}.evidence[].history`],
    "moot",
    evidence("promql: up, kubernetes: pods"),
    "evidence/0: evidence has exactly one of promql, logql, kubernetes and history",
  ),
  silent(
    [`${R}.evidence`, `${R}.evidence[].name`, `${R}.evidence[].range`, `${R}.evidence[].required`],
    "moot",
    "what no expression reads is still shown to the reviewer",
  ),
  remedy(
    `${R}.evidence[].name`,
    "miss",
    evidence("promql: up").replace("name: e", "name: E"),
    'evidence/0/name: "E" is not a name for evidence; write workingSet',
  ),
  silent(
    [`${R}.evidence[].promql`, `${R}.evidence[].logql`, `${R}.verify.promql`],
    "miss",
    "a remedy may be for a server with a dialect of its own; one that answers nothing is said in the evidence",
  ),
  remedy(
    `${R}.evidence[].range`,
    "unit",
    evidence("promql: up, range: 1 hour"),
    'evidence/0/range: "1 hour" is not a span of time; write 15m, 6h or 7d',
  ),
  remedy(
    [`${R}.evidence[].unit`, `${R}.evidence[].threshold`, `${R}.evidence[].peak`],
    "moot",
    evidence("logql: '{a=\"b\"}', peak: max"),
    "warning: evidence/0/peak: does nothing without promql; add that, or remove it",
  ),
  remedy(
    [`${R}.evidence[].threshold`, `${R}.edits[].to`, `${R}.edits[].most`, `${R}.edits[].least`],
    "miss",
    edit("to: evidence.none.max"),
    'edits/0/to: there is no evidence named "none" in this remedy; add it, or correct the name',
  ),
  silent(`${R}.evidence[].lines`, "unit", "lines are counted, and a count has no unit"),
  remedy(
    `${R}.evidence[].lines`,
    "moot",
    evidence("promql: up, lines: 50"),
    "warning: evidence/0/lines: does nothing without logql; add that, or remove it",
  ),
  remedy(
    `${R}.edits[].at`,
    "miss",
    edit("to: '3'").replace("/spec/scaling/max", "/spec/scalling/max"),
    "edits/0/at: an agent's spec has no field /spec/scalling/max; there are description, version, stage, template, runtime, instructions, model, modelRef, limits, tools, dapr, a2a, access, scaling, networking, observability, supervision, labels",
  ),
  silent(
    [`${R}.edits`, `${R}.edits[].at`, `${R}.edits[].to`, `${R}.edits[].rollback`],
    "moot",
    "an edit that changes nothing, or that a later one overrides, is left out of the pull request and said there",
  ),
  remedy(
    [`${R}.edits[].as`, `${R}.edits[].most`, `${R}.edits[].least`],
    "moot",
    edit("most: '3'"),
    "warning: edits/0/most: does nothing without to; add that, or remove it",
  ),
  silent([`${R}.otherwise`, `${R}.whenResolved`], "moot", "they say what follows where no edit remains, or no alert"),
  remedy(
    [`${R}.cooldown`, `${R}.verify.after`],
    "unit",
    ", cooldown: 60",
    "cooldown: 60 is not a string; put it in quotes",
  ),
  silent([`${R}.cooldown`, `${R}.verify`, `${R}.verify.**`], "moot", "they hold for every change of the remedy"),
  remedy([`${R}.revert.after`, `${R}.revert`], "unit", ", revert: {after: 7d}", 'revert/after: "7d" is longer than 6d'),
  silent([`${R}.revert`, `${R}.revert.after`], "moot", "without an edit there is nothing to take back"),
];
