import { rest } from "../deadline/slices.ts";
import type { AgentKey, Fleet } from "../domain/fleet.ts";
import type { SpecSurvey } from "../plan/survey-spec.ts";
import { crossProblems, type Neighbours } from "../spec/cross.ts";
import type { SurveySource } from "./source.ts";
import type { SurveyStore } from "./store.ts";

/** Compares these agents with the rest of the fleet and stores what is wrong. Reads a file only to place a Problem in it. */
export async function crossCheck(
  keys: readonly AgentKey[],
  store: SurveyStore,
  source: SurveySource,
  fleet: Fleet,
): Promise<void> {
  let all: readonly AgentKey[] | undefined;
  const around: Neighbours = {
    claimants: (key) => store.claimants(key),
    facts: (key) => store.facts(key),
    sameAppId: (namespace, name) => store.sameAppId(namespace, name),
    keys: () => {
      all ??= store.keys();
      return all;
    },
  };
  for (const key of keys) {
    await rest();
    for (const row of store.rowsOf(key)) await checkRow(row);
  }

  async function checkRow(row: SpecSurvey): Promise<void> {
    if (row.facts === undefined) return;
    let asked = false;
    const probe = () => {
      asked = true;
      return new Uint8Array();
    };
    crossProblems(row.facts, probe, fleet, around);
    const bytes = asked ? await source.bytes({ path: row.path, oid: row.oid }) : new Uint8Array();
    store.setCrossed(row.path, asked ? crossProblems(row.facts, () => bytes, fleet, around) : []);
  }
}
