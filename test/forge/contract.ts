import { issueContract } from "./contract-issue.ts";
import { mergingContract } from "./contract-merge.ts";
import { oddContract } from "./contract-odd.ts";
import { openingContract } from "./contract-open.ts";
import { peopleContract } from "./contract-people.ts";
import type { MakeGround } from "./ground.ts";

export type { Files, ForgeGround } from "./ground.ts";

/** What every forge does. */
export function forgeContract(name: string, make: MakeGround): void {
  openingContract(name, make);
  peopleContract(name, make);
  mergingContract(name, make);
  issueContract(name, make);
  oddContract(name, make);
}
