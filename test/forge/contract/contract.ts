import { issueContract } from "./issue.ts";
import { mergingContract } from "./merge.ts";
import { oddContract } from "./odd.ts";
import { openingContract } from "./open.ts";
import { peopleContract } from "./people.ts";
import { rolloutContract } from "./rollout.ts";
import type { MakeRepository } from "./test-repository.ts";

export type { Files, TestRepository } from "./test-repository.ts";

/** The behaviour that every forge keeps. */
export function forgeContract(name: string, make: MakeRepository): void {
  openingContract(name, make);
  peopleContract(name, make);
  mergingContract(name, make);
  rolloutContract(name, make);
  issueContract(name, make);
  oddContract(name, make);
}
