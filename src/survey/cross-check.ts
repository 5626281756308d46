import { yieldToOthers } from "../deadline/slices.ts";
import type { AgentKey, Fleet } from "../domain/fleet.ts";
import type { SpecSurvey } from "../plan/survey-spec.ts";
import { type OtherAgents, referenceProblems } from "../spec/check/check-references.ts";
import type { SurveyStore } from "./memo/store.ts";
import type { SurveySource } from "./source/source.ts";

/** Compares agents with the other agents of the fleet and stores the Problems. Reads a file only to find a Problem's position. */
export async function crossCheck(
  keys: readonly AgentKey[],
  store: SurveyStore,
  source: SurveySource,
  fleet: Fleet,
): Promise<void> {
  let all: readonly AgentKey[] | undefined;
  const otherAgents: OtherAgents = {
    claimants: (key) => store.agents.claimants(key),
    facts: (key) => store.facts(key),
    sameAppId: (namespace, name) => store.agents.keysOfAppId(namespace, name),
    daprAgents: (namespace) => store.agents.daprAgents(namespace),
    keys: () => {
      all ??= store.agents.keys();
      return all;
    },
  };
  for (const key of keys) {
    await yieldToOthers();
    for (const row of store.rowsOf(key)) await checkRow(row);
  }

  async function checkRow(row: SpecSurvey): Promise<void> {
    if (row.facts === undefined) return;
    let isFileNeeded = false;
    const probe = () => {
      isFileNeeded = true;
      return new Uint8Array();
    };
    referenceProblems(row.facts, probe, fleet, otherAgents);
    const bytes = isFileNeeded ? await source.bytes({ path: row.path, oid: row.oid }) : new Uint8Array();
    store.setCrossProblems(row.path, isFileNeeded ? referenceProblems(row.facts, () => bytes, fleet, otherAgents) : []);
  }
}
