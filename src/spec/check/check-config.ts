import type { Config } from "../../domain/kinds/kinds.ts";
import type { Problem } from "../../domain/problem.ts";
import type { Path } from "../../domain/values/scalars.ts";
import { displayValue } from "../problems/display-value.ts";
import { didYouMean } from "../problems/nearest.ts";
import { problemAt } from "../problems/problems.ts";
import { pathFault } from "../read/prompt.ts";
import type { YamlDocument } from "../yaml/read-yaml.ts";

/**
 * Problems in raos.yaml that the schema cannot find. `below` is the folder in which it was read ("" is the top), where that is
 * known: what Flux and Argo CD are told has to be the folder in which RAOS writes.
 */
export function checkConfig(document: YamlDocument, { spec }: Config, below?: Path): readonly Problem[] {
  const problems: Problem[] = placeProblems(document, spec.path, below);
  const add = (pointer: string, message: string) => problems.push(problemAt(document, pointer, message));
  const names = spec.environments.map((environment) => environment.name);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) < index)
      add(`/spec/environments/${index}/name`, `a second environment ${name}; use each name only once`);
  }
  if (spec.path !== undefined && pathFault(spec.path) !== undefined)
    add("/spec/path", "is no folder of the repository; write it from its top, such as platform");
  if ("path" in spec.chart) {
    const wrong = pathFault(spec.chart.path);
    if (wrong !== undefined) add("/spec/chart/path", wrong);
  }
  if (spec.delivery === "argocd" && spec.argocd?.repoURL === undefined)
    add(
      "/spec/delivery",
      "Argo CD needs argocd.repoURL, the URL under which it knows this repository; without it nothing deploys",
    );
  problems.push(
    ...addressProblems(document, spec),
    ...deliveryProblems(document, spec),
    ...waveProblems(document, spec),
  );
  if (spec.schedule !== undefined) {
    if (!isTimezone(spec.schedule.timezone))
      add(
        "/spec/schedule/timezone",
        `unknown time zone ${displayValue(spec.schedule.timezone)}; write one such as Europe/Berlin`,
      );
    for (const [index, window] of spec.schedule.windows.entries()) {
      if (window.from === window.to)
        add(
          `/spec/schedule/windows/${index}/to`,
          `the window ends when it starts; write a later time than ${window.from}`,
        );
    }
  }
  return problems;
}

/** What clients put after a base URL themselves. */
const OPERATIONS: Readonly<Record<string, RegExp>> = {
  prometheus: /\/(?:api\/v1(?:\/[a-z_]{1,32})?|graph|query)\/?$/,
  loki: /\/(?:loki\/)?api\/v1(?:\/[a-z_]{1,32})?\/?$/,
  alertmanager: /\/(?:api\/v[12](?:\/[a-z]{1,32})?|#\/[a-z]{1,32})\/?$/,
};

/** Addresses that are more than the base of an API: every query would be answered by 404. */
function addressProblems(document: YamlDocument, spec: Config["spec"]): readonly Problem[] {
  const places = [
    { at: "/spec", sources: spec },
    ...spec.environments.map((sources, index) => ({ at: `/spec/environments/${index}`, sources })),
  ];
  return places.flatMap(({ at, sources }) =>
    (["prometheus", "loki", "alertmanager"] as const).flatMap((name) => {
      const more = OPERATIONS[name]?.exec(sources[name]?.url ?? "")?.[0];
      if (more === undefined) return [];
      const message = `RAOS puts the path of the API after this address itself; write it without ${more}`;
      return [problemAt(document, `${at}/${name}/url`, message)];
    }),
  );
}

/** Fields of the other delivery, and a comparison that never ends. */
function deliveryProblems(
  document: YamlDocument,
  { delivery, environments, flux }: Config["spec"],
): readonly Problem[] {
  const clusters = environments.flatMap(({ cluster }, index) =>
    delivery === "argocd" || cluster === undefined
      ? []
      : [
          problemAt(
            document,
            `/spec/environments/${index}/cluster`,
            "only Argo CD has a destination cluster; write delivery: argocd, or remove it",
          ),
        ],
  );
  return /[1-9]/.test(flux.interval)
    ? clusters
    : [
        ...clusters,
        problemAt(document, "/spec/flux/interval", `${flux.interval} is no time at all; write such as 10m`),
      ];
}

/** Every environment is in exactly one wave: one in none would never get a change, and nobody would see why. */
function waveProblems(document: YamlDocument, { environments, promotion }: Config["spec"]): readonly Problem[] {
  if (promotion === undefined) return [];
  const known = new Set(environments.map(({ name }) => name));
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const [index, wave] of promotion.waves.entries())
    for (const [place, name] of wave.entries()) {
      const at = `/spec/promotion/waves/${index}/${place}`;
      if (!known.has(name))
        problems.push(
          problemAt(
            document,
            at,
            `there is no environment ${name}; ${didYouMean(name, known, "name one of spec.environments")}`,
          ),
        );
      else if (seen.has(name))
        problems.push(problemAt(document, at, `a second time ${name}; a change reaches it once`));
      seen.add(name);
    }
  const missing = [...known].filter((name) => !seen.has(name));
  if (missing.length > 0)
    problems.push(
      problemAt(
        document,
        "/spec/promotion/waves",
        `${missing.slice(0, 5).join(", ")} is in no wave, so that no change would reach it; add it`,
      ),
    );
  return problems;
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function placeProblems(document: YamlDocument, path: string | undefined, below: Path | undefined): Problem[] {
  if (below === undefined || (path ?? "") === below) return [];
  const message =
    below === ""
      ? `RAOS reads the top of the repository, and this says ${displayValue(path ?? "")}; start it with --path ${path ?? ""}, or remove path`
      : `RAOS was started with --path ${below}; write path: ${below}, so that what it generates names this folder`;
  return [problemAt(document, path === undefined ? "/spec" : "/spec/path", message)];
}
