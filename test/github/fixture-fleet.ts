import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { FLEET } from "../cli/workshop.ts";

/** The files of the fixture fleet, without its tenants' owners: they are teams of another organisation than the test's. */
export function fixtureFleet(): Readonly<Record<string, string>> {
  const names = readdirSync(FLEET, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(FLEET, name)).isFile(),
  );
  const text = (name: string) => readFileSync(join(FLEET, name), "utf8").replace(/^ {2}owners: .*\n/m, "");
  return Object.fromEntries(names.map((name) => [name, text(name)]));
}
