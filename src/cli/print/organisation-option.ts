import { Option } from "commander";

/** The organisation's configuration for commands on a working folder; on a forge it is read from the `.github` repository. */
export function organisationOption(): Option {
  return new Option(
    "--organisation-config <file>",
    "the raos.yaml of the organisation's .github repository, from which this one inherits",
  );
}
