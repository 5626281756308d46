import type { Problem } from "../../domain/problem.ts";
import type { FoundSetup } from "../../domain/review/onboarding.ts";
import type { Path } from "../../domain/values/scalars.ts";
import { code, counted, fenced, listed, prose, some } from "../markdown.ts";

/** A pull request that would come once the configuration is merged, or the change that guardrails would deny. */
export type Forecast =
  | { readonly kind: "opens"; readonly title: string; readonly isReviewed: boolean }
  | { readonly kind: "denied"; readonly subject: string; readonly message: string };

/** What an onboarding pull request tells. */
export interface OnboardingReport {
  readonly found: FoundSetup;
  /** The text of the raos.yaml that is proposed. */
  readonly configuration: string;
  /** Every path that the pull request adds. */
  readonly added: readonly Path[];
  readonly forecasts: readonly Forecast[];
  /** Further pull requests, of which the texts were not written. */
  readonly more: number;
  readonly limits: { readonly openPulls: number; readonly pullsPerHour: number };
  /** The Problems that there are with this configuration, the causes first. */
  readonly problems: readonly Problem[];
}

/** Lines of each list; fewer where the text would be too long. */
const LINES: readonly number[] = [50, 25, 10, 5, 2, 0];
const MOST_SPECS = 10;

/**
 * The body as its reader needs it: what this is, what was found, what is proposed, what would follow, what is wrong, and how to
 * say no. Lists are shortened until it fits into `room` characters. Throws RangeError where it does not even without them (a bug).
 */
export function onboardingBody(report: OnboardingReport, room: number): string {
  const fitting = LINES.map((most) => () => bodyWith(report, most)).find((make) => make().length <= room);
  if (fitting === undefined) throw new RangeError(`a body's shortest form does not fit into ${room} characters`);
  return fitting();
}

function bodyWith(report: OnboardingReport, most: number): string {
  return [
    introduction(report),
    `### What was found\n\n${foundList(report.found)}`,
    `### What this adds\n\n${proposalText(report)}`,
    `### What follows once this is merged\n\n${forecastText(report, most)}`,
    problemText(report.problems, most),
    `### If you do not want it\n\n${REFUSAL}`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

const REFUSAL =
  "Close this pull request: RAOS then leaves the repository alone, and does not ask again. To come back, reopen it, or commit a `raos.yaml` of your own.";

function introduction({ found, forecasts, more, problems }: OnboardingReport): string {
  const count = forecasts.filter(({ kind }) => kind === "opens").length + more;
  const follows = count === 0 ? "no pull request follows yet" : `${counted(count, "pull request")} would follow`;
  const wrong =
    problems.length === 0
      ? ""
      : `, and ${counted(problems.length, "Problem")} ${problems.length === 1 ? "waits" : "wait"} to be mended`;
  const why =
    found.specs.length > 0
      ? "This repository holds agent specs, and no `raos.yaml` yet."
      : "RAOS is asked for here, by the topic `raos` or by the configuration of the organisation, and there is no `raos.yaml` yet.";
  return `${why} RAOS turns specs into what Flux or Argo CD deploys, by pull requests that people review. **Until this one is merged, RAOS does nothing else here.** Once it is, ${follows}${wrong}.`;
}

function foundList({ specs, agents, delivery, environments }: FoundSetup): string {
  const tenants = new Set(agents.map((key) => key.slice(0, key.indexOf("/"))));
  const names = some(
    (agents.length > 0 ? agents : specs).map((one) => code(one, 120)),
    MOST_SPECS,
  );
  const of = tenants.size === 0 ? "" : ` of ${counted(tenants.size, "tenant")}`;
  const files =
    specs.length === 0
      ? "none yet. Write the first as `agents/<tenant>/<name>.yaml`"
      : `${counted(specs.length, "file")}${of}: ${names}`;
  return [
    `- **Agent specs**: ${files}.`,
    `- **Delivery**: ${deliveryText(delivery)}.`,
    `- **Environments**: ${environmentText(environments)}.`,
  ].join("\n");
}

function deliveryText(delivery: FoundSetup["delivery"]): string {
  switch (delivery.kind) {
    case "flux":
      return `Flux: ${seenIn(delivery.files)} ${delivery.files.length === 1 ? "holds" : "hold"} its objects`;
    case "argocd":
      return `Argo CD: ${seenIn(delivery.files)} ${delivery.files.length === 1 ? "holds" : "hold"} its objects, which name ${code(delivery.repoURL)}. Make sure that this is the URL of this repository`;
    case "unknown":
      return "No file shows what deploys this repository. Flux is proposed; for Argo CD write `delivery: argocd` and `argocd.repoURL`";
    case "inherited":
      return `${DELIVERIES[delivery.delivery]}, as ${code(delivery.file)} says`;
    default:
      return delivery satisfies never;
  }
}

const DELIVERIES = { flux: "Flux", argocd: "Argo CD" } as const;

function environmentText({ names, places }: FoundSetup["environments"]): string {
  const shown = some(
    names.map((name) => code(name, 63)),
    32,
  );
  return places.length === 0
    ? `No file names one. ${shown} are a suggestion: write your own`
    : `${shown}, from ${seenIn(places)}`;
}

function seenIn(paths: readonly Path[]): string {
  return listed(paths.map((path) => code(path, 120)));
}

function proposalText({ configuration, added }: OnboardingReport): string {
  const chart = added.filter((path) => path.startsWith("charts/agent/"));
  const others = added.filter((path) => path !== "raos.yaml" && !path.startsWith("charts/agent/"));
  const ofKind = (pattern: RegExp) => others.filter((path) => pattern.test(path)).map((path) => code(path, 120));
  const lines = [
    [ofKind(/^tenants\//), "what a team may use: 8 CPUs, 16Gi of memory and 40 pods to begin with"],
    [
      ofKind(/^clusters\//),
      "what has a cluster deploy its folder of `deploy/`. One that applies this folder already does so from the merge on; point the others here when you are ready",
    ],
    [ofKind(/^deploy\//), "keeps the folder of an environment"],
    [
      chart.length === 0 ? [] : ["`charts/agent/`"],
      `the chart that renders an agent (${counted(chart.length, "file")}). To take it from a registry, delete the folder and write \`chart: {oci: …, version: …}\``,
    ],
  ] as const;
  const beside = lines.filter(([paths]) => paths.length > 0).map(([paths, why]) => `- ${some(paths, 8)}: ${why}`);
  return [
    "`raos.yaml`, the configuration:",
    fenced(configuration, "yaml"),
    ...(beside.length === 0 ? [] : [`Beside it:\n\n${beside.join("\n")}`]),
    "To change any of it, commit to this branch. RAOS then no longer changes this pull request: merge it when it is as you want it.",
  ].join("\n\n");
}

function forecastText({ found, forecasts, more, limits }: OnboardingReport, most: number): string {
  if (forecasts.length === 0)
    return found.specs.length === 0
      ? "No pull request yet: one follows for each spec that is written."
      : "No pull request: no spec can be deployed yet.";
  const opened = forecasts
    .filter((one) => one.kind === "opens")
    .map(({ title, isReviewed }) => `${prose(title, 120)}${isReviewed ? " (a guardrail wants it reviewed)" : ""}`);
  const denied = forecasts
    .filter((one) => one.kind === "denied")
    .map(({ subject, message }) => `${code(subject, 130)}: ${prose(message, 300)}`);
  const { openPulls, pullsPerHour } = limits;
  const limit = `At most ${openPulls} are open at a time and ${pullsPerHour} are opened in an hour (\`limits\` in \`raos.yaml\`). None of them merges without a person.`;
  return [
    list("1.", opened, most, more),
    denied.length === 0 ? "" : `Guardrails deny:\n\n${list("-", denied, most, 0)}`,
    opened.length === 0 ? "" : limit,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function problemText(problems: readonly Problem[], most: number): string {
  if (problems.length === 0) return "";
  const lines = problems.map(({ file, line, column, pointer, message }) => {
    const place = code(`${file}:${line}:${column}`, 160);
    return `${place}${pointer === "" ? "" : ` ${code(pointer, 120)}`}: ${prose(message, 500)}`;
  });
  return `### Problems\n\nThese files wait until they are mended; the others go on without them.\n\n${list("-", lines, most, 0)}`;
}

/** The first lines of a list, and how many more there are, `more` of which were not even made. */
function list(bullet: "-" | "1.", lines: readonly string[], most: number, more: number): string {
  const rest = Math.max(0, lines.length - most) + more;
  const shown = [...lines.slice(0, most), ...(rest > 0 ? [`… and ${rest} more`] : [])];
  return shown.map((line) => `${bullet} ${line}`).join("\n");
}
