import type { Config } from "../domain/kinds.ts";
import type { Problem } from "../domain/problem.ts";
import { problemAt } from "./problems.ts";
import { unsafe } from "./prompt.ts";
import type { YamlDocument } from "./read-yaml.ts";
import { show } from "./show.ts";

/** What the schema cannot say of raos.yaml. */
export function checkConfig(document: YamlDocument, { spec }: Config): readonly Problem[] {
  const problems: Problem[] = [];
  const add = (pointer: string, message: string) => problems.push(problemAt(document, pointer, message));
  const names = spec.environments.map((environment) => environment.name);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) < index)
      add(`/spec/environments/${index}/name`, `a second environment ${name}; each name once`);
  }
  if ("path" in spec.chart) {
    const wrong = unsafe(spec.chart.path);
    if (wrong !== undefined) add("/spec/chart/path", wrong);
  }
  if (spec.schedule !== undefined) {
    if (!isTimezone(spec.schedule.timezone))
      add(
        "/spec/schedule/timezone",
        `unknown time zone ${show(spec.schedule.timezone)}; write one such as Europe/Berlin`,
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

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
