import { Option } from "commander";

/** `--output json`, as kubectl spells it; `formats` are those the command knows besides text. */
export function outputOption(...formats: readonly string[]): Option {
  return new Option("-o, --output <format>", "output format; left out: text for people").choices([...formats]);
}
