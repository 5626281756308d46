import { createHash } from "node:crypto";
import type { Snapshot } from "../domain/fleet.ts";
import { programDigest } from "./program.ts";

/** SHA-256 over raos.yaml and the program: a stored survey made with another one starts over. */
export function configDigest(snapshot: Snapshot): string {
  const raos = ["raos.yaml", "raos.yml", "raos.json"].map((path) => `${path} ${snapshot.oid(path) ?? "-"}`);
  return createHash("sha256")
    .update([programDigest(), ...raos].join("\n"))
    .digest("hex");
}
