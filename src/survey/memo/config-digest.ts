import { createHash } from "node:crypto";
import type { Snapshot } from "../../domain/fleet.ts";
import { organisationPath } from "../../spec/read/organisation-config.ts";
import { programDigest } from "./program.ts";

/** SHA-256 of raos.yaml and the program. A stored survey with another digest is not continued. */
export function configDigest(snapshot: Snapshot): string {
  const raos = ["raos.yaml", "raos.yml", "raos.json"].map((path) => `${path} ${snapshot.oid(path) ?? "-"}`);
  const organisation = organisationPath(snapshot);
  const above = organisation === undefined ? [] : [`${organisation} ${snapshot.oid(organisation)}`];
  return createHash("sha256")
    .update([programDigest(), ...raos, ...above].join("\n"))
    .digest("hex");
}
