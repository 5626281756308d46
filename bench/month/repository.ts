import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ENVIRONMENTS, type Environment, effectiveSpec } from "./fleet.ts";
import type { Change, Style } from "./incident.ts";
import { DAY } from "./signals.ts";

/** The repository of the simulated fleet, and the people who work in a clone of it. */
export interface SimRepository {
  readonly bare: string;
  /** The text of a file on a branch; undefined where there is none. */
  read(ref: string, path: string): string | undefined;
  /** Commits a change of one file as people do, and pushes it to the default branch. */
  change(path: string, edit: (text: string) => string, style: Style, at: number): void;
  /** The spec files that a branch changes. */
  specsIn(ref: string): readonly string[];
}

export function createSimRepository(
  folder: string,
  files: Readonly<Record<string, string>>,
  at: number,
): SimRepository {
  const [bare, clone] = [join(folder, "fleet.git"), join(folder, "clone")];
  const git = (cwd: string, args: readonly string[], when: number, who = "Somebody <somebody@example.com>") => {
    const [, name = "", email = ""] = /^(.*) <(.*)>$/.exec(who) ?? [];
    const date = new Date(when).toISOString();
    const person = {
      GIT_AUTHOR_NAME: name,
      GIT_AUTHOR_EMAIL: email,
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
    };
    const env = { PATH: process.env.PATH, HOME: folder, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date, ...person };
    return execFileSync("git", ["-c", "init.defaultBranch=main", ...args], {
      cwd,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  };
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(clone, path)), { recursive: true });
    writeFileSync(join(clone, path), text);
  };
  git(folder, ["init", "--quiet", "--bare", bare], at);
  git(folder, ["clone", "--quiet", bare, clone], at);
  for (const [path, text] of Object.entries(files)) write(path, text);
  git(clone, ["add", "--all"], at);
  git(clone, ["commit", "--quiet", "--message=A fleet"], at);
  git(clone, ["push", "--quiet", "origin", "HEAD:main"], at);

  function read(ref: string, path: string): string | undefined {
    try {
      return git(bare, ["show", `${ref}:${path}`], at);
    } catch {
      return undefined;
    }
  }

  return {
    bare,
    read,
    specsIn: (ref) =>
      git(bare, ["diff", "--name-only", `main...${ref}`, "--", "agents"], at)
        .split("\n")
        .filter((path) => path !== ""),
    change(path, edit, style, when) {
      git(clone, ["fetch", "--quiet", "origin", "main"], when);
      git(clone, ["checkout", "--quiet", "--force", "-B", "work", "origin/main"], when);
      write(path, edit(read("main", path) ?? ""));
      const who = style === "renovate" ? "renovate[bot] <29139614+renovate[bot]@users.noreply.github.com>" : undefined;
      // A branch is written days before it is merged.
      git(
        clone,
        ["commit", "--quiet", "--all", `--message=Change ${path}`],
        style === "merge" ? when - 3 * DAY : when,
        who,
      );
      if (style === "merge") {
        git(clone, ["checkout", "--quiet", "-B", "merged", "origin/main"], when);
        git(clone, ["merge", "--quiet", "--no-ff", "--message=Merge", "work"], when);
      }
      git(clone, ["push", "--quiet", "origin", "HEAD:main"], when);
    },
  };
}

/** What differs between two texts of a spec, in effect in each environment. */
export function changesBetween(before: string, after: string): Readonly<Record<Environment, readonly Change[]>> {
  const [staging, production] = ENVIRONMENTS.map((environment): readonly Change[] => {
    const [old, now] = [leavesOf(effectiveSpec(before, environment)), leavesOf(effectiveSpec(after, environment))];
    const paths = [...new Set([...old.keys(), ...now.keys()])];
    return paths
      .filter((path) => old.get(path) !== now.get(path))
      .map((path) => ({ path, from: old.get(path), to: now.get(path) }));
  });
  return { staging: staging ?? [], production: production ?? [] };
}

const SUFFIXES: Readonly<Record<string, number>> = { m: 0.001, s: 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

function leavesOf(tree: object, prefix = ""): ReadonlyMap<string, number | string> {
  return new Map(
    Object.entries(tree).flatMap(([name, value]): readonly (readonly [string, number | string])[] => {
      const path = `${prefix}${name}`;
      if (typeof value === "object" && value !== null && !Array.isArray(value)) return [...leavesOf(value, `${path}.`)];
      return [
        [path, typeof value === "string" ? numberIn(value) : typeof value === "number" ? value : JSON.stringify(value)],
      ];
    }),
  );
}

function numberIn(text: string): number | string {
  const minutes = /^(?:(\d+)m)(?:(\d+)s)?$/.exec(text);
  if (minutes !== null && text.endsWith("s")) return Number(minutes[1]) * 60 + Number(minutes[2] ?? 0);
  const [, number, suffix] = /^(\d+(?:\.\d+)?)(m|s|Ki|Mi|Gi)?$/.exec(text) ?? [];
  return number === undefined ? text : Number(number) * (suffix === undefined ? 1 : (SUFFIXES[suffix] ?? 1));
}
